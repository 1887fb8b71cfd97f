"""jinja2's hot path: templates are compiled, then rendered with loops, filters and a macro."""

import jinja2

SIZE, SMALL = 3, 1
BASE = """<h1>{{ title|upper }}</h1>{% block body %}{% endblock %}"""
PAGE = """{% extends "base" %}
{% macro price(value, sign="EUR") %}{{ "%.2f"|format(value) }} {{ sign }}{% endmacro %}
{% block body %}<ul>
{% for item in items if item.stock %}
  <li class="{{ loop.cycle('odd', 'even') }}">{{ loop.index }}: {{ item.name|title|e }}
  {{ price(item.cost * (1 + rate)) }}{% if item.tags %} ({{ item.tags|sort|join(", ") }}){% endif %}
  {{ item.text|truncate(20)|default("none", true) }}</li>
{% else %}<li>nothing</li>{% endfor %}
</ul>
{% for key, group in items|groupby("kind") %}{{ key }}: {{ group|sum(attribute="cost") }}
{% endfor %}{% endblock %}"""


def items(count):
    return [
        {
            "name": f"thing <{number}>", "stock": number % 7, "cost": number * 1.25,
            "kind": "abc"[number % 3], "tags": ["new", "cheap"][: number % 3],
            "text": "a rather long description of a thing" * (number % 2),
        }
        for number in range(count)
    ]  # fmt: skip


def run(size=SIZE):
    total = 0
    for number in range(size):
        loader = jinja2.DictLoader({"base": BASE, "page": PAGE})
        environment = jinja2.Environment(loader=loader, autoescape=True)
        page = environment.get_template("page")
        for _ in range(3):
            total += len(page.render(title=f"list {number}", rate=0.19, items=items(60)))
    return total
