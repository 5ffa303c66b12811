"""Channels: who posts, how often, and what each puts round its posts.

A quarter of them change their style at some time and a sixth of the styles are bare, because
both make it harder to learn what belongs to the channel and what to the statement.
"""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from .changes import Conditions, apply_change
from .words import MATERIALS
from .words.material import Material

_CHANGING_SHARE = 0.25
_BARE_SHARE = 0.17
_HEADER_SHARE = 0.4
_FOOTER_LINES = {0: 0.1, 1: 0.34, 2: 0.28, 3: 0.15, 4: 0.08, 5: 0.05}
_HABIT_SHARE = 0.25
_HABIT_KEPT_SHARE = 0.8
_NOT_ON_DIGESTS = ("lines", "html", "link", "md")  # they would tear the items apart
_DATE_FORMATS = ("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y %H:%M")

_PLATFORMS = {"telegram": 5, "tamtam": 2.2, "matrix": 1.5, "rocketchat": 0.7, "max": 0.6}
_MATRIX_SERVERS = ("matrix.example", "chat.example", "m.news.example")
_ROCKETCHAT_SERVERS = ("chat.example", "rc.desk.example")
_HANDLE_STARTS = (
    "news",
    "live",
    "info",
    "akhbar",
    "sada",
    "gorod",
    "vesti",
    "wire",
    "desk",
    "pulse",
    "nabd",
    "feed",
)
_HANDLE_ENDS = ("now", "24", "x", "city", "hub", "plus", "one", "tv", "press")
_INVITE_CHARACTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMN23456789"


@dataclass
class Style:
    """What is put round a post, and how often; a bare style has nothing."""

    header: str | None = None
    footers: tuple[str, ...] = ()
    header_share: float = 0
    footer_share: float = 0
    tag_share: float = 0
    gap: str = "\n\n"


@dataclass(eq=False)
class Channel:
    """A channel; it goes over to its last style when this share of the time has passed."""

    address: str
    name: str
    handle: str
    material: Material
    slot_values: dict[str, str]
    weight: float
    counter: int
    styles: list[Style]
    turn: float
    habit: str | None
    network: int | None = None

    def dress(self, text: str, time: datetime, passed: float, rng: Random, is_digest: bool) -> str:
        """The text as the channel posts it, when this share of the time of the world has passed."""
        style = self._style_at(passed)
        is_unsuited = is_digest and self.habit in _NOT_ON_DIGESTS
        if self.habit and rng.random() < _HABIT_KEPT_SHARE and not is_unsuited:
            text = apply_change(self.habit, text, rng, Conditions(self.material)) or text
        if style.header and rng.random() < style.header_share:
            header = self._fill(style.header, time)
            text = header + rng.choice(["\n", "\n\n"] if style.gap != "\n" else ["\n"]) + text
        if rng.random() < style.tag_share:
            text += "\n\n" + " ".join(rng.sample(self.material.tags, rng.randint(1, 3)))
        if style.footers and rng.random() < style.footer_share:
            text += style.gap + self.footer(time, passed)
        return text

    def footer(self, time: datetime, passed: float) -> str:
        """The footer that the channel has at this time, which may be empty."""
        return "\n".join(self._fill(each, time) for each in self._style_at(passed).footers)

    def _style_at(self, passed: float) -> Style:
        return self.styles[-1] if passed > self.turn else self.styles[0]

    def _fill(self, wording: str, time: datetime) -> str:
        self.counter += 1
        date = time.strftime(_DATE_FORMATS[len(self.handle) % len(_DATE_FORMATS)])
        return wording.format(date=date, number=self.counter, **self.slot_values)


def make_channels(rng: Random) -> dict[str, list[Channel]]:
    """The channels of a world by language."""
    used_names: set[str] = set()
    channels = {
        language: [_make_channel(rng, material, used_names) for _ in range(rng.randint(10, 16))]
        for language, material in MATERIALS.items()
    }
    for language, material in MATERIALS.items():
        for network in range(rng.randint(1, 3)):
            _join(rng.sample(channels[language], rng.randint(2, 4)), network, material, rng)
    return channels


