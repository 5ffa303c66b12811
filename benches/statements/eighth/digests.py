"""Digests: several statements in one post, numbered or with bullets, under a heading."""

import re
from collections import Counter

from .board import DAY, Board, FirstPost
from .changes import Conditions, apply_change
from .real_texts import RealTexts
from .words import MATERIALS
from .words.material import Material

_EARLIEST = 0.08
_OLDEST_ITEM = 5 * DAY
_MOST_USES = 2
_FEWEST_ITEMS = 3
_BULLETS = ("{}. ", "{}) ", "• ", "▪️", "— ", "🔹 ", "✅ ", "", "🔴")
_COPIED_SHARE = 0.25
_CHANGES_OF_COPIES = ("md", "link", "emoji", "spaces", "zw", None)


def add_digests(board: Board, texts: RealTexts, language: str) -> None:
    """Post digests of statements that were posted shortly before and of some new ones."""
    uses: Counter[str] = Counter()
    for _ in range(board.rng.randint(17, 22)):
        seconds = board.choose_time(_EARLIEST)
        items = [
            (first.identifier, first.text)
            for first in _choose_known(board, language, seconds, uses)
        ]
        for _ in range(board.rng.choice([0, 1, 1, 2])):
            text = texts.next_text(language, 8, 30)
            items.append((board.new_identifier(), text))
        if len(items) >= _FEWEST_ITEMS:
            board.rng.shuffle(items)
            _add_digest(board, language, items, seconds)


def _choose_known(
    board: Board, language: str, seconds: float, uses: Counter[str]
) -> list[FirstPost]:
    """Statements of the last days, or of any time, that are not yet in two digests."""
    known = [first for first in board.listable if first.language == language]
    recent = [first for first in known if seconds - _OLDEST_ITEM < first.seconds < seconds]
    unused = [first for first in recent or known if uses[first.identifier] < _MOST_USES]
    chosen = board.rng.sample(unused, min(len(unused), board.rng.randint(2, 6)))
    uses.update(first.identifier for first in chosen)
    return chosen


def _add_digest(board: Board, language: str, items: list[tuple[str, str]], seconds: float) -> None:
    """Post a digest of items, which are identifiers and texts; some channel may copy it."""
    rng = board.rng
    conditions = Conditions(MATERIALS[language])
    bullet = rng.choice(_BULLETS)
    lines: dict[str, str] = {}
    for number, (identifier, text) in enumerate(items, start=1):
        if identifier not in lines:
            lines[identifier] = bullet.format(number) + _item_text(board, text, conditions)
    digest = _digest_text(board, conditions.material, list(lines.values()))
    channel = board.choose_channel(language)
    board.put(channel, seconds, digest, list(lines), "digest", is_digest=True)
    if rng.random() < _COPIED_SHARE:
        name = rng.choice(_CHANGES_OF_COPIES)
        changed = apply_change(name, digest, rng, conditions) if name else None
        copier = board.choose_channel(language, (channel,))
        seconds += board.draw_delay() / 3
        kind = f"digest+{name or 'exact'}"
        board.put(copier, seconds, changed or digest, list(lines), kind, is_digest=True)


def _item_text(board: Board, text: str, conditions: Conditions) -> str:
    """The statement on one line, sometimes with a link, emoji or other punctuation."""
    rng = board.rng
    text = re.sub(r"\s*\n\s*", " ", text)
    chance = rng.random()
    if chance < 0.12:
        name = "link"
    elif chance < 0.2:
        name = "emoji"
    elif chance < 0.3:
        name = "punct"
    else:
        return text
    return (apply_change(name, text, rng, conditions) or text).replace("\n", " ")


def _digest_text(board: Board, material: Material, lines: list[str]) -> str:
    rng = board.rng
    heading = rng.choice(material.digest_headings) + "\n" + rng.choice(["", "\n"])
    text = heading + rng.choice(["\n", "\n\n"]).join(lines)
    ending = rng.choice(material.digest_endings)
    return f"{text}\n\n{ending}" if ending else text
