"""Filling of templates: what stands in braces is a slot.

{city} is drawn from the list of that name, and so are {city1} and {city2}, which then differ;
{n1:2-9} is a whole number, {d1a:2-9} one with a decimal and {d2a:2-9} one with two;
{x:a|b} is one of the choices. A slot that is named twice has the same value both times.
"""

import re
from collections.abc import Mapping
from random import Random

_SLOT = re.compile(r"\{(\w+)(?::([^}]*))?\}")


def fill(
    template: str,
    lists: Mapping[str, tuple[str, ...]],
    rng: Random,
    known: Mapping[str, str] | None = None,
) -> tuple[str, dict[str, str]]:
    """The filled template and the values of all slots, those known before included."""
    values = dict(known or {})

    def value_of(match: re.Match[str]) -> str:
        name, choices = match.groups()
        if name not in values:
            values[name] = _draw(name, choices or "", lists, rng, values)
        return values[name]

    return _SLOT.sub(value_of, template), values


def _draw(
    name: str,
    choices: str,
    lists: Mapping[str, tuple[str, ...]],
    rng: Random,
    values: Mapping[str, str],
) -> str:
    list_name = _without_number(name)
    if list_name in lists:
        taken = {value for slot, value in values.items() if _without_number(slot) == list_name}
        return rng.choice([entry for entry in lists[list_name] if entry not in taken])
    if "|" in choices:
        return rng.choice(choices.split("|"))
    low, high = map(int, choices.split("-"))
    if re.match(r"d\d", name):
        decimals = int(name[1])
        return f"{low + rng.random() * (high - low):.{decimals}f}"
    return str(rng.randint(low, high))


def _without_number(name: str) -> str:
    return re.sub(r"\d+$", "", name)
