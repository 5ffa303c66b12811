"""Changes of letters: others that look the same, other code points, capitals."""

from random import Random

from ..text import FIRST_SENTENCE, find_words
from .conditions import Conditions

_CYRILLIC = "аеорсхуАВЕКМНОРСТХ"
_LATIN = "aeopcxyABEKMHOPCTX"
_CYRILLIC_TO_LATIN = dict(zip(_CYRILLIC, _LATIN))
_LATIN_TO_CYRILLIC = {**dict(zip(_LATIN, _CYRILLIC)), "i": "і"}
_FULL_WIDTH_OFFSET = 0xFEE0
# the first capital, small letter and digit of a mathematical alphabet; 0: it has no digits
_MATH_ALPHABETS = (
    (0x1D5D4, 0x1D5EE, 0x1D7EC),
    (0x1D400, 0x1D41A, 0x1D7CE),
    (0x1D63C, 0x1D656, 0),
)


def write_ye_for_yo(text: str, _rng: Random, _: Conditions) -> str:
    """The Russian letter without its dots."""
    return text.replace("ё", "е").replace("Ё", "Е")


def use_lookalikes(text: str, rng: Random, conditions: Conditions) -> str:
    """Some letters replaced by those of another script that look the same."""
    lookalikes = _CYRILLIC_TO_LATIN if conditions.language == "ru" else _LATIN_TO_CYRILLIC
    probability = rng.choice([0.1, 0.3, 0.7, 1])
    return "".join(
        lookalikes[char] if char in lookalikes and rng.random() < probability else char
        for char in text
    )


def widen(text: str, rng: Random, _: Conditions) -> str:
    """Full width, of all or of some words in a row."""
    words = find_words(text)
    if rng.random() < 0.4 or len(words) < 2:
        return _widen(text)
    count = rng.randint(2, min(6, len(words)))
    first = rng.randint(0, len(words) - count)
    start, end = words[first].start(), words[first + count - 1].end()
    return text[:start] + _widen(text[start:end]) + text[end:]


def _widen(text: str) -> str:
    return "".join(
        chr(ord(char) + _FULL_WIDTH_OFFSET) if "!" <= char <= "~" else char for char in text
    )


def use_math_letters(text: str, rng: Random, _: Conditions) -> str:
    """Mathematical letters, in all of the text or its first words."""
    alphabet = rng.choice(_MATH_ALPHABETS)
    words = find_words(text)
    count = len(words)
    if rng.random() >= 0.35:
        count = rng.randint(min(3, len(words)), min(8, len(words)))
    end = words[count - 1].end()
    return "".join(_math_letter(char, alphabet) for char in text[:end]) + text[end:]


def _math_letter(char: str, alphabet: tuple[int, int, int]) -> str:
    capital, small, digit = alphabet
    if "A" <= char <= "Z":
        return chr(capital + ord(char) - ord("A"))
    if "a" <= char <= "z":
        return chr(small + ord(char) - ord("a"))
    if "0" <= char <= "9" and digit:
        return chr(digit + ord(char) - ord("0"))
    return char


def change_case(text: str, rng: Random, _: Conditions) -> str:
    """Capitals, small letters or a first sentence in capitals."""
    manner = rng.randint(0, 2)
    if manner == 0:
        return text.upper()
    if manner == 1:
        return text.lower()
    first = FIRST_SENTENCE.match(text)
    if first is None:
        return text.upper()
    return first[0].upper() + text[first.end() :]
