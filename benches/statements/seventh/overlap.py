"""Refusal of texts that resemble one already taken.

Two base texts stand for two statements. If one repeated the other, the world would call a true
pair false; so a text is refused if it shares too many runs of three words with another, and a
short one also if it shares too many words.
"""

from collections import Counter, defaultdict

from .text import normal_words

_MOST_SHARED_TRIGRAMS = 0.15
_SHORT = 18
_MOST_SHARED_OF_BOTH = 0.4
_MOST_SHARED_OF_ONE = 0.6


class OverlapIndex:
    """All texts taken so far, by their words and runs of three words."""

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._trigram_counts: list[int] = []
        self._by_trigram: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._word_counts: dict[int, int] = {}
        self._by_word: dict[str, list[int]] = defaultdict(list)

    def add(self, text: str) -> None:
        """Take a text, whether or not it is new."""
        words = normal_words(text)
        trigrams = _trigrams(words)
        number = len(self._trigram_counts)
        self._texts.add(" ".join(words))
        self._trigram_counts.append(max(1, len(trigrams)))
        for trigram in trigrams:
            self._by_trigram[trigram].append(number)
        if len(words) < _SHORT:
            self._add_short(number, set(words))

    def _add_short(self, number: int, words: set[str]) -> None:
        self._word_counts[number] = len(words)
        for word in words:
            self._by_word[word].append(number)

    def is_new(self, text: str) -> bool:
        """Whether the text differs enough from all that were taken."""
        words = normal_words(text)
        trigrams = _trigrams(words)
        if not trigrams or " ".join(words) in self._texts:
            return False
        if len(words) < _SHORT and self._is_like_a_short_one(set(words)):
            return False
        shared = Counter(n for trigram in trigrams for n in self._by_trigram.get(trigram, ()))
        return all(
            count / min(len(trigrams), self._trigram_counts[number]) < _MOST_SHARED_TRIGRAMS
            for number, count in shared.items()
        )

    def _is_like_a_short_one(self, words: set[str]) -> bool:
        shared = Counter(number for word in words for number in self._by_word.get(word, ()))
        for number, count in shared.items():
            other = self._word_counts[number]
            if count / (len(words) + other - count) >= _MOST_SHARED_OF_BOTH:
                return True
            if count / min(len(words), other) >= _MOST_SHARED_OF_ONE:
                return True
        return False


def _trigrams(words: list[str]) -> set[tuple[str, ...]]:
    return set(zip(words, words[1:], words[2:]))
