"""Changes of Arabic writing: letters, vowel signs, digits and shapes that look the same."""

import re
import unicodedata
from collections import defaultdict
from random import Random

from .conditions import Conditions

_INNER_SIGNS = "\u064e\u064f\u0650\u0651\u0652"
_FINAL_SIGNS = "\u064b\u064c\u064d\u064e\u064f\u0650"
_UNSIGNED = "اىآـ"
_STRETCHABLE = "بتثجحخسشصضطظعغفقكلمنهيئ"
_ALEFS = "اأإآ"
_TATWEEL = "ـ"
_WESTERN_DIGITS = "0123456789"
_ARABIC_DIGITS = "٠١٢٣٤٥٦٧٨٩"
_PERSIAN_DIGITS = "۰۱۲۳۴۵۶۷۸۹"
_PRESENTATION_FORMS = range(0xFE70, 0xFEFD)
_BARE_SIGN_CARRIERS = ("0020", "0640")


def drop_hamza(text: str, _rng: Random, _: Conditions) -> str:
    """Bare alef for alef with hamza or madda."""
    return re.sub("[أإآ]", "ا", text)


def exchange_final_yeh(text: str, rng: Random, _: Conditions) -> str:
    """Dotless yeh for yeh at the ends of words, or the other way round."""
    if rng.random() < 0.6:
        return re.sub(r"ي(?=\W|$)", "ى", text)
    return re.sub(r"ى(?=\W|$)", "ي", text)


def use_final_heh(text: str, _rng: Random, _: Conditions) -> str:
    """Heh for teh marbuta."""
    return re.sub(r"ة(?=\W|$)", "ه", text)


def add_vowel_signs(text: str, rng: Random, _: Conditions) -> str:
    """Tashkeel on some letters, at random."""
    probability = rng.choice([0.15, 0.4, 0.7])
    changed = []
    for char, following in zip(text, text[1:] + " "):
        changed.append(char)
        takes_sign = _is_letter(char) and char not in _UNSIGNED
        if takes_sign and rng.random() < probability:
            changed.append(rng.choice(_INNER_SIGNS if following.isalpha() else _FINAL_SIGNS))
    return "".join(changed)


def _is_letter(char: str) -> bool:
    return "\u0621" <= char <= "\u064a"


def stretch(text: str, rng: Random, _: Conditions) -> str:
    """Tatweel between some letters."""
    probability = rng.choice([0.1, 0.3])
    changed = []
    for char, following in zip(text, text[1:] + " "):
        changed.append(char)
        if _is_stretchable(char, following) and rng.random() < probability:
            changed.append(_TATWEEL * rng.choice([1, 1, 2, 4]))
    return "".join(changed)


def _is_stretchable(char: str, following: str) -> bool:
    """Whether a line may join the two; lam and alef are one shape, which nothing divides."""
    is_lam_alef = char == "ل" and following in _ALEFS
    return char in _STRETCHABLE and _is_letter(following) and not is_lam_alef


def use_arabic_digits(text: str, rng: Random, _: Conditions) -> str | None:
    """Arabic-Indic digits, now and then the Persian ones."""
    if not re.search("[0-9]", text):
        return None
    digits = rng.choice([_ARABIC_DIGITS, _ARABIC_DIGITS, _PERSIAN_DIGITS])
    return text.translate(str.maketrans(_WESTERN_DIGITS, digits))


def use_persian_letters(text: str, _rng: Random, _: Conditions) -> str:
    """Persian yeh and kaf, which look the same in most positions."""
    return text.replace("ي", "ی").replace("ك", "ک")


def use_presentation_forms(text: str, rng: Random, _: Conditions) -> str:
    """Letters by their shapes in all words or some, as old programs write them."""
    is_whole = rng.random() < 0.4

    def shape(match: re.Match[str]) -> str:
        return _shape(match[0]) if is_whole or rng.random() < 0.3 else match[0]

    return re.sub(r"[\u0621-\u064a]+", shape, text)


def _presentation_forms() -> dict[str, dict[str, str]]:
    """The shapes (isolated, initial, medial, final) of each letter and ligature."""
    forms: dict[str, dict[str, str]] = defaultdict(dict)
    for code in _PRESENTATION_FORMS:
        shape, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        if letters and letters[0] not in _BARE_SIGN_CARRIERS:
            plain = "".join(chr(int(letter, 16)) for letter in letters)
            forms[plain][shape.strip("<>")] = chr(code)
    return dict(forms)


_FORMS = _presentation_forms()


def _shape(word: str) -> str:
    """The word in the shapes that its letters have beside each other."""
    shaped = []
    joins_before = False
    position = 0
    while position < len(word):
        letters = word[position : position + 2]  # a ligature
        if letters not in _FORMS:
            letters = word[position]
        position += len(letters)
        forms = _FORMS.get(letters, {})
        following = word[position : position + 1]
        joins_after = "initial" in forms and following in _FORMS and following != "ء"
        shape = _shape_name(joins_before, joins_after)
        shaped.append(forms.get(shape) or forms.get("isolated", letters))
        joins_before = joins_after
    return "".join(shaped)


def _shape_name(joins_before: bool, joins_after: bool) -> str:
    if joins_after:
        return "medial" if joins_before else "initial"
    return "final" if joins_before else "isolated"
