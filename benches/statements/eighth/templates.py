"""Filling of templates: what stands in braces is a slot.

{club} is drawn from the list of that name, and so are {club2} and {club3}, which then differ;
{city_in} and {city_of} are the city of {city} in other cases. {n:2-9} is a whole number, {f1:2-9}
one with a decimal, {f:2-9} and {f2:2-9} are ones with two, {t} or {t:6-9} is a time and {date} a
date. A slot that is named twice has the same value both times.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from random import Random

from .text import words_inside
from .words.material import Material

_SLOT = re.compile(r"\{(\w+?)(?::([^}]*))?\}")
_RANGE = re.compile(r"(-?\d+)-(-?\d+)$")
_FIGURE = re.compile(r"(n|f|t|date)\d*$")
_CASES_OF_CITY = ("city", "city_in", "city_of")
_PLACES = ("city", "street", "place", "club")


def slots_of(template: str) -> dict[str, str]:
    """The slots of a template with their ranges, which are empty where there is none."""
    slots: dict[str, str] = {}
    for slot, range_ in _SLOT.findall(template):
        slots.setdefault(slot, range_)
    return slots


def is_figure(slot: str) -> bool:
    """Whether a figure, a time or a date goes into the slot."""
    return _FIGURE.match(slot) is not None


def is_place(slot: str) -> bool:
    """Whether a place or a club goes into the slot."""
    return slot.startswith(_PLACES)


@dataclass
class Filling:
    """The values of slots that were drawn so far; others are drawn when they are needed."""

    rng: Random
    material: Material
    values: dict[str, str] = field(default_factory=dict)
    _cities: dict[str, int] = field(default_factory=dict)

    def copy(self) -> "Filling":
        """A filling with the same values, to be changed apart."""
        return Filling(self.rng, self.material, dict(self.values), dict(self._cities))

    def fill(self, template: str) -> str:
        """The filled template."""
        for slot, range_ in slots_of(template).items():
            if slot not in self.values:
                self.draw(slot, range_)
        return _SLOT.sub(lambda match: self.values[match.group(1)], template)

    def draw(self, slot: str, range_: str) -> None:
        """Draw the value of a slot."""
        self.values[slot] = self._draw(slot, range_)

    def forget(self, slots: Collection[str]) -> None:
        """Let these slots be drawn anew."""
        for slot in slots:
            self.values.pop(slot, None)

    def forget_cities(self) -> None:
        """Let all cities be drawn anew, in whatever case."""
        self.forget([slot for slot in self.values if slot.startswith("city")])
        self._cities.clear()

    def fixed_words(self) -> frozenset[str]:
        """The words of all values: a copy with a slip in one of them would say something else."""
        return words_inside(list(self.values.values()))

    def _draw(self, slot: str, range_: str) -> str:
        list_name = _without_number(slot)
        if list_name == "n":
            return str(self.rng.randint(*_limits(range_)))
        if list_name == "f":
            return self._draw_decimal(range_, 1 if slot == "f1" else 2)
        if list_name == "t":
            low, high = _limits(range_ or "0-23")
            return f"{self.rng.randint(low, high):02d}:{self.rng.choice(range(0, 60, 5)):02d}"
        if list_name == "date":
            return self._draw_date()
        if list_name in _CASES_OF_CITY:
            return self._draw_city(list_name, slot[len(list_name) :])
        return self._draw_other(list_name)

    def _draw_decimal(self, range_: str, decimals: int) -> str:
        low, high = map(float, range_.split("-"))
        number = f"{self.rng.uniform(low, high):.{decimals}f}"
        return number.replace(".", self.material.decimal_mark)

    def _draw_date(self) -> str:
        orders = self.material.date_orders
        order = self.rng.choice(orders) if len(orders) > 1 else orders[0]
        day = self.rng.randint(1, 28)
        return order.format(day=day, month=self.rng.choice(self.material.months))

    def _draw_city(self, case: str, number: str) -> str:
        """A city in its case; the city of a number is the same in all cases."""
        if number not in self._cities:
            taken = self._cities.values()
            all_cities = range(len(self.material.slots["city"]))
            self._cities[number] = self.rng.choice([i for i in all_cities if i not in taken])
        return self.material.slots[case][self._cities[number]]

    def _draw_other(self, list_name: str) -> str:
        taken = {value for slot, value in self.values.items() if _without_number(slot) == list_name}
        entries = self.material.slots[list_name]
        return self.rng.choice([entry for entry in entries if entry not in taken])


def _without_number(slot: str) -> str:
    return re.sub(r"\d+$", "", slot)


def _limits(range_: str) -> tuple[int, int]:
    """The ends of a range of whole numbers, each of which may be below zero."""
    match = _RANGE.match(range_)
    if match is None:
        raise ValueError(f"not a range of whole numbers: {range_}")
    return int(match[1]), int(match[2])
