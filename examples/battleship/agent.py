"""Battleship: a small board, and an agent that plays it by a few hand-written rules.

The board (5 x 5, ships of 4, 3, 3 and 2 squares) and the horizon (12 shots) are those of the
published code of "Trace is the Next AutoDiff" (arXiv 2406.16218). The agent first reasons about
what it sees, then acts on its plan. Only the agent may change: what deals the boards and what
counts the hits is frozen.
"""

import random

UNKNOWN, MISS, HIT = ".", "O", "X"  # tracepy: freeze
SIZE = 5  # tracepy: freeze
SHIPS = (4, 3, 3, 2)  # tracepy: freeze
SHOTS = 12  # tracepy: freeze
TRAINING_BOARDS = 80  # tracepy: freeze

# How much each reason to shoot at a square counts. Guesses, so far.
ADJACENT_WEIGHT = 1.0  # tracepy: train in [0.0, 10.0]
LINE_WEIGHT = 0.5  # tracepy: train in [0.0, 10.0]
ROOM_WEIGHT = 0.5  # tracepy: train in [0.0, 3.0]
CENTRE_WEIGHT = 2.0  # tracepy: train in [-3.0, 3.0]


# tracepy: freeze
class Board:
    """Ships placed at random, without overlap, and the shots fired at them so far.

    Attributes:
        map: What the player sees: rows of unknown, miss and hit.
    """

    def __init__(self, dealer: random.Random) -> None:
        self.map = [[UNKNOWN] * SIZE for _ in range(SIZE)]
        self._ships: set[tuple[int, int]] = set()
        for length in SHIPS:
            self._place(length, dealer)

    def _place(self, length: int, dealer: random.Random) -> None:
        while True:
            row, col = dealer.randrange(SIZE), dealer.randrange(SIZE)
            down = dealer.random() < 0.5
            squares = {(row + i * down, col + i * (not down)) for i in range(length)}
            inside = all(r < SIZE and c < SIZE for r, c in squares)
            if inside and not squares & self._ships:
                self._ships |= squares
                return

    def shoot(self, row: int, col: int) -> bool:
        """Fire at a square; a shot off the board or at a square shot before hits nothing."""
        if not (0 <= row < SIZE and 0 <= col < SIZE) or self.map[row][col] != UNKNOWN:
            return False
        hit = (row, col) in self._ships
        self.map[row][col] = HIT if hit else MISS
        return hit


# tracepy: train
def reason(map: list[list[str]]) -> list[list[float]]:
    """Given a map, say how promising each square is. X is a hit, O a miss, . is unknown."""
    plan = []
    for row, line in enumerate(map):
        promises = []
        for col, _ in enumerate(line):
            promise = CENTRE_WEIGHT * centrality(row, col)
            for near, beyond in arms(map, row, col):
                if near == UNKNOWN:
                    promise += ROOM_WEIGHT
                if near == HIT:
                    continue
                promise += ADJACENT_WEIGHT
                if beyond == HIT:
                    promise += LINE_WEIGHT
            promises.append(promise)
        plan.append(promises)
    return plan


# tracepy: train
def act(map: list[list[str]], plan: list[list[float]]) -> tuple[int, int]:
    """Given a map and a plan, choose the square to shoot at."""
    best, target = float("-inf"), (0, 0)
    for row, line in enumerate(plan):
        for col, promise in enumerate(line):
            if map[row][col] == UNKNOWN and promise > best:
                best, target = promise, (row, col)
    return target


# tracepy: freeze
def arms(map: list[list[str]], row: int, col: int) -> list[tuple[str, str]]:
    """The next square and the one beyond it, in each of the four directions."""

    def look(row: int, col: int) -> str:
        inside = 0 <= row < SIZE and 0 <= col < SIZE
        return map[row][col] if inside else MISS

    return [
        (look(row + down, col + right), look(row + 2 * down, col + 2 * right))
        for down, right in ((-1, 0), (1, 0), (0, -1), (0, 1))
    ]


# tracepy: freeze
def centrality(row: int, col: int) -> int:
    """2 in the middle of the board, 0 at its edge."""
    return min(row, col, SIZE - 1 - row, SIZE - 1 - col)


# tracepy: freeze
def play(board: Board) -> float:
    """The share of the ships' squares that the agent hits on one board within its shots."""
    hits = 0
    for _ in range(SHOTS):
        seen = [list(row) for row in board.map]
        row, col = act(seen, reason(seen))
        hits += board.shoot(row, col)
    return hits / sum(SHIPS)


# tracepy: freeze
def boards(seed: int, number: int) -> list[Board]:
    """So many fresh boards, the same for the same seed."""
    dealer = random.Random(seed)
    return [Board(dealer) for _ in range(number)]


# tracepy: objective
def evaluate() -> float:
    """The mean share hit over the training boards; 1.0 would be every square of every ship."""
    return sum(play(board) for board in boards(0, TRAINING_BOARDS)) / TRAINING_BOARDS
