"""The list of changes: how often each occurs, where it may and what it rules out."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from random import Random

from ..statements import Statement
from . import additions, arabic, surface, wording

_ARABIC_FACTOR = 1.3  # these occur only in one language, so more often there

ChangeFunction = Callable[[str, Random, Statement], str | None]


class Stage(IntEnum):
    """The order in which changes are put on: the wording first, its disguise last."""

    WORDING = 0
    ADDITION = 1
    SURFACE = 2


@dataclass(frozen=True)
class Change:
    """One kind of change; one that spares links leaves them, mentions and markup as they are."""

    name: str
    function: ChangeFunction
    weight: float
    stage: Stage
    languages: tuple[str, ...] = ("ar", "ru", "en")
    is_safe_for_protected: bool = True
    spares_links: bool = False


def _arabic(name: str, function: ChangeFunction, weight: float) -> Change:
    return _disguise(name, function, weight * _ARABIC_FACTOR, "ar")


def _disguise(name: str, function: ChangeFunction, weight: float, *languages: str) -> Change:
    return Change(name, function, weight, Stage.SURFACE, languages, spares_links=True)


def _surface(name: str, function: ChangeFunction, weight: float) -> Change:
    return Change(name, function, weight, Stage.SURFACE)


def _addition(name: str, function: ChangeFunction, weight: float) -> Change:
    return Change(name, function, weight, Stage.ADDITION)


def _rewording(name: str, function: ChangeFunction, weight: float) -> Change:
    return Change(name, function, weight, Stage.WORDING, is_safe_for_protected=False)


def _respelling(name: str, function: ChangeFunction, weight: float) -> Change:
    return Change(name, function, weight, Stage.WORDING)


CHANGES = (
    _arabic("ar-letters", arabic.vary_letters, 4),
    _arabic("ar-tashkeel", arabic.add_vowel_signs, 3),
    _arabic("ar-tatweel", arabic.stretch, 3),
    _arabic("ar-persian", arabic.use_persian_letters, 2),
    _arabic("ar-digits", arabic.use_arabic_digits, 2),
    _arabic("ar-forms", arabic.use_presentation_forms, 2),
    _disguise("invisible", surface.add_invisible, 2, "ar", "ru", "en"),
    _surface("bidi", surface.add_direction_marks, 1.5),
    _disguise("homoglyph", surface.use_lookalikes, 2.5, "ru", "en"),
    _disguise("fullwidth", surface.widen, 1, "ar", "ru", "en"),
    _disguise("math", surface.use_math_letters, 2, "en"),
    _surface("emoji", surface.add_emoji, 3),
    _surface("markdown", surface.add_markdown, 2.5),
    _surface("html", surface.add_html, 1.5),
    _addition("links", additions.add_link, 3),
    _rewording("punct", wording.change_punctuation, 2.5),
    _respelling("quotes", wording.change_quotation_marks, 2),
    _disguise("case", surface.change_case, 2.5, "ru", "en"),
    _respelling("breaks", wording.change_line_breaks, 2),
    _respelling("typo", wording.mistype, 3),
    _rewording("synonym", wording.use_synonyms, 3.5),
    _rewording("word-out", wording.leave_out_word, 2),
    _rewording("word-in", wording.put_in_words, 2),
    _addition("comment-before", additions.comment_before, 2.5),
    _addition("comment-after", additions.comment_after, 2.5),
    _rewording("sentence-out", wording.leave_out_sentence, 3),
    _rewording("cut", wording.cut, 2),
    _rewording("cut-more", wording.cut_with_link, 2),
    _addition("source-before", additions.name_source_before, 2),
    _addition("source-after", additions.name_source_after, 2),
    _addition("label", additions.add_label, 2.5),
    _addition("forwarded", additions.mark_as_forwarded, 2),
)

# no two of a set are put on one text
EXCLUSIVE = (
    {"cut", "cut-more", "sentence-out"},
    {"markdown", "html"},
    {"invisible", "bidi"},
    {"homoglyph", "fullwidth", "math"},
    {"ar-forms", "ar-tashkeel", "ar-tatweel", "ar-persian"},
    {"comment-before", "source-before", "forwarded", "label"},
    {"cut", "cut-more", "comment-after", "source-after"},
    {"punct", "cut", "cut-more"},
)

# once one of these is on a text, its wording is not changed any more
AFTER_WORDING = frozenset(change.name for change in CHANGES if change.stage > Stage.WORDING)


def exclude_each_other(name: str, other: str) -> bool:
    """Whether the two changes must not be put on one text."""
    return any(name in names and other in names for names in EXCLUSIVE)
