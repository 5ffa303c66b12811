"""Additions: what is put before or after a text that itself stays as it was."""

from collections.abc import Sequence
from random import Random

from ..text import count_words, find_words, put_at
from .conditions import Conditions
from .links import draw_link

_NAMES = (
    "newsroom_x",
    "city_bot",
    "ahmad_press",
    "anna_desk",
    "mirror_admin",
    "akhbar_feed",
    "live24",
)
_FEWEST_WORDS_WITH_SOURCE = 9
_FEWEST_WORDS_WITH_GREETING = 14


def add_link(text: str, rng: Random, conditions: Conditions) -> str:
    """A link after the text or on one of its words."""
    link = draw_link(rng)
    manner = rng.randint(0, 3)
    if manner == 0:
        return text + "\n" + link
    if manner == 1:
        return text + " " + link
    if manner == 2:
        return f"{text}\n\n[{conditions.material.link_label}]({link})"
    words = find_words(text)
    word = words[rng.randrange(len(words))]
    return put_at(text, word, f"[{word[0]}]({link})")


def add_mention(text: str, rng: Random, _: Conditions) -> str:
    """The handle of somebody before or after the text."""
    mention = "@" + rng.choice(_NAMES) + str(rng.randint(1, 99))
    return text + " " + mention if rng.random() < 0.6 else mention + " " + text


def name_source(text: str, rng: Random, conditions: Conditions) -> str | None:
    """A source before or after the text."""
    if count_words(text) < _FEWEST_WORDS_WITH_SOURCE:
        return None
    material = conditions.material
    if rng.random() < 0.3:
        return rng.choice(material.sources_before) + " " + text
    return text + rng.choice([" ", "\n", "\n\n", " "]) + rng.choice(material.sources_after)


def add_label(text: str, rng: Random, conditions: Conditions) -> str:
    """A label such as "BREAKING" before the text."""
    return rng.choice(conditions.material.labels) + rng.choice([" ", " ", "\n"]) + text


def comment_before(text: str, rng: Random, conditions: Conditions) -> str | None:
    """A comment by the one who posts it, first."""
    comment = _draw_comment(text, rng, conditions.material.comments_before)
    return comment and comment + rng.choice([" ", "\n", "\n\n"]) + text


def comment_after(text: str, rng: Random, conditions: Conditions) -> str | None:
    """A comment by the one who posts it, last."""
    comment = _draw_comment(text, rng, conditions.material.comments_after)
    return comment and text + rng.choice([" ", "\n", "\n\n"]) + comment


def _draw_comment(text: str, rng: Random, comments: Sequence[str]) -> str | None:
    """A comment that is short beside the text, if there is one."""
    most_words = max(2, count_words(text) // 5)
    short = [comment for comment in comments if count_words(comment) <= most_words]
    return rng.choice(short) if short else None


def greet(text: str, rng: Random, conditions: Conditions) -> str | None:
    """A greeting first, a farewell last, or both."""
    if count_words(text) < _FEWEST_WORDS_WITH_GREETING:
        return None
    material = conditions.material
    greeted = text
    if rng.random() < 0.8:
        greeted = rng.choice(material.greetings) + rng.choice(["\n", "\n\n"]) + text
    if greeted == text or rng.random() < 0.4:
        greeted += rng.choice(["\n", "\n\n"]) + rng.choice(material.closings)
    return greeted
