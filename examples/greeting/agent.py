"""Greets a customer in the language of the message, by name: two questions to a model, and code round them."""

from model import ask

ROLE = "You work in a shop, at the door."  # tracepy: freeze

# tracepy: train "what the model is asked about the message"
LANGUAGE = "Say which language this is."
# tracepy: train "what the model is asked about the message"
NAME = "Say who wrote this, if it says so."


# tracepy: train
def language_of(reply: str) -> str:
    """The language that a reply names: es or en."""
    return ""


# tracepy: train
def greeting(language: str, name: str) -> str:
    """A greeting in a language, es or en, for somebody with a name."""
    return f"Hola, {name}!"


# tracepy: freeze
def greet(message: str) -> str:
    """The answer to a message."""
    language = language_of(ask(f"{LANGUAGE}\n\n{message}", ROLE))
    name = ask(f"{NAME}\n\n{message}", ROLE)
    return greeting(language, name)
