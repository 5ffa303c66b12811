"""Digests: several statements in one post, numbered or with bullets, under a heading."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from .board import Board
from .changes.additions import message_link
from .changes.wording import cut
from .sources import PlainStatements
from .statements import Post, Statement
from .text import normal_words
from .words import MATERIALS

DIGESTS = 17
_MOST_WORDS_OF_ITEM = 48
_MOST_POSTS_OF_ITEM = 7
_OLDEST_ITEM = timedelta(days=3)
_KNOWN_SHARE = 0.65
_BULLETS = ("{}. ", "{}) ", "• ", "▪️ ", "— ", "🔹 ", "{}️⃣ ", "✔️ ")


def add_digests(
    board: Board, language: str, plain: PlainStatements, originals: Sequence[Post], first: int
) -> None:
    """Post digests of statements that were posted shortly before and of new ones.

    The originals are first posts of repeated statements; the posts of the language start at
    the position first.
    """
    for _ in range(DIGESTS):
        count = board.rng.randint(3, 6)
        time = board.choose_time()
        known = _recent_statements(board, originals, time, first)
        board.rng.shuffle(known)
        items = [_next_item(board, plain, known) for _ in range(count)]
        text = _digest_text(board, language, items)
        board.put(board.choose_channel(language), time, text, items, "digest")


def _recent_statements(
    board: Board, originals: Sequence[Post], time: datetime, first: int
) -> list[Statement]:
    """The statements of the last days that are short and not yet posted too often."""
    recent = []
    for original in originals:
        statement = original.statements[0]
        posts = sum(statement in post.statements for post in board.posts[first:])
        is_recent = timedelta(0) < time - original.time < _OLDEST_ITEM
        if is_recent and posts <= _MOST_POSTS_OF_ITEM and _is_short(statement):
            recent.append(statement)
    return recent


def _is_short(statement: Statement) -> bool:
    return len(normal_words(statement.text)) <= _MOST_WORDS_OF_ITEM


def _next_item(board: Board, plain: PlainStatements, known: list[Statement]) -> Statement:
    """A known statement or a new one; new ones too long for a digest are posted alone."""
    if known and board.rng.random() < _KNOWN_SHARE:
        return known.pop()
    statement = plain.next()
    while not _is_short(statement):
        board.post(statement, "single")
        statement = plain.next()
    return statement


def _digest_text(board: Board, language: str, items: Sequence[Statement]) -> str:
    rng = board.rng
    bullet = rng.choice(_BULLETS)
    lines = [
        bullet.format(number) + _item_text(board, statement)
        for number, statement in enumerate(items, start=1)
    ]
    heading = rng.choice(MATERIALS[language].digest_headings)
    gap = rng.choice(["\n", "\n\n", "\n\n"])
    return heading + "\n\n" + gap.join(lines)


def _item_text(board: Board, statement: Statement) -> str:
    """The statement on one line, sometimes cut or with a link."""
    rng = board.rng
    text = re.sub(r"\s*\n\s*", " ", statement.text)
    if rng.random() < 0.22:
        text = cut(text, rng, statement) or text
    elif rng.random() < 0.12:
        text = text.rstrip(".") + ";"
    if rng.random() < 0.1:
        text += " " + message_link(rng)
    return text
