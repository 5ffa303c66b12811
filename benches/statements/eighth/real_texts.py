"""The real texts of one world: each is given once, and none resembles another."""

from collections.abc import Iterator
from random import Random

from .likeness import LikenessIndex
from .pools import RealPosts
from .text import count_words

# the sources of each language and their weights
_MIX: dict[str, dict[str, float]] = {
    "ru": {"news": 1},
    "en": {"news": 0.56, "others": 0.29, "paraphrases": 0.09, "programs": 0.06},
    "ar": {"written": 0.8, "dialects": 0.12, "prose": 0.08},
}
_MOST_DRAWS = 400
_MOST_SET_ASIDE = 400
_TITLE_PAIRS = 80


class RealTexts:
    """A source of real texts in random order."""

    def __init__(self, real_posts: RealPosts, rng: Random) -> None:
        self._rng = rng
        self._index = LikenessIndex()
        self._disagreements = real_posts.disagreements
        self._texts = {
            language: {source: rng.sample(texts, len(texts)) for source, texts in sources.items()}
            for language, sources in real_posts.texts.items()
        }
        # taken, but too short or too long when they came
        self._set_aside: dict[str, list[str]] = {language: [] for language in _MIX}

    def next_text(
        self, language: str, fewest: int, most: int, *, is_on_one_line: bool = False
    ) -> str:
        """A new text of the language, the number of whose words is between these."""

        def is_fit(text: str) -> bool:
            is_of_length = fewest <= count_words(text) <= most
            return is_of_length and not (is_on_one_line and "\n" in text)

        set_aside = self._set_aside[language]
        for number, text in enumerate(set_aside):
            if is_fit(text):
                return set_aside.pop(number)
        for _ in range(_MOST_DRAWS):
            taken = self._take(language)
            if taken is None:
                continue
            if is_fit(taken):
                return taken
            if len(set_aside) < _MOST_SET_ASIDE:
                set_aside.append(taken)
        raise RuntimeError(f"no text of {fewest} to {most} words is left for {language}")

    def _take(self, language: str) -> str | None:
        """The next text of some source, or None if it resembles one already taken."""
        mix = _MIX[language]
        source = self._rng.choices(list(mix), list(mix.values()))[0]
        texts = self._texts[language][source]
        if not texts:
            return None
        text = texts.pop()
        return text if self._index.take(text) is not None else None

    def title_pairs(self) -> Iterator[tuple[str, str]]:
        """Pairs of Arabic titles that contradict each other and resemble no other text."""
        for title, opposite in self._rng.sample(self._disagreements, _TITLE_PAIRS):
            number = self._index.take(title)
            if number is not None and self._index.take(opposite, sibling=number) is not None:
                yield title, opposite
