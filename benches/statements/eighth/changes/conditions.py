"""What a change must know besides the text: the language, and what it must leave alone."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from ..text import without_edges
from ..words.material import Material


@dataclass(frozen=True)
class Conditions:
    """The material of the language, and the words that tell a text from its siblings."""

    material: Material
    fixed_words: frozenset[str] = frozenset()

    @property
    def language(self) -> str:
        """The language of the text."""
        return self.material.language

    def may_touch(self, word: str) -> bool:
        """Whether the sense of the text stands if this word gets a slip or a neighbour."""
        bare = without_edges(word)
        if not bare.isalpha() or bare.lower() in self.material.negations:
            return False
        return bare not in self.fixed_words and not word.startswith(("#", "@"))


ChangeFunction = Callable[[str, Random, Conditions], str | None]
