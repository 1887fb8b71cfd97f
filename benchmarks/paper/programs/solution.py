"""A solution of a question, which is itself what is improved."""

# tracepy: train "a worked solution; its last line is 'Answer: ' and the letter of one choice"
SOLUTION = ""


# tracepy: freeze
def solution() -> str:
    """The solution as it stands."""
    return SOLUTION
