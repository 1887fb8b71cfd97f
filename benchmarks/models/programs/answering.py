"""A program that answers questions with a model; rules stand for the model."""

import re

# tracepy: train "says what form the answer has: (A), a number, a word, or Yes or No"
TEMPLATE = (
    "Given the field `question`, produce the field `answer`.\n"
    "---\n"
    "Question: {}\n"
    "Reasoning: Let's think step by step.\n"
    "Answer:"
)
EXAMPLES = (
    (
        "Which of these is a colour?\nOptions:\n(A) seven\n(B) under\n(C) green\n(D) quickly",
        "(C)",
    ),
    ("I have two plums, a violin, three pears and a fig. How many fruits do I have?", "6"),
    ("Turn left. Take 3 steps. Turn around. Take 3 steps. Are you where you began?", "Yes"),
)


# tracepy: train
def create_prompt(template, question):
    """The prompt for one question."""
    return template.format(question)


# tracepy: freeze
def call_model(prompt):
    """Answers as a model of little care does: it reasons on unless it is told the form."""
    if "(C) green" in prompt:
        found = (
            "(C)" if re.search(r"letter|\(A\)|option", prompt.split("Question:")[0]) else "green"
        )
    elif "fruits" in prompt:
        found = "6" if "number" in prompt else "6 fruits"
    else:
        found = "Yes" if "Yes or No" in prompt else "Yes, I am"
    return f"We look at the question first. It asks for one thing.\nAnswer: {found}."


# tracepy: train
def extract_answer(response):
    """What a response answers."""
    return response.split("Answer:")[1].strip()


# tracepy: freeze
def answer(question):
    """The program's answer to a question."""
    return extract_answer(call_model(create_prompt(TEMPLATE, question)))


# tracepy: objective
def judged():
    """The share of right answers, and what is wrong with the first wrong one."""
    right, words = 0, "All answers are right."
    for question, expected in EXAMPLES:
        given = answer(question)
        right += given == expected
        if given != expected and words.startswith("All"):
            words = (
                f'The answer "{given}" is wrong: "{expected}" was expected. Change the template '
                "and the functions round it so that the model gives that."
            )
    return right / len(EXAMPLES), words
