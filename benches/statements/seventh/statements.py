"""What a world is made of: statements, and posts that carry them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .channels import Channel


@dataclass(eq=False)
class Statement:
    """One statement in its first wording.

    A protected one has siblings that differ in a word or a figure, so that no change may take
    words from it; its fixed words may not even get a typing error.
    """

    identifier: str
    language: str
    text: str
    kind: str
    is_protected: bool = False
    fixed_words: set[str] = field(default_factory=set)


@dataclass(eq=False)
class Post:
    """One post before its channel has put its frame round the text."""

    channel: Channel
    time: datetime
    text: str
    statements: list[Statement]
    kind: str
