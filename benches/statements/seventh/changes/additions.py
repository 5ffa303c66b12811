"""Additions: what is put before or after a text that itself stays as it was."""

from random import Random

from ..statements import Statement
from ..words import MATERIALS

_HANDLES = ("gorodok", "beacon", "sahel", "volna", "lamp", "duha", "nord24", "quietdesk")
_HANDLE_ENDINGS = ("news", "live", "ru", "bot")
_LINKS = (
    "https://t.me/{handle}/{number}",
    "https://{handle}.example/news/{number}",
    "https://telegra.ph/{handle}-{number}",
    "https://youtu.be/{handle}{number}",
    "t.me/{handle}/{number}?single",
)


def message_link(rng: Random) -> str:
    """A link to a post elsewhere."""
    return f"https://t.me/{rng.choice(_HANDLES)}/{rng.randint(10, 9999)}"


def read_more_line(language: str, rng: Random) -> str:
    """An invitation to read on, often with a link."""
    wording = rng.choice(MATERIALS[language].read_more)
    return wording.format(h=rng.choice(_HANDLES), n=rng.randint(10, 9999))


def add_link(text: str, rng: Random, _: Statement) -> str | None:
    """A link or a mention before, after or on a word of the text."""
    wording = rng.choice(_LINKS)
    link = wording.format(handle=rng.choice(_HANDLES), number=rng.randint(100, 99999))
    manner = rng.randrange(5)
    if manner == 0:
        return text + "\n" + link
    if manner == 1:
        return text + " " + link
    if manner == 2:
        return text + " @" + rng.choice(_HANDLES) + "_" + rng.choice(_HANDLE_ENDINGS)
    if manner == 3:
        return link + "\n\n" + text
    return _link_a_word(text, link, rng)


def _link_a_word(text: str, link: str, rng: Random) -> str | None:
    words = text.split(" ")
    candidates = [i for i, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    if not candidates:
        return None
    i = rng.choice(candidates)
    words[i] = f"[{words[i]}]({link})"
    return " ".join(words)


def comment_before(text: str, rng: Random, statement: Statement) -> str:
    """A comment by the one who posts it, first."""
    comment = rng.choice(MATERIALS[statement.language].comments)
    return comment + rng.choice(["\n\n", " ", "\n"]) + text


def comment_after(text: str, rng: Random, statement: Statement) -> str:
    """A comment by the one who posts it, last."""
    gap = rng.choice(["\n\n", " ", "\n"])
    return text + gap + rng.choice(MATERIALS[statement.language].comments)


def name_source_before(text: str, rng: Random, statement: Statement) -> str:
    """A line on where it comes from, first."""
    source = rng.choice(MATERIALS[statement.language].sources_before)
    return source + rng.choice([" ", "\n", "\n\n"]) + text


def name_source_after(text: str, rng: Random, statement: Statement) -> str:
    """A line on where it comes from, last."""
    source = rng.choice(MATERIALS[statement.language].sources_after)
    gap = " " if source[0] in "—(" else "\n"
    return text + gap + source


def add_label(text: str, rng: Random, statement: Statement) -> str:
    """A label such as "BREAKING"."""
    label = rng.choice(MATERIALS[statement.language].labels)
    return label + rng.choice([" | ", ": ", "\n\n", " — ", " ", ".. "]) + text


def mark_as_forwarded(text: str, rng: Random, statement: Statement) -> str:
    """A line on the channel from which it was forwarded."""
    line = rng.choice(MATERIALS[statement.language].forwarded)
    return line + "\n" + rng.choice(["", "\n"]) + text
