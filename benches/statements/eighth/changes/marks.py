"""Changes of what stands between the words: spaces, line breaks, marks, emoji."""

import re
from random import Random

from ..text import find_words
from .conditions import Conditions

_INVISIBLE = (
    "\u200b",
    "\u200c\u200d",
    "\u200e\u200f",
    "\u00ad",
    "\u2060",
    "\ufeff",
    "\u200b\u2063\u2064",
    "\u202b\u202c",
    "\u2066\u2069",
)
_RIGHT_TO_LEFT_MARK = "\u200f"
_SPACES = ("\u00a0", "\u2009", "  ", "\u3000", "\u202f")
_EMOJI = (
    "🔥", "⚡️", "❗️", "🔴", "📌", "👇", "😱", "🙏", "❤️", "🚨", "🗞", "📢", "💥", "👀", "🤔", "🇸🇾",
    "🇷🇺", "🇬🇧", "✅", "🌹", "⭕️", "🔹", "▪️", "😁", "👍🏻", "👨‍👩‍👧",
)


def add_invisible(text: str, rng: Random, _: Conditions) -> str:
    """Characters of no width between some letters."""
    characters = rng.choice(_INVISIBLE)
    probability = rng.choice([0.02, 0.08, 0.25])
    changed = "".join(
        char + rng.choice(characters) if char != "\n" and rng.random() < probability else char
        for char in text
    )
    return changed if changed != text else _RIGHT_TO_LEFT_MARK + text


def use_other_spaces(text: str, rng: Random, _: Conditions) -> str:
    """Some spaces wider, narrower or unbreakable."""
    space = rng.choice(_SPACES)
    return "".join(space if char == " " and rng.random() < 0.4 else char for char in text)


def add_emoji(text: str, rng: Random, _: Conditions) -> str:
    """Emoji before the text, after it, before its lines or after its sentences."""
    emoji = rng.choice(_EMOJI)
    manner = rng.randint(0, 3)
    if manner == 0:
        return emoji * rng.choice([1, 1, 2, 3]) + rng.choice(["", " "]) + text
    if manner == 1:
        return text + " " + emoji * rng.choice([1, 2, 3])
    if manner == 2:
        lines = text.split("\n")
        return "\n".join(
            rng.choice(_EMOJI) + " " + line if line.strip() else line for line in lines
        )

    def end(match: re.Match[str]) -> str:
        return match[0] + (" " + rng.choice(_EMOJI) if rng.random() < 0.5 else "")

    return re.sub(r"([.!؟?])(?=\s|$)", end, text) + " " + emoji


def change_punctuation(text: str, rng: Random, _: Conditions) -> str:
    """Marks left out, exchanged or set apart; in any case the end of the text is another."""
    manner = rng.randint(0, 4)
    if manner == 0:
        changed = re.sub(r"[.,،:;؛!?؟](?=\s|$)", "", text)
    elif manner == 1:
        changed = _with_plain_marks(text)
    elif manner == 2:
        changed = text.rstrip(". ") + rng.choice(["!", "!!!", " ...", "..", " ."])
    elif manner == 3:
        changed = re.sub(r'"([^"\n]+)"', r"«\1»", text)
        changed = re.sub(" [-–—] ", lambda _: rng.choice([": ", " – ", " | "]), changed)
    else:
        changed = re.sub(r"([.,،:!؟?])(?=\s|$)", r" \1", text)
    return changed if changed != text else text.rstrip(". ") + ".."


def _with_plain_marks(text: str) -> str:
    """The text with the marks that a plain keyboard has."""
    text = re.sub("[«»]", '"', re.sub('[“”"]', "'", text))
    return text.replace(" — ", " - ").replace(" – ", " - ").replace("…", "...")


def change_line_breaks(text: str, rng: Random, _: Conditions) -> str:
    """Lines joined, or broken after sentences, or else after every few words."""
    manner = rng.randint(0, 2)
    if manner == 0 and "\n" in text:
        return re.sub(r"\s*\n\s*", " ", text)
    changed = re.sub(r"(?<=[.!؟?])\s+(?=\S)", rng.choice(["\n", "\n\n"]), text)
    if changed != text:
        return changed
    words = [word[0] for word in find_words(text)]
    length = rng.randint(4, 7)
    return "\n".join(" ".join(words[i : i + length]) for i in range(0, len(words), length))
