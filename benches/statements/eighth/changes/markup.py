"""Markup: bold letters, quotations and tags, as channels set them or bridges leave them."""

import re
from random import Random

from ..text import FIRST_SENTENCE, find_words, without_edges
from .conditions import Conditions

_MARKED_ALREADY = re.compile(r"[*_`>~<]|\[")
_SHORTEST_TAG = 4


def add_markdown(text: str, rng: Random, _: Conditions) -> str | None:
    """Marked lines, a marked first sentence, a quotation, or some marked words."""
    if _MARKED_ALREADY.match(text):
        return None
    mark = rng.choice(["**", "__", "*", "`"])
    manner = rng.randint(0, 3)
    if manner == 0:
        lines = text.split("\n")
        return "\n".join(mark + line + mark if line.strip() else line for line in lines)
    if manner == 1:
        first = FIRST_SENTENCE.match(text)
        end = first.end() if first else len(text)
        return mark + text[:end] + mark + text[end:]
    if manner == 2:
        return "> " + text.replace("\n", "\n> ")
    return _mark_words(text, mark, rng)


def _mark_words(text: str, mark: str, rng: Random) -> str:
    """Some words in a row marked, unless a line ends among them."""
    words = find_words(text)
    count = rng.randint(1, min(5, len(words)))
    first = rng.randint(0, len(words) - count)
    start, end = words[first].start(), words[first + count - 1].end()
    if "\n" in text[start:end]:
        return text
    return text[:start] + mark + text[start:end] + mark + text[end:]


def add_html(text: str, rng: Random, _: Conditions) -> str:
    """A bold first line, paragraphs, or a strong first sentence."""
    text = text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    manner = rng.randint(0, 2)
    if manner == 0:
        line_end = "</b><br/>" if rng.random() < 0.5 else "</b>\n"
        first, *rest = text.split("\n", maxsplit=1)
        return "<b>" + first + (line_end + rest[0] if rest else "</b>")
    if manner == 1:
        return "<p>" + re.sub(r"\n+", "</p><p>", text) + "</p>"
    sentence = FIRST_SENTENCE.match(text)
    if sentence is None:
        return "<i>" + text + "</i>"
    return "<strong>" + sentence[0] + "</strong>" + text[sentence.end() :]


def make_hashtags(text: str, rng: Random, _: Conditions) -> str | None:
    """Up to three words made tags."""
    candidates = [word for word in find_words(text) if _may_be_tag(word[0])]
    if not candidates:
        return None
    chosen = rng.sample(candidates, min(len(candidates), rng.randint(1, 3)))
    starts = {word.start() for word in chosen}
    return "".join("#" + char if i in starts else char for i, char in enumerate(text))


def _may_be_tag(word: str) -> bool:
    bare = without_edges(word)
    return word[0].isalpha() and bare.isalpha() and len(bare) >= _SHORTEST_TAG
