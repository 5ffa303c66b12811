"""Changes of Arabic writing: letters, vowel signs, digits and shapes that look the same."""

import re
import unicodedata
from collections import defaultdict
from random import Random

from ..statements import Statement
from ..text import map_words

_LETTER_VARIANTS = (("أ", "ا"), ("إ", "ا"), ("آ", "ا"), ("ة", "ه"), ("ى", "ي"))
_FINAL_YA_VARIANT = ("ي", "ى")
_FINAL_LETTERS = "ةى"
_VOWEL_SIGNS = "\u064e\u064f\u0650\u0652\u064e\u064f\u0650\u0651"
_STRETCHABLE = "(?<=[بتثجحخسشصضطظعغفقكلمنهي])(?=[ء-ي])"
_WESTERN_DIGITS = "0123456789"
_ARABIC_DIGITS = "٠١٢٣٤٥٦٧٨٩"
_PERSIAN_DIGITS = "۰۱۲۳۴۵۶۷۸۹"
_LIGATURES = (("\ufedf\ufe8e", "\ufefb"), ("\ufee0\ufe8e", "\ufefc"))  # lam with alef
# by whether the letter is joined to the one before and the one after
_SHAPES = {
    (True, True): "medial",
    (True, False): "final",
    (False, True): "initial",
    (False, False): "isolated",
}


def _presentation_forms() -> dict[str, dict[str, str]]:
    """The shapes (isolated, initial, medial, final) of each letter."""
    forms: dict[str, dict[str, str]] = defaultdict(dict)
    for code in range(0xFE70, 0xFEFD):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2:
            shape, letter = parts
            forms[chr(int(letter, 16))][shape.strip("<>")] = chr(code)
    return dict(forms)


_FORMS = _presentation_forms()


def vary_letters(text: str, rng: Random, _: Statement) -> str:
    """Alef, hamza, ya and ta marbuta as hasty writers spell them."""
    variants = rng.sample(_LETTER_VARIANTS, rng.randint(2, 5))
    if rng.random() < 0.3:
        variants.append(_FINAL_YA_VARIANT)
    probability = rng.uniform(0.5, 1)

    def vary(word: str) -> str:
        if rng.random() > probability:
            return word
        for letter, variant in variants:
            word = _vary_letter(word, letter, variant)
        return word

    return map_words(text, vary)


def _vary_letter(word: str, letter: str, variant: str) -> str:
    if (letter, variant) == _FINAL_YA_VARIANT:
        return re.sub(letter + "$", variant, word)
    if letter in _FINAL_LETTERS:
        return re.sub(letter + r"(?=\W*$)", variant, word)
    return word.replace(letter, variant)


def add_vowel_signs(text: str, rng: Random, _: Statement) -> str:
    """Tashkeel on some letters, at random."""
    probability = rng.choice([0.15, 0.4, 0.8])
    changed = []
    for char in text:
        changed.append(char)
        is_letter = "ء" <= char <= "ي" and char not in "اىآـ"
        if is_letter and rng.random() < probability:
            changed.append(rng.choice(_VOWEL_SIGNS))
    return "".join(changed)


def stretch(text: str, rng: Random, _: Statement) -> str:
    """Tatweel between some letters."""
    probability = rng.choice([0.1, 0.25, 0.5]) * 0.5

    def line(_: re.Match[str]) -> str:
        return "ـ" * rng.randint(1, 4) if rng.random() < probability else ""

    return re.sub(_STRETCHABLE, line, text)


def use_persian_letters(text: str, rng: Random, _: Statement) -> str:
    """Persian ya and kaf, which look the same in most positions."""
    text = text.replace("ي", "ی").replace("ك", "ک")
    return text.replace("ى", "ی") if rng.random() < 0.5 else text


def use_arabic_digits(text: str, rng: Random, _: Statement) -> str:
    """Arabic-Indic digits, now and then the Persian ones."""
    digits = _ARABIC_DIGITS if rng.random() < 0.75 else _PERSIAN_DIGITS
    return text.translate(str.maketrans(_WESTERN_DIGITS, digits))


def use_presentation_forms(text: str, rng: Random, _: Statement) -> str:
    """Letters by their shapes, as old programs and copies from PDF write them."""
    changed = "".join(_shape(text, position) for position in range(len(text)))
    if rng.random() < 0.4:
        for letters, ligature in _LIGATURES:
            changed = changed.replace(letters, ligature)
    return changed


def _shape(text: str, position: int) -> str:
    """The letter at this position in the shape that its neighbours demand."""
    char = text[position]
    if char not in _FORMS:
        return char
    forms = _FORMS[char]
    before = _FORMS.get(text[position - 1], {}) if position else {}
    after = _FORMS.get(text[position + 1], {}) if position + 1 < len(text) else {}
    joins_before = "initial" in before
    joins_after = "final" in after and "initial" in forms
    shape = _SHAPES[joins_before, joins_after]
    return forms.get(shape) or forms.get("isolated", char)
