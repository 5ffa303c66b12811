"""Changes of the surface: other code points, marks and markup round the same words."""

import re
from random import Random

from ..statements import Statement
from ..text import SENTENCE_GAP, map_words, split_first_sentence

_INVISIBLE = ("\u200b", "\u00ad", "\u2060", "\ufeff", "\u200b\u2060", "\u2063")
_RIGHT_TO_LEFT_MARK = "\u200f"
_LEFT_TO_RIGHT_MARK = "\u200e"
_LATIN = "aceopxyABCEHKMOPTX"
_CYRILLIC = "асеорхуАВСЕНКМОРТХ"
_LATIN_TO_CYRILLIC = dict(zip(_LATIN, _CYRILLIC))
_CYRILLIC_TO_LATIN = dict(zip(_CYRILLIC, _LATIN))
_FULL_WIDTH_OFFSET = 0xFEE0
# the first capital, small letter and digit of a mathematical alphabet; 0: it has no digits
_MATH_ALPHABETS = (
    (0x1D400, 0x1D41A, 0x1D7CE),
    (0x1D5D4, 0x1D5EE, 0x1D7EC),
    (0x1D63C, 0x1D656, 0),
    (0x1D670, 0x1D68A, 0x1D7F6),
)
_EMOJI = (
    "🔥", "❗️", "😱", "👏", "🙏", "🚨", "📌", "✅", "💥", "🤔", "👇", "❤️", "⚡️", "🌍", "📣",
    "👍🏽", "👨‍👩‍👧",
)


def add_invisible(text: str, rng: Random, _: Statement) -> str:
    """Characters of no width inside words."""
    characters = rng.choice(_INVISIBLE)
    probability = rng.choice([0.03, 0.1, 0.3])

    def between(_: re.Match[str]) -> str:
        return rng.choice(characters) if rng.random() < probability else ""

    return re.sub(r"(?<=\w)(?=\w)", between, text)


def add_direction_marks(text: str, rng: Random, statement: Statement) -> str:
    """Marks of direction round lines, the whole text or words."""
    manner = rng.randrange(3)
    if manner == 0:
        return _wrap_lines(text, "\u202b", "\u202c")
    if manner == 1:
        return "\u2067" + text + "\u2069"
    mark = _RIGHT_TO_LEFT_MARK if statement.language == "ar" else _LEFT_TO_RIGHT_MARK
    return map_words(text, lambda word: mark + word if rng.random() < 0.3 else word)


def _wrap_lines(text: str, before: str, after: str) -> str:
    return "\n".join(before + line + after if line else line for line in text.split("\n"))


def use_lookalikes(text: str, rng: Random, statement: Statement) -> str:
    """Some letters replaced by those of another script that look the same."""
    lookalikes = _CYRILLIC_TO_LATIN if statement.language == "ru" else _LATIN_TO_CYRILLIC
    probability = rng.choice([0.1, 0.3, 0.7])
    return "".join(
        lookalikes[char] if char in lookalikes and rng.random() < probability else char
        for char in text
    )


def widen(text: str, rng: Random, statement: Statement) -> str:
    """Full width: in English all or the first sentence, elsewhere what is not of the script."""
    if statement.language != "en":
        return "".join(_widen_foreign(char) for char in text)
    if rng.random() < 0.5:
        first, rest = split_first_sentence(text)
        return "".join(_widen_ascii(char) for char in first) + rest
    return "".join(_widen_ascii(char) for char in text)


def _widen_ascii(char: str) -> str:
    return chr(ord(char) + _FULL_WIDTH_OFFSET) if "!" <= char <= "~" else char


def _widen_foreign(char: str) -> str:
    is_foreign = char in "0123456789!?%():" or char.isascii() and char.isalpha()
    return _widen_ascii(char) if is_foreign else char


def use_math_letters(text: str, rng: Random, _: Statement) -> str:
    """Mathematical letters, in all of the text or its first sentence."""
    alphabet = rng.choice(_MATH_ALPHABETS)
    changed, rest = text, ""
    if rng.random() < 0.5:
        changed, rest = split_first_sentence(text)
    return "".join(_math_letter(char, alphabet) for char in changed) + rest


def _math_letter(char: str, alphabet: tuple[int, int, int]) -> str:
    capital, small, digit = alphabet
    if "A" <= char <= "Z":
        return chr(capital + ord(char) - ord("A"))
    if "a" <= char <= "z":
        return chr(small + ord(char) - ord("a"))
    if "0" <= char <= "9" and digit:
        return chr(digit + ord(char) - ord("0"))
    return char


def add_emoji(text: str, rng: Random, _: Statement) -> str:
    """Emoji before the text, after its sentences or among its words."""
    manner = rng.randrange(3)
    if manner == 0:
        return rng.choice(_EMOJI) * rng.randint(1, 3) + " " + text
    if manner == 1:
        text = SENTENCE_GAP.sub(lambda gap: " " + rng.choice(_EMOJI) + gap.group(1), text)
        return text + " " + "".join(rng.choice(_EMOJI) for _ in range(rng.randint(1, 3)))

    def space(_: re.Match[str]) -> str:
        return " " + rng.choice(_EMOJI) + " " if rng.random() < 0.12 else " "

    return re.sub(" ", space, text) + rng.choice(_EMOJI)


def add_markdown(text: str, rng: Random, _: Statement) -> str:
    """Bold or italic letters, or the text as a quotation."""
    manner = rng.randrange(4)
    if manner == 0:
        first, rest = split_first_sentence(text)
        return "**" + first.strip() + "**" + rest
    if manner == 1:
        return _wrap_lines(text, "> ", "")
    if manner == 2:
        return _wrap_lines(text, "__", "__")

    def embolden(word: str) -> str:
        return "**" + word + "**" if len(word) > 5 and rng.random() < 0.15 else word

    return map_words(text, embolden)


def add_html(text: str, rng: Random, _: Statement) -> str:
    """Paragraphs or a bold first sentence, as bridges between platforms leave them."""
    first, rest = split_first_sentence(text)
    escaped = text.replace("&", "&amp;") if rng.random() < 0.4 else text
    manner = rng.randrange(3)
    if manner == 0:
        return "<p>" + escaped.replace("\n\n", "</p><p>").replace("\n", "<br>") + "</p>"
    if manner == 1:
        return "<b>" + first.strip() + "</b>" + rest.replace("\n", "<br/>\n")
    return "<strong>" + first.strip() + "</strong>" + rest.replace('"', "&quot;") + "&nbsp;"


def change_case(text: str, rng: Random, _: Statement) -> str:
    """Capitals, small letters or a first sentence in capitals."""
    manner = rng.randrange(3)
    if manner == 0:
        return text.upper()
    if manner == 1:
        return text.lower()
    first, rest = split_first_sentence(text)
    return first.upper() + rest
