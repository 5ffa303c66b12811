"""Small tools for text that several modules share: words, sentences, scripts."""

import re
import unicodedata
from collections.abc import Callable

SENTENCE_GAP = re.compile(r"(?<=[.!?؟])(\s+)(?=\S)")

_ARABIC_MARKS = re.compile("[\u0640\u064b-\u0655\u0670]")
_ARABIC_LETTERS = str.maketrans("أإآٱىةکی", "اااايهكي")


def normal_words(text: str) -> list[str]:
    """The words of a text without case, width, vowel signs and variants of Arabic letters."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _ARABIC_MARKS.sub("", text)
    return re.findall(r"[^\W_]+", text.translate(_ARABIC_LETTERS))


def sentences(text: str) -> list[str]:
    """The sentences of a text; a line break ends one too."""
    parts = re.split(r"(?<=[.!?؟…])\s+(?=\S)|\n+", text)
    return [part for part in parts if part.strip()]


def split_first_sentence(text: str) -> tuple[str, str]:
    """The first sentence, and the rest with the gap before it (empty if there is no rest)."""
    first, *rest = SENTENCE_GAP.split(text, maxsplit=1)
    return first, "".join(rest)


def map_words(text: str, function: Callable[[str], str]) -> str:
    """The text with each run of non-spaces replaced by what the function makes of it."""
    return re.sub(r"\S+", lambda match: function(match.group(0)), text)


def script_share(text: str, language: str) -> float:
    """The share of the letters of a text that belong to the script of the language."""
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return 0
    return sum(_is_of_script(char, language) for char in letters) / len(letters)


def _is_of_script(char: str, language: str) -> bool:
    if language == "ar":
        return "\u0600" <= char <= "\u06ff"
    if language == "ru":
        return "\u0400" <= char <= "\u04ff"
    return char.isascii()
