"""Changes of the wording: what is left out, put in, replaced, mistyped or punctuated anew."""

import itertools
import re
from random import Random

from ..statements import Statement
from ..text import SENTENCE_GAP, normal_words, sentences
from ..words import MATERIALS
from .additions import read_more_line

_QUOTATION_MARK = re.compile(r'[«»"“”]')
_NEW_QUOTATION_MARKS = (
    ('"', '"'),
    ("“", "”"),
    ("„", "“"),
    ("«", "»"),
    ("''", "''"),
    ("", ""),
)
_MAY_BE_MISTYPED = re.compile(r"^[а-яё]{6,}$|^[a-z]{6,}$|^[ء-ي]{5,}$")
_NEGATIONS = ("не", "un", "in", "im", "dis", "без")
_LOSES_CAPITAL = re.compile(
    r"(?:The|An?|When|In|On|We|But|It|If|This|That|These|He|She|They|There|His|Her|At|For|As|To"
    r"|And|Of|So|Our)\b"
)
_PUNCTUATION = ".,،"
_FEWEST_WORDS_TO_BREAK = 10
_FEWEST_WORDS_TO_LEAVE_OUT = 9
_FEWEST_WORDS_TO_CUT = 18


def change_punctuation(text: str, rng: Random, _: Statement) -> str | None:
    """Commas left out, full stops exchanged, spaces before commas, or slips."""
    manner = rng.randrange(4)
    if manner == 0:
        text = re.sub(r"(?<!\d)[,،;؛]|[,،;؛](?!\d)", "", text)
        return text.replace(" — ", " ").replace(" - ", " ")
    if manner == 1:
        return re.sub(r"\.(?=\s|$)", lambda _: rng.choice(["!", "…", "!!", ""]), text)
    if manner == 2:
        if not re.search("[,،—]", text):
            return None
        return re.sub(r"([,،])(?!\d)", r" \1", text.replace(" — ", " - "))
    slips = [" .", "..", " ,", ";"]
    return re.sub(r"(?<=[^\W\d_])[.,،](?=\s|$)", lambda _: rng.choice(slips), text)


def change_quotation_marks(text: str, rng: Random, _: Statement) -> str | None:
    """Quotation marks of another kind, or none."""
    if not _QUOTATION_MARK.search(text):
        return None
    opening, closing = rng.choice(_NEW_QUOTATION_MARKS)
    alternating = itertools.cycle((opening, closing))

    def mark(match: re.Match[str]) -> str:
        if match.group(0) in "«“":
            return opening
        if match.group(0) in "»”":
            return closing
        return next(alternating)

    return _QUOTATION_MARK.sub(mark, text)


def change_line_breaks(text: str, rng: Random, _: Statement) -> str | None:
    """Lines joined, or broken after sentences or somewhere."""
    if "\n" in text and rng.random() < 0.5:
        return re.sub(r"\s*\n\s*", " ", text)
    if SENTENCE_GAP.search(text):
        return SENTENCE_GAP.sub(lambda _: rng.choice(["\n", "\n\n"]), text)
    words = text.split(" ")
    if len(words) < _FEWEST_WORDS_TO_BREAK:
        return None
    position = rng.randint(4, len(words) - 4)
    return " ".join(words[:position]) + "\n" + " ".join(words[position:])


def mistype(text: str, rng: Random, statement: Statement) -> str | None:
    """One or two typing errors in long words in small letters, never in a fixed word."""
    pieces = re.split(r"(\s+)", text)
    candidates = [
        i for i, piece in enumerate(pieces) if _is_safe_to_mistype(piece, statement.fixed_words)
    ]
    if not candidates:
        return None
    letters = MATERIALS[statement.language].typing_errors
    for i in rng.sample(candidates, min(len(candidates), rng.randint(1, 2))):
        pieces[i] = _mistype_word(pieces[i], letters, rng)
    changed = "".join(pieces)
    return changed if changed != text else None


def _is_safe_to_mistype(word: str, fixed_words: set[str]) -> bool:
    if not _MAY_BE_MISTYPED.match(word):
        return False
    return word not in fixed_words and not word.startswith(_NEGATIONS)


