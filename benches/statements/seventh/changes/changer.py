"""Putting of changes on a text: which ones, and in which order."""

import re
from collections import Counter
from collections.abc import Collection
from random import Random

from ..statements import Statement
from .table import AFTER_WORDING, CHANGES, Change, Stage, exclude_each_other

_LINK_OR_MARKUP = re.compile(
    r"((?:https?://|t\.me/)\S+|\]\([^)]*\)|[@#][\w_]+|</?\w+/?>|&\w+;)"
)
_MOST_DRAWS = 30
_MOST_ATTEMPTS = 3


class Changer:
    """The source of changes of one world; those used often become less likely."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._uses: Counter[str] = Counter()

    def change(
        self, statement: Statement, text: str, number: int, before: Collection[str] = ()
    ) -> tuple[str, list[str]]:
        """The text with (at most) this number of changes, and the names of all changes on it.

        The names of those that were on the text before come first.
        """
        names = list(before)
        chosen = self._choose(statement, text, number, before)
        for change in sorted(chosen, key=lambda change: change.stage):
            changed = self._attempt(change, text, statement)
            if changed is not None:
                text = changed
                names.append(change.name)
                self._uses[change.name] += 1
        return text, names

    def _choose(
        self, statement: Statement, text: str, number: int, before: Collection[str]
    ) -> list[Change]:
        possible = [change for change in CHANGES if _may_change(change, statement)]
        chosen: list[Change] = []
        draws = 0
        while len(chosen) < number and draws < _MOST_DRAWS:
            draws += 1
            change = self._rng.choices(possible, [self._weight(each) for each in possible])[0]
            names = [*before, *(each.name for each in chosen)]
            if not _goes_with(change, names, before):
                continue
            trial = self._apply(change, text, statement)
            if trial is not None and trial != text:
                chosen.append(change)
        return chosen

    def _weight(self, change: Change) -> float:
        return change.weight / (1 + self._uses[change.name]) ** 0.8

    def _attempt(self, change: Change, text: str, statement: Statement) -> str | None:
        """The changed text, or None if no attempt changed anything."""
        for _ in range(_MOST_ATTEMPTS):
            changed = self._apply(change, text, statement)
            if changed and changed != text:
                return changed
        return None

    def _apply(self, change: Change, text: str, statement: Statement) -> str | None:
        if not change.spares_links or not _LINK_OR_MARKUP.search(text):
            return change.function(text, self._rng, statement)
        seed = self._rng.random()  # the same choices for every piece
        pieces = _LINK_OR_MARKUP.split(text)
        for i in range(0, len(pieces), 2):  # the odd ones are links and markup
            if pieces[i].strip():
                changed = change.function(pieces[i], Random(seed), statement)
                pieces[i] = changed or pieces[i]
        return "".join(pieces)


def _may_change(change: Change, statement: Statement) -> bool:
    if statement.language not in change.languages:
        return False
    return change.is_safe_for_protected or not statement.is_protected


def _goes_with(change: Change, names: Collection[str], before: Collection[str]) -> bool:
    """Whether the change may join those of these names, some of which are on the text already."""
    if change.name in names or any(exclude_each_other(change.name, name) for name in names):
        return False
    return change.stage != Stage.WORDING or AFTER_WORDING.isdisjoint(before)
