"""The options of `tracepy optimize` that are about models."""

from __future__ import annotations

import click

from tracepy.cli.written import Decorator

MODEL_OPTIONS: tuple[Decorator, ...] = (
    click.option(
        "--model",
        multiple=True,
        metavar="NAME",
        help="A model by litellm's name, such as openai/gpt-4o. Repeatable: several take turns by "
        "what they win; NAME=WEIGHT fixes how often.",
    ),
    click.option("--api-base", metavar="URL", help="Where an OpenAI-compatible model is served."),
    click.option("--memory", type=int, metavar="N", help="Show the model so many past attempts."),
    click.option("--mask-trace", is_flag=True, help="Do not show the model what ran."),
    click.option("--score-only", is_flag=True, help="Show the model scores, no words."),
    click.option(
        "--examples", type=int, metavar="N", help="Show so many improvements of earlier runs."
    ),
    click.option("--no-tools", is_flag=True, help="The model may not look things up or try them."),
    click.option("--candidates", type=int, metavar="N", help="Ask for so many ideas at a time."),
    click.option(
        "--retries", type=int, metavar="N", help="Say so often what is wrong with an answer."
    ),
    click.option("--prompt-tokens", type=int, metavar="N", help="Tokens that one prompt may have."),
    click.option("--temperature", type=float, metavar="T", help="Of the model."),
    click.option("--model-timeout", metavar="120s", help="For one answer (default: 120s)."),
    click.option(
        "--requests-per-minute", type=int, metavar="N", help="Ask no more often than that."
    ),
    click.option("--env-file", metavar="FILE", help="Where keys are, beside the environment."),
    click.option("--record", metavar="FILE", help="Keep all that is asked and answered in FILE."),
    click.option("--replay", metavar="FILE", help="Take the answers from FILE; ask no model."),
)