def _mistype_word(word: str, letters: str, rng: Random) -> str:
    i = rng.randint(1, len(word) - 3)
    manner = rng.randrange(4)
    before, here, following, after = word[:i], word[i], word[i + 1], word[i + 2 :]
    if manner == 0:
        return before + following + here + after
    if manner == 1:
        return before + following + after
    if manner == 2:
        return before + here + here + following + after
    return before + rng.choice(letters) + following + after


def use_synonyms(text: str, rng: Random, statement: Statement) -> str | None:
    """One or two words replaced by near synonyms."""
    synonyms = MATERIALS[statement.language].synonyms
    pieces = re.split(r"(\s+)", text)
    candidates = [
        i for i, piece in enumerate(pieces) if piece.strip(_PUNCTUATION).lower() in synonyms
    ]
    if not candidates:
        return None
    for i in rng.sample(candidates, min(len(candidates), rng.randint(1, 2))):
        word = pieces[i].strip(_PUNCTUATION)
        synonym = synonyms[word.lower()]
        if word[0].isupper():
            synonym = synonym[0].upper() + synonym[1:]
        pieces[i] = pieces[i].replace(word, synonym)
    return "".join(pieces)


def leave_out_word(text: str, rng: Random, statement: Statement) -> str | None:
    """A word left out that the sense does not need; never the first."""
    removable = MATERIALS[statement.language].words_to_leave_out
    words = text.split(" ")
    candidates = [i for i, word in enumerate(words) if i and word in removable]
    if not candidates or len(words) < _FEWEST_WORDS_TO_LEAVE_OUT:
        return None
    del words[rng.choice(candidates)]
    return " ".join(words)


def put_in_words(text: str, rng: Random, statement: Statement) -> str | None:
    """Words such as "by the way" put in at the start of a sentence."""
    language = statement.language
    insertion = rng.choice(MATERIALS[language].words_to_put_in)
    starts = [0, *(gap.end() for gap in SENTENCE_GAP.finditer(text))]
    start = rng.choice(starts)
    before, after = text[:start], text[start:]
    if not after or not after[0].isalpha():
        return None
    if _should_lose_capital(after, language, rng):
        after = after[0].lower() + after[1:]
    return before + insertion + after


def _should_lose_capital(text: str, language: str, rng: Random) -> bool:
    if language == "ru":
        is_capitalised = len(text) > 1 and text[0].isupper() and not text[1].isupper()
        return is_capitalised and rng.random() < 0.6
    return language == "en" and _LOSES_CAPITAL.match(text) is not None


def leave_out_sentence(text: str, rng: Random, _: Statement) -> str | None:
    """A sentence left out: not the first, and no large part of the text."""
    parts = sentences(text)
    longest = 0.35 * len(normal_words(text))
    candidates = [
        part
        for part in parts[1:]
        if 2 < len(normal_words(part)) < longest and text.count(part) == 1
    ]
    if len(parts) < 3 or not candidates:
        return None
    shortened = text.replace(rng.choice(candidates), "")
    shortened = re.sub(r"[ \t]{2,}", " ", shortened)
    return re.sub(r"\n{3,}", "\n\n", shortened).strip()


def cut(text: str, rng: Random, _: Statement) -> str | None:
    """The text cut short, with an ellipsis."""
    words = list(re.finditer(r"\S+", text))
    if len(words) < _FEWEST_WORDS_TO_CUT:
        return None
    last = words[int(len(words) * rng.uniform(0.58, 0.88))]
    shortened = text[: last.end()].rstrip(".,،;:!?؟ ")
    return shortened + rng.choice(["…", "...", " …", " [...]"])


def cut_with_link(text: str, rng: Random, statement: Statement) -> str | None:
    """The text cut short, with an invitation to read the rest elsewhere."""
    shortened = cut(text, rng, statement)
    if shortened is None:
        return None
    return shortened + rng.choice(["\n", " ", "\n\n"]) + read_more_line(statement.language, rng)
