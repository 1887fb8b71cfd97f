"""Answers questions with a language model: what it is told, and what is taken from its reply."""

from model import ask

# tracepy: train "what the model is told; it should say which form the answer has: (A), a number, words, Yes or No"
TEMPLATE = (
    "A question follows. Give its answer.\n\n"
    "Keep to this form.\n"
    "Question: the question\n"
    "Answer: the answer\n\n"
    "Question: {question}\n"
    "Answer:"
)


# tracepy: train
def create_prompt(question: str) -> str:
    """All that the model is sent for a question."""
    return TEMPLATE.replace("{question}", question)


# tracepy: train
def extract_answer(reply: str) -> str:
    """The answer that a reply of the model holds."""
    return reply.split("Answer:")[1].strip()


# tracepy: freeze
def answer(question: str) -> str:
    """The answer to a question."""
    return extract_answer(ask(create_prompt(question)))
