"""The board on which a world is put together: its channels, statements and posts.

It knows how a statement is posted and how it is copied by others; which statements there are is
up to the modules that use it.
"""

import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from .changes.additions import add_link
from .changes.changer import Changer
from .channels import Channel, make_channels
from .overlap import OverlapIndex
from .statements import Post, Statement
from .text import normal_words
from .words import MATERIALS

_SIGN_OF_NUMBER = re.compile(r"[+−-](?=\d)")
_IDENTIFIERS = 10**5
_SOONEST_COPY = 90
_LATEST_COPY = 6 * 86400
_SAME_CHANNEL_SHARE = 0.13
_SAME_CHANNEL_PAUSE = timedelta(minutes=30)
_FRAME_KEPT_SHARE = 0.07
_COPY_OF_COPY_SHARE = 0.15
_MOST_CHANGES_TO_COPY_ON = 1
_ADVERTISEMENT_SHARE = 0.025
_RARE_CHANNEL_WEIGHT = 0.3


@dataclass
class _Chain:
    """A statement on its way from channel to channel."""

    statement: Statement
    first: Post
    last_time: datetime
    last_text: str
    last_changes: list[str]
    channels: list[Channel]


class Board:
    """All channels, statements and posts of one world."""

    def __init__(self, rng: Random, start: datetime, days: int, index: OverlapIndex) -> None:
        self.rng = rng
        self.start = start
        self.days = days
        self.index = index
        self.statements: list[Statement] = []
        self.posts: list[Post] = []
        self.channels = make_channels(rng, start, days)
        self._changer = Changer(rng)
        self._by_content: dict[tuple[str, ...], Statement] = {}
        self._identifiers: set[str] = set()

    def statement(
        self,
        language: str,
        text: str,
        kind: str,
        is_protected: bool = False,
        fixed: Iterable[str] = (),
    ) -> Statement:
        """The statement that this text makes: a new one, unless it was made before."""
        signs = "".join(_SIGN_OF_NUMBER.findall(text))
        content = (language, signs, *normal_words(text))
        if content not in self._by_content:
            fixed_words = {word for phrase in fixed for word in phrase.split()}
            statement = Statement(
                self._new_identifier(), language, text, kind, is_protected, fixed_words
            )
            self.statements.append(statement)
            self._by_content[content] = statement
        return self._by_content[content]

    def _new_identifier(self) -> str:
        identifier = f"s{self.rng.randrange(_IDENTIFIERS):05d}"
        while identifier in self._identifiers:
            identifier = f"s{self.rng.randrange(_IDENTIFIERS):05d}"
        self._identifiers.add(identifier)
        return identifier

    def choose_channel(
        self, language: str, avoid: Collection[Channel] = (), wants_long_frame: bool = False
    ) -> Channel:
        """A channel that may still post, busy ones more often."""
        channels = [
            channel
            for channel in self.channels[language]
            if channel not in avoid and not channel.is_full
        ]
        if wants_long_frame:
            long_ones = [channel for channel in channels if channel.has_long_frame]
            channels = long_ones or channels
        weights = [
            channel.weight * (_RARE_CHANNEL_WEIGHT if channel.limit else 1)
            for channel in channels
        ]
        channel = self.rng.choices(channels, weights)[0]
        channel.times_chosen += 1
        return channel

    def choose_time(self) -> datetime:
        """A time within the world, mostly by day."""
        day = self.start + timedelta(days=self.rng.uniform(0, self.days))
        hour = min(23, max(0, int(self.rng.gauss(13.5, 4.5))))
        return day.replace(
            hour=hour,
            minute=self.rng.randrange(60),
            second=self.rng.randrange(60),
            microsecond=0,
        )

    def later(self, time: datetime) -> datetime:
        """A time minutes to days later, the sooner the likelier."""
        low, high = math.log(_SOONEST_COPY), math.log(_LATEST_COPY)
        return time + timedelta(seconds=int(math.exp(self.rng.uniform(low, high))))

    def put(
        self,
        channel: Channel,
        time: datetime,
        text: str,
        statements: list[Statement],
        kind: str,
    ) -> Post:
        """Put up one post as it is."""
        post = Post(channel, time, text, statements, kind)
        channel.post_count += 1
        self.posts.append(post)
        return post

    def post(
        self,
        statement: Statement,
        kind: str,
        copies: int = 0,
        channel: Channel | None = None,
        time: datetime | None = None,
        *,
        is_exact: bool = False,
        wants_long_frame: bool = False,
        copy_kind: str = "",
    ) -> Post:
        """Post a statement and its copies; exact ones differ in nothing but the frame."""
        if channel is None:
            channel = self.choose_channel(statement.language, (), wants_long_frame)
        if time is None:
            time = self.choose_time()
        text, changes = statement.text, []
        if not is_exact:
            text, changes = self._first_wording(statement, copies)
        first = self.put(channel, time, text, [statement], "+".join([kind, *changes]))
        chain = _Chain(statement, first, time, text, [], [channel])
        for _ in range(copies):
            self._copy(chain, copy_kind, is_exact, wants_long_frame)
        return first

    def _first_wording(self, statement: Statement, copies: int) -> tuple[str, list[str]]:
        """The text of the first post, which now and then has a change too."""
        text = statement.text
        if copies and self.rng.random() < 0.1:
            return add_link(text, self.rng, statement) or text, ["links"]
        if self.rng.random() < 0.15:
            return self._changer.change(statement, text, 1)
        return text, []

    def _copy(
        self, chain: _Chain, copy_kind: str, is_exact: bool, wants_long_frame: bool
    ) -> None:
        is_same_channel = self.rng.random() < _SAME_CHANNEL_SHARE
        if is_same_channel:
            channel = self._choose_known_channel(chain)
        else:
            channel = self.choose_channel(
                chain.statement.language, chain.channels, wants_long_frame
            )
        chain.last_time = self._copy_time(chain, is_same_channel)
        if is_exact:
            text, changes = chain.statement.text, ["none"]
        else:
            text, changes = self._copy_wording(chain, channel)
        if self.rng.random() < _ADVERTISEMENT_SHARE:
            text = self._with_advertisement(text, chain.statement.language)
            changes = [*changes, "ad"]
        chain.channels.append(channel)
        kind = copy_kind + "+".join(changes)
        self.put(channel, chain.last_time, text, [chain.statement], kind)

    def _choose_known_channel(self, chain: _Chain) -> Channel:
        """A channel that had the statement before, if it may still post."""
        channel = self.rng.choice(chain.channels)
        if channel.is_full:
            channel = self.choose_channel(chain.statement.language)
        if channel in chain.channels:
            channel.times_chosen += 1
        return channel

    def _copy_time(self, chain: _Chain, is_same_channel: bool) -> datetime:
        first_time = chain.first.time
        source_time = chain.last_time if self.rng.random() < 0.4 else first_time
        time = self.later(source_time)
        if is_same_channel and time - first_time < _SAME_CHANNEL_PAUSE:
            time += timedelta(hours=self.rng.randint(2, 40))
        return time

    def _copy_wording(self, chain: _Chain, channel: Channel) -> tuple[str, list[str]]:
        source = chain.first.channel
        keeps_frame = self.rng.random() < _FRAME_KEPT_SHARE
        if keeps_frame and channel is not source and source.frame:
            return self._framed_wording(chain)
        number = self.rng.choices([0, 1, 2, 3], [3, 6, 4, 2])[0]
        text, before = chain.statement.text, []
        is_copied_on = self.rng.random() < _COPY_OF_COPY_SHARE
        if is_copied_on and len(chain.last_changes) <= _MOST_CHANGES_TO_COPY_ON:
            text, before = chain.last_text, chain.last_changes
            number = min(number, 2)
        text, changes = self._changer.change(chain.statement, text, number, before)
        chain.last_text, chain.last_changes = text, changes
        return text, changes or ["none"]

    def _framed_wording(self, chain: _Chain) -> tuple[str, list[str]]:
        """The text with the frame of the channel from which it was copied."""
        statement = chain.statement
        number = self.rng.randint(0, 1)
        text, changes = self._changer.change(statement, statement.text, number)
        text = chain.first.channel.dress(text, chain.first.time, self.rng)
        return text, [*changes, "source-frame-kept"]

    def _with_advertisement(self, text: str, language: str) -> str:
        advertisement = self.rng.choice(MATERIALS[language].advertisements)
        if self.rng.random() < 0.7:
            return text + "\n\n" + advertisement
        return advertisement + "\n\n" + text
