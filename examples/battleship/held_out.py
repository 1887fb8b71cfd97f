"""How good an agent is on boards that no search has seen.

    python held_out.py [FILE ...]

Each FILE is a version of agent.py; without one, the agent.py beside this script. Every version
plays the same boards, dealt and judged by the agent.py beside this script, next to a player that
shoots at random and one that enumerates the squares row by row. Printed is the mean share of the
ships' squares hit, with its standard error over the seeds.
"""

import random
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

import agent as judge

Map = list[list[str]]
Player = Callable[[Map], tuple[int, int]]

# The search deals its boards from seed 0.
SEEDS = range(1, 11)
BOARDS = 100


def agent_in(file: Path) -> Player:
    """The agent that a version of agent.py holds."""
    names: dict = {"__name__": file.stem, "__file__": str(file)}
    exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), names)
    return lambda map: names["act"](map, names["reason"](map))


def unknown(map: Map) -> list[tuple[int, int]]:
    """The squares not shot at yet, row by row."""
    return [
        (row, col)
        for row, line in enumerate(map)
        for col, square in enumerate(line)
        if square == judge.UNKNOWN
    ]


def enumerator(map: Map) -> tuple[int, int]:
    """The next square, row by row."""
    return unknown(map)[0]


def at_random(seed: int = 0) -> Player:
    """A player that shoots at any square not shot at yet."""
    dice = random.Random(seed)
    return lambda map: dice.choice(unknown(map))


def share_hit(player: Player, board: judge.Board) -> float:
    """The share of the ships' squares that a player hits on one board within the shots."""
    hits = 0
    for _ in range(judge.SHOTS):
        hits += board.shoot(*player([list(row) for row in board.map]))
    return hits / sum(judge.SHIPS)


def held_out(player: Player, seeds: range = SEEDS, number: int = BOARDS) -> tuple[float, float]:
    """Mean and standard error, over the seeds, of the mean share hit on so many boards."""
    means = [
        statistics.fmean(share_hit(player, board) for board in judge.boards(seed, number))
        for seed in seeds
    ]
    return statistics.fmean(means), statistics.stdev(means) / len(means) ** 0.5


def table(players: dict[str, Player]) -> str:
    """One line for each player."""
    width = max(map(len, players))
    lines = []
    for name, player in players.items():
        mean, error = held_out(player)
        lines.append(f"{name:<{width}}  {mean:.3f} +- {error:.3f}")
    return "\n".join(lines)


def main(files: list[str]) -> None:
    """Print the table."""
    players = {"random": at_random(), "row by row": enumerator}
    for name in files or [judge.__file__]:
        players[Path(name).name] = agent_in(Path(name))
    print(f"{len(SEEDS)} seeds x {BOARDS} boards, share of the ships' squares hit")
    print(table(players))


if __name__ == "__main__":
    main(sys.argv[1:])