def _join(channels: list[Channel], network: int, material: Material, rng: Random) -> None:
    """Make a network of channels, which share a slogan and like to copy one another."""
    slogan = rng.choice(material.footers)
    for channel in channels:
        channel.network = network
        for style in channel.styles:
            if style.footers and slogan not in style.footers:
                style.footers = (*style.footers[:2], slogan)


def _make_channel(rng: Random, material: Material, used_names: set[str]) -> Channel:
    name = _draw_name(rng, material)
    while name in used_names:
        name = _draw_name(rng, material)
    used_names.add(name)
    handle = _draw_handle(rng)
    return Channel(
        address=_draw_address(rng, handle),
        name=name,
        handle=handle,
        material=material,
        slot_values=_draw_slot_values(rng, name, handle),
        weight=rng.choice([0.4, 0.7, 1, 1, 1.5, 2.2]),
        counter=rng.randint(1, 4000),
        styles=_draw_styles(rng, material),
        turn=rng.uniform(0.3, 0.7),
        habit=_draw_habit(rng, material),
    )


def _draw_name(rng: Random, material: Material) -> str:
    first = rng.choice(material.channel_first_words)
    last = rng.choice(material.channel_last_words)
    city = rng.choice(material.slots["city"])
    return f"{first} {last}" + rng.choice(["", "", "", " 24", " Live", f" | {city}"])


def _draw_handle(rng: Random) -> str:
    start = rng.choice(_HANDLE_STARTS)
    gap = rng.choice(["", "_", ""])
    return start + gap + rng.choice(_HANDLE_ENDS) + str(rng.randint(1, 9999))


def _draw_address(rng: Random, handle: str) -> str:
    """The address on one platform, drawn from those that it would have on each."""
    platform = rng.choices(list(_PLATFORMS), list(_PLATFORMS.values()))[0]
    addresses = {
        "telegram": f"telegram:{handle}",
        "tamtam": f"tamtam:-7{rng.randint(10**12, 10**13 - 1)}",
        "max": f"max:-6{rng.randint(10**12, 10**13 - 1)}",
        "matrix": f"matrix:#{handle}:{rng.choice(_MATRIX_SERVERS)}",
        "rocketchat": f"rocketchat:{rng.choice(_ROCKETCHAT_SERVERS)}/{handle}",
    }
    return addresses[platform]


def _draw_slot_values(rng: Random, name: str, handle: str) -> dict[str, str]:
    """What fills the slots of headers and footers, the date and the number left out."""
    invitation = "".join(rng.choice(_INVITE_CHARACTERS) for _ in range(16))
    links = [
        f"https://t.me/{handle}",
        f"t.me/{handle}",
        f"https://t.me/+{invitation}",
        f"https://t.me/joinchat/AAAAA{rng.randint(10**9, 10**10)}",
    ]
    return {
        "name": name,
        "handle": f"@{handle}",
        "link": rng.choice(links),
        "bot": f"@{handle}_bot",
        "bot_name": f"{handle}_bot",
        "site": f"https://{handle}.example",
        "tamtam": f"https://tt.me/{handle}",
        "matrix": f"#{handle}:matrix.example",
        "max": f"https://max.ru/{handle}",
        "tag": name.split(" |", maxsplit=1)[0].replace(" ", "_"),
    }


def _draw_styles(rng: Random, material: Material) -> list[Style]:
    styles = [_draw_style(rng, material)]
    if rng.random() < _CHANGING_SHARE:
        styles.append(_draw_style(rng, material))
    return styles


def _draw_style(rng: Random, material: Material) -> Style:
    if rng.random() < _BARE_SHARE:
        return Style()
    header = rng.choice(material.headers) if rng.random() < _HEADER_SHARE else None
    lines = rng.choices(list(_FOOTER_LINES), list(_FOOTER_LINES.values()))[0]
    return Style(
        header=header,
        footers=tuple(rng.sample(material.footers, lines)),
        header_share=rng.choice([1, 1, 0.8]),
        footer_share=rng.choice([1, 1, 1, 0.85, 0.5]),
        tag_share=rng.choice([0, 0, 0, 0.5, 0.9]),
        gap=rng.choice(["\n\n", "\n\n", "\n", "\n\n\n", "\n___\n"]),
    )


def _draw_habit(rng: Random, material: Material) -> str | None:
    return rng.choice(material.habits) if rng.random() < _HABIT_SHARE else None
