"""Refusal of texts that resemble one already taken.

Two base texts stand for two statements. If one repeated the other, the world would call a true
pair false; so a text is refused if it shares too many runs of three words with another, or most
of the stems of its longer words.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

from .text import normal_words

_MOST_SHARED_TRIGRAMS = 0.2
_MOST_SHARED_STEMS = 0.4
_FEWEST_SHARED_STEMS = 3
_STEM = 5
_SHORTEST_WORD = 4
_COMMON = 60  # a stem in that many texts says nothing


class LikenessIndex:
    """All texts taken so far, by their runs of three words and their stems."""

    def __init__(self) -> None:
        self._by_trigram: dict[str, list[int]] = defaultdict(list)
        self._by_stem: dict[str, list[int]] = defaultdict(list)
        self._trigram_counts: list[int] = []
        self._stem_counts: list[int] = []

    def take(self, text: str, sibling: int | None = None) -> int | None:
        """Take a text and give its number, or None if it resembles any but its sibling."""
        words = normal_words(text)
        trigrams = {" ".join(words[i : i + 3]) for i in range(len(words) - 2)}
        trigrams = trigrams or {" ".join(words)}
        stems = {word[:_STEM] for word in words if len(word) >= _SHORTEST_WORD}
        if self._shares_trigrams(trigrams, sibling) or self._shares_stems(stems, sibling):
            return None
        return self._add(trigrams, stems)

    def _shares_trigrams(self, trigrams: set[str], sibling: int | None) -> bool:
        return any(
            count / min(len(trigrams), self._trigram_counts[number]) >= _MOST_SHARED_TRIGRAMS
            for number, count in _count(self._by_trigram, trigrams).items()
            if number != sibling
        )

    def _shares_stems(self, stems: set[str], sibling: int | None) -> bool:
        rare = [stem for stem in stems if len(self._by_stem.get(stem, ())) < _COMMON]
        for number, count in _count(self._by_stem, rare).items():
            if number == sibling or count < _FEWEST_SHARED_STEMS:
                continue
            smaller = min(len(stems), self._stem_counts[number])
            if count / max(_FEWEST_SHARED_STEMS, smaller) >= _MOST_SHARED_STEMS:
                return True
        return False

    def _add(self, trigrams: set[str], stems: set[str]) -> int:
        number = len(self._trigram_counts)
        self._trigram_counts.append(len(trigrams))
        self._stem_counts.append(len(stems))
        for trigram in trigrams:
            self._by_trigram[trigram].append(number)
        for stem in stems:
            self._by_stem[stem].append(number)
        return number


def _count(numbers_by_part: dict[str, list[int]], parts: Iterable[str]) -> Counter[int]:
    """How many of the parts each of the taken texts has too."""
    return Counter(number for part in parts for number in numbers_by_part.get(part, ()))
