"""Channels: who posts, how often, and in which frame.

Some change their frame halfway, some have none and some post hardly at all, because all three
make it harder to learn what belongs to the channel and what to the statement.
"""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from .frames import FRAMES, Frame
from .text import SENTENCE_GAP
from .words import MATERIALS

_CHANNEL_COUNTS = {"ar": 13, "ru": 13, "en": 14}
_RARE_CHANNEL_COUNTS = {"ar": 2, "ru": 1, "en": 2}
_UNFRAMED_CHANNELS = 2
_CHANGING_CHANNELS = 2
_PLATFORMS = ("tg", "tg", "tg", "tg", "max", "tt", "mx", "rc")
_ABBREVIATION = re.compile(r"(?:^|\s)\S{1,2}\.$")


@dataclass(eq=False)
class Channel:
    """A channel; the limit is the number of posts at which a rare one falls silent."""

    name: str
    language: str
    frame: Frame | None
    weight: float = 1
    limit: int | None = None
    later_frame: Frame | None = None
    change_time: datetime | None = None
    times_chosen: int = 0
    post_count: int = 0
    counter: int = 0

    @property
    def is_full(self) -> bool:
        """Whether it has been chosen as often as it may."""
        return self.limit is not None and self.times_chosen >= self.limit

    @property
    def has_long_frame(self) -> bool:
        """Whether its first frame is as long as a text."""
        return self.frame is not None and self.frame.is_long

    def dress(self, text: str, time: datetime, rng: Random) -> str:
        """The text in the frame that the channel has at this time."""
        self.counter += rng.randint(1, 5)
        frame = self._frame_at(time)
        if frame is None:
            return text
        values = self._slot_values(time, rng)
        if frame.middle:
            text = _put_in_middle(text, frame.middle, values, rng)
        header = _wording(frame.header, values, rng)
        footer = _wording(frame.footer, values, rng)
        return header + text + footer

    def _frame_at(self, time: datetime) -> Frame | None:
        if self.change_time is not None and time >= self.change_time:
            return self.later_frame
        return self.frame

    def _slot_values(self, time: datetime, rng: Random) -> dict[str, str]:
        material = MATERIALS[self.language]
        tags = rng.sample(material.tags, 3)
        return {
            "date": time.strftime("%d.%m.%Y"),
            "time": time.strftime("%H:%M"),
            "no": str(self.counter),
            "tag": tags[0],
            "tag2": tags[1],
            "tag3": tags[2],
            "ed": rng.choice(material.editors),
        }


def _wording(wordings: tuple[str, ...], values: dict[str, str], rng: Random) -> str:
    if not wordings:
        return ""
    return rng.choice(wordings).format(**values)


def _put_in_middle(
    text: str, wordings: tuple[str, ...], values: dict[str, str], rng: Random
) -> str:
    """The text with a slogan between two sentences, mostly after the first."""
    gaps = [
        gap
        for gap in SENTENCE_GAP.finditer(text)
        if not _ABBREVIATION.search(text[: gap.start()])
    ]
    if not gaps:
        return text + _wording(wordings, values, rng).rstrip("\n")
    gap = gaps[0] if rng.random() < 0.7 else rng.choice(gaps)
    return text[: gap.start()] + _wording(wordings, values, rng) + text[gap.end() :]


def make_channels(rng: Random, start: datetime, days: int) -> dict[str, list[Channel]]:
    """The channels of a world by language."""
    return {language: _channels_of(language, rng, start, days) for language in MATERIALS}


def _channels_of(language: str, rng: Random, start: datetime, days: int) -> list[Channel]:
    count = _CHANNEL_COUNTS[language]
    frames = list(FRAMES[language])
    rng.shuffle(frames)
    frames.sort(key=lambda frame: not frame.is_long)  # the long ones are always taken
    framed = count - _UNFRAMED_CHANNELS
    first_frames = [*frames[:framed], *[None] * _UNFRAMED_CHANNELS]
    spare_frames = [*frames[framed:], None]
    channels = [
        Channel(name, language, frame)
        for name, frame in zip(_names(language, count, rng), first_frames)
    ]
    for channel in channels:
        channel.weight = min(2.2, max(0.4, math.exp(rng.gauss(0, 0.6))))
    ordinary = [channel for channel in channels if channel.frame and not channel.has_long_frame]
    for channel in rng.sample(ordinary, _RARE_CHANNEL_COUNTS[language]):
        channel.limit = rng.randint(2, 4)
    lasting = [channel for channel in ordinary if channel.limit is None]
    for channel in rng.sample(lasting, _CHANGING_CHANNELS):
        channel.change_time = start + timedelta(days=days * rng.uniform(0.4, 0.6))
        channel.later_frame = _later_frame(language, spare_frames, rng)
    return channels


def _names(language: str, count: int, rng: Random) -> list[str]:
    names = [f"{rng.choice(_PLATFORMS)}:{language}_{i:02d}" for i in range(1, count + 1)]
    rng.shuffle(names)
    return names


def _later_frame(language: str, spare: list[Frame | None], rng: Random) -> Frame | None:
    """A frame that no channel had, or none, or (mostly) one that another may have."""
    if spare and rng.random() < 0.3:
        return spare.pop()
    return rng.choice(FRAMES[language])
