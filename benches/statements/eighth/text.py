"""Small tools for text that several modules share."""

import re
import unicodedata

FIRST_SENTENCE = re.compile(r"[^.!?\n]+")

_VARIANTS = str.maketrans("أإآىةؤئё", "ااايهءءе")
_TATWEEL = "ـ"
_EDGES = ".,:;!?«»\"“”()…،؛؟-—'"


def count_words(text: str) -> int:
    """The number of runs of non-spaces."""
    return len(text.split())


def find_words(text: str) -> list[re.Match[str]]:
    """All runs of non-spaces with their places."""
    return list(re.finditer(r"\S+", text))


def put_at(text: str, word: re.Match[str], replacement: str) -> str:
    """The text with another word at the place of this one."""
    return text[: word.start()] + replacement + text[word.end() :]


def without_edges(word: str) -> str:
    """The word without the marks round it."""
    return word.strip(_EDGES)


def normal_words(text: str) -> list[str]:
    """The words of a text without case, accents, vowel signs and variants of letters."""
    text = unicodedata.normalize("NFKD", text.lower().translate(_VARIANTS))
    kept = [char for char in text if not unicodedata.combining(char) and char != _TATWEEL]
    return re.findall(r"[^\W_]+", "".join(kept))


def words_inside(texts: list[str]) -> frozenset[str]:
    """All words in these texts, figures included."""
    return frozenset(word for text in texts for word in re.findall(r"\w+", text))
