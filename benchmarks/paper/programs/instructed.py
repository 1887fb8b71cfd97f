"""Answers questions with a language model that is told how to go about them."""

from model import ask

# tracepy: train "a system prompt: how to go about the questions of a kind, and in which form to end"
SYSTEM = "Think step by step. End with a line that says 'Answer: ', and then the answer."


# tracepy: freeze
def answer(question: str) -> str:
    """All that the model replies to a question."""
    return ask(f"Question: {question}", SYSTEM)
