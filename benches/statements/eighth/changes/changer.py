"""Putting of changes on a text: which ones, and in which order."""

from collections.abc import Callable, Mapping
from random import Random

from .conditions import Conditions
from .table import (
    EDITS,
    FUNCTIONS,
    PROTECTED_EDITS,
    SURFACE_CHANGES,
    exclude_each_other,
    place_in_order,
)

_MOST_DRAWS = 8
# upper limits of chance, with how many edits and how many changes of the surface there are
_NUMBERS = (
    (0.17, 0, 0),
    (0.43, 0, 1),
    (0.65, 1, 0),
    (0.85, 1, 1),
    (0.9, 0, 2),
    (0.94, 2, 0),
    (1, 2, 1),
)


def apply_change(name: str, text: str, rng: Random, conditions: Conditions) -> str | None:
    """The text with one change, or None if that one does not apply."""
    return FUNCTIONS[name](text, rng, conditions)


def change_text(
    text: str, rng: Random, conditions: Conditions, is_protected: bool, most_edits: int
) -> tuple[str, tuple[str, ...]]:
    """The text with up to three changes, and the names of these.

    A protected text has siblings that differ in a word or a figure, so that no change may take
    words from it.
    """

    def applies(name: str) -> bool:
        trial = apply_change(name, text, rng, conditions)
        return bool(trial) and trial != text

    edits, surface_changes = _draw_numbers(rng)
    weights = PROTECTED_EDITS if is_protected else EDITS
    names = _choose(weights, min(edits, most_edits), [], applies, rng)
    weights = SURFACE_CHANGES[conditions.language]
    names = _choose(weights, surface_changes, names, applies, rng)
    return _apply_all(sorted(names, key=place_in_order), text, rng, conditions)


def _draw_numbers(rng: Random) -> tuple[int, int]:
    """The numbers of edits and of changes of the surface."""
    chance = rng.random()
    return next(
        (edits, surface_changes) for limit, edits, surface_changes in _NUMBERS if chance < limit
    )


def _choose(
    weights: Mapping[str, float],
    number: int,
    before: list[str],
    applies: Callable[[str], bool],
    rng: Random,
) -> list[str]:
    """The names of before and this number of new ones, fewer if few apply and go together."""
    names = list(before)
    for _ in range(_MOST_DRAWS):
        if len(names) == len(before) + number:
            break
        name = rng.choices(list(weights), list(weights.values()))[0]
        if name in names or any(exclude_each_other(name, other) for other in names):
            continue
        if applies(name):
            names.append(name)
    return names


def _apply_all(
    names: list[str], text: str, rng: Random, conditions: Conditions
) -> tuple[str, tuple[str, ...]]:
    """The changed text, and the names of the changes that did apply once more."""
    done = []
    for name in names:
        changed = apply_change(name, text, rng, conditions)
        if changed and changed != text:
            text = changed
            done.append(name)
    return text, tuple(done)
