"""Links in texts: changes of letters leave them as they are, for a changed link leads nowhere."""

import re
from random import Random

from .conditions import ChangeFunction, Conditions

_LINK = re.compile(r"(\[[^\]\n]*\]\([^)\n]*\)|(?:https?://|t\.me/)\S+|(?<!\w)@\w+)")
_LINK_WORDINGS = (
    "https://t.me/{name}/{number}",
    "https://bit.ly/{code}",
    "https://{name}.example/{number}",
    "http://{name}.example/news/2019/{number}.html?utm_source=tg",
    "https://telegra.ph/{code}-{number}",
    "https://youtu.be/{code}",
    "https://tt.me/{name}/{number}",
)
_NAMES = ("citywire", "akhbar24", "gorodlive", "newsdesk", "mirror7", "sada", "vestnik")
_CODE_CHARACTERS = "abcdefghkmnprstuvwxyzABCDEFGH23456789"


def spare_links(function: ChangeFunction) -> ChangeFunction:
    """The change, put only on what stands between links, markup of links and mentions."""

    def change_between_links(text: str, rng: Random, conditions: Conditions) -> str | None:
        pieces = _LINK.split(text)
        if len(pieces) == 1:
            return function(text, rng, conditions)
        seed = rng.getrandbits(32)  # the same choices for every piece
        for i in range(0, len(pieces), 2):  # the odd ones are links
            if pieces[i].strip():
                changed = function(pieces[i], Random(seed), conditions)
                pieces[i] = changed or pieces[i]
        joined = "".join(pieces)
        return joined if joined != text else None

    return change_between_links


def draw_link(rng: Random) -> str:
    """A link to somewhere."""
    wording = rng.choice(_LINK_WORDINGS)
    return wording.format(
        name=rng.choice(_NAMES),
        number=rng.randint(100, 99999),
        code="".join(rng.choice(_CODE_CHARACTERS) for _ in range(7)),
    )
