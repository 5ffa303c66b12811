"""Copies: how a statement goes from channel to channel, and what they do to it.

The kind of a copy names the changes with plus signs between; what its channel puts round all
its posts is not named.
"""

from dataclasses import dataclass

from .board import Board, FirstPost
from .changes import Conditions, change_text
from .channels import Channel
from .text import count_words
from .words import MATERIALS

_COPIES = {1: 33, 2: 25, 3: 17, 4: 11, 5: 7, 6: 4, 7: 3}
_LATEST_FIRST_POST = 0.96
_SAME_CHANNEL_SHARE = 0.1
_SAME_CHANNEL_PATIENCE = 4
_COPY_OF_COPY_SHARE = 0.25
_FOOTER_KEPT_SHARE = 0.1
_FEWEST_WORDS_WITH_FOOTER = 14
_FORWARDED_SHARE = 0.05
_MOST_WORDS_LISTED = 45
_MOST_COPIES_LISTED = 4
# a copy with one of these is not copied on: another change would garble it or shorten it again
_NOT_COPIED_ON = frozenset(
    ("cut", "sent_out", "fwd", "html", "presform", "homoglyph", "fullwidth", "keepfoot", "greet")
)


@dataclass(frozen=True)
class CopyRules:
    """What may become of a statement when it is copied.

    A protected one has siblings that differ in a word or a figure, so that no change may take
    words from it; its fixed words may not even get a typing error.
    """

    fixed_words: frozenset[str] = frozenset()
    is_protected: bool = False
    may_be_copied_on: bool = True
    kind_prefix: str = ""


PLAIN = CopyRules()


@dataclass(frozen=True)
class _Version:
    """A text on its way, with the changes on it and the place where it stood."""

    text: str
    changes: tuple[str, ...]
    channel: Channel
    seconds: float


def post_with_copies(
    board: Board,
    language: str,
    text: str,
    kind: str,
    copies: int | None = None,
    rules: CopyRules = PLAIN,
    identifier: str | None = None,
) -> FirstPost:
    """Post a statement and copies of it, as many as are drawn if the number is not given."""
    channel = board.choose_channel(language)
    seconds = board.choose_time() * _LATEST_FIRST_POST
    first = board.post(language, text, kind, channel, seconds, identifier)
    if copies is None:
        copies = board.rng.choices(list(_COPIES), list(_COPIES.values()))[0]
    add_copies(board, first, copies, rules)
    if count_words(text) <= _MOST_WORDS_LISTED and copies <= _MOST_COPIES_LISTED:
        board.listable.append(first)
    return first


def add_copies(board: Board, first: FirstPost, copies: int, rules: CopyRules = PLAIN) -> None:
    """Post copies of a statement."""
    way = _Way(board, first, rules)
    for _ in range(copies):
        way.copy()


class _Way:
    """The way of one statement through the channels."""

    def __init__(self, board: Board, first: FirstPost, rules: CopyRules) -> None:
        self._board = board
        self._rng = board.rng
        self._first = first
        self._rules = rules
        self._material = MATERIALS[first.language]
        self._original = _Version(first.text, (), first.channel, first.seconds)
        self._latest = self._original
        self._channels = [first.channel]

    def copy(self) -> None:
        """Post one more copy, of the first post or of the latest copy."""
        is_same_channel = self._rng.random() < _SAME_CHANNEL_SHARE
        channel = self._first.channel if is_same_channel else self._choose_channel()
        source, text, changes = self._change(self._choose_source())
        posted, changes = self._add_traces(source, text, changes, channel)
        if is_same_channel and not changes:
            changes = ("exact_again",)
        seconds = self._choose_time(is_same_channel)
        kind = self._rules.kind_prefix + ("+".join(changes) or "exact")
        self._board.put(channel, seconds, posted, [self._first.identifier], kind)
        self._channels.append(channel)
        self._latest = _Version(text, changes, channel, seconds)

    def _choose_channel(self) -> Channel:
        """Another channel, a new one as long as there are enough."""
        language, first = self._first.language, self._first.channel
        if len(self._channels) < len(self._board.channels[language]) - 1:
            return self._board.choose_channel(language, self._channels, first)
        return self._board.choose_channel(language, (first,))

    def _choose_source(self) -> _Version:
        if not self._rules.may_be_copied_on or self._rng.random() >= _COPY_OF_COPY_SHARE:
            return self._original
        changes = self._latest.changes
        may_be_copied_on = len(changes) <= 1 and _NOT_COPIED_ON.isdisjoint(changes)
        return self._latest if may_be_copied_on else self._original

    def _change(self, source: _Version) -> tuple[_Version, str, tuple[str, ...]]:
        """The source, the changed text and all changes on it; none comes twice."""
        conditions = Conditions(self._material, self._rules.fixed_words)
        most_edits = 1 if source.changes else 2
        text, changes = change_text(
            source.text, self._rng, conditions, self._rules.is_protected, most_edits
        )
        if not set(source.changes).isdisjoint(changes):
            return self._original, self._original.text, ()
        return source, text, source.changes + changes

    def _add_traces(
        self, source: _Version, text: str, changes: tuple[str, ...], channel: Channel
    ) -> tuple[str, tuple[str, ...]]:
        """The text with the footer of its source or a line that names the first channel."""
        may_keep_footer = (
            self._rng.random() < _FOOTER_KEPT_SHARE
            and count_words(self._first.text) >= _FEWEST_WORDS_WITH_FOOTER
            and source.channel is not channel
        )
        if may_keep_footer:
            footer = self._board.footer_of(source.channel, source.seconds)
            if footer:
                return text + "\n\n" + footer, (*changes, "keepfoot")
        elif self._rng.random() < _FORWARDED_SHARE:
            forwarded = self._material.forwarded.format(self._first.channel.name)
            return forwarded + "\n" + text, (*changes, "fwd")
        return text, changes

    def _choose_time(self, is_same_channel: bool) -> float:
        patience = _SAME_CHANNEL_PATIENCE if is_same_channel else 1
        seconds = self._first.seconds + self._board.draw_delay() * patience
        if seconds > self._board.span:
            return self._first.seconds + self._rng.uniform(20, 4000)
        return seconds
