"""The board on which a world is put together: its channels, its posts and the ids in them.

It knows how a statement is posted; which statements there are is up to the modules that use it.
Times are seconds from the start of the world until a post is put up.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from .channels import Channel, make_channels

DAY = 86400

_FIRST_YEAR, _LAST_YEAR = 2019, 2024
_FEWEST_DAYS, _MOST_DAYS = 25, 60
_LATEST_POST = 1.05  # copies may come somewhat later than the last statement
_NETWORK_WEIGHT = 4


class Row(NamedTuple):
    """One post as it stands in the table; the statements are ids with spaces between."""

    channel: str
    time: str
    text: str
    statements: str
    kind: str


@dataclass(frozen=True)
class FirstPost:
    """A statement as it was posted first, before the channel dressed it."""

    language: str
    identifier: str
    text: str
    channel: Channel
    seconds: float


class Board:
    """All channels and posts of one world."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._start = datetime(
            rng.randint(_FIRST_YEAR, _LAST_YEAR), rng.randint(1, 12), rng.randint(1, 28)
        )
        self.span = rng.randint(_FEWEST_DAYS, _MOST_DAYS) * DAY
        self.channels = make_channels(rng)
        self.rows: list[Row] = []
        self.listable: list[FirstPost] = []  # what a digest may list
        self.identifiers: dict[str, str] = {}  # of texts from templates, which may come again
        self._statement_count = 0

    def new_identifier(self) -> str:
        """An identifier that no statement has."""
        self._statement_count += 1
        return f"s{self._statement_count:04d}"

    def choose_channel(
        self, language: str, avoid: Collection[Channel] = (), copied: Channel | None = None
    ) -> Channel:
        """A channel, busy ones more often, and those in a network with the copied one."""
        channels = [channel for channel in self.channels[language] if channel not in avoid]
        weights = [
            channel.weight * (_NETWORK_WEIGHT if _are_sisters(channel, copied) else 1)
            for channel in channels
        ]
        return self.rng.choices(channels, weights)[0]

    def choose_time(self, earliest: float = 0) -> float:
        """A time in the world, after this share of it."""
        return self.rng.uniform(earliest, 1) * self.span

    def draw_delay(self) -> float:
        """The time after which something is copied: a minute or days."""
        rng = self.rng
        delays = [
            rng.uniform(3, 90),
            rng.uniform(60, 1800),
            rng.lognormvariate(8.5, 1.1),
            rng.uniform(3600, 4 * DAY),
        ]
        return rng.choice(delays)

    def put(
        self,
        channel: Channel,
        seconds: float,
        text: str,
        identifiers: Sequence[str],
        kind: str,
        *,
        is_digest: bool = False,
    ) -> None:
        """Put up one post in the dress of its channel."""
        seconds = min(max(seconds, 0), self.span * _LATEST_POST)
        time = self._start + timedelta(seconds=int(seconds))
        dressed = channel.dress(text, time, seconds / self.span, self.rng, is_digest)
        written_time = time.strftime("%Y-%m-%dT%H:%M:%SZ")
        self.rows.append(Row(channel.address, written_time, dressed, " ".join(identifiers), kind))

    def post(
        self,
        language: str,
        text: str,
        kind: str,
        channel: Channel | None = None,
        seconds: float | None = None,
        identifier: str | None = None,
    ) -> FirstPost:
        """Post a statement in a channel and at a time that are drawn if they are not given."""
        identifier = identifier or self.new_identifier()
        channel = channel or self.choose_channel(language)
        seconds = self.choose_time() if seconds is None else seconds
        self.put(channel, seconds, text, [identifier], kind)
        return FirstPost(language, identifier, text, channel, seconds)

    def footer_of(self, channel: Channel, seconds: float) -> str:
        """The footer that the channel has at this time, which may be empty."""
        time = self._start + timedelta(seconds=int(seconds))
        return channel.footer(time, seconds / self.span)


def _are_sisters(channel: Channel, other: Channel | None) -> bool:
    """Whether the two are in one network."""
    if other is None or channel.network is None:
        return False
    return channel.network == other.network
