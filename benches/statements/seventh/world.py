"""A whole world: the order in which it is made, and the rows that come out."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from .bases import RealTexts, read_disagreements, read_pools
from .board import Board
from .digests import DIGESTS, add_digests
from .opposites import add_opposites, add_title_opposites, add_two_reports
from .overlap import OverlapIndex
from .quotes import add_advertised, add_quotes
from .series import add_series
from .shorts import add_short_posts
from .sources import PlainStatements
from .statements import Post
from .words import MATERIALS

_POSTS_PER_LANGUAGE = 2500 / 3
_REPEATED_SHARE = 0.45
_FEWEST_POSTS_OF_CHANNEL = 2
_EARLIEST_START = datetime(2026, 3, 2)
_COPY_WEIGHTS = {1: 9, 2: 7, 3: 4, 4: 2, 5: 1.5, 6: 1, 7: 0.7}


class Row(NamedTuple):
    """One post as it stands in the table; the statements are ids with spaces between."""

    channel: str
    time: str
    text: str
    statements: str
    kind: str


def build_world(seed: int) -> list[Row]:
    """All posts of the world of this seed, in the order of time."""
    rng = Random(seed)
    start = _EARLIEST_START + timedelta(days=rng.randint(0, 40))
    days = rng.randint(24, 40)
    pools = read_pools(rng)
    index = OverlapIndex()
    real_texts = RealTexts(pools, rng, index)
    board = Board(rng, start, days, index)
    for language in MATERIALS:
        _add_language(board, language, real_texts)
    return _dressed_rows(board)


def _add_language(board: Board, language: str, real_texts: RealTexts) -> None:
    first = len(board.posts)
    add_series(board, language)
    add_two_reports(board, language)
    add_opposites(board, language)
    if language == "ar":
        add_title_opposites(board, language, read_disagreements())
    add_short_posts(board, language)
    plain = PlainStatements(board, language, real_texts)
    originals = _add_repeated(board, plain, first)
    add_digests(board, language, plain, originals, first)
    add_quotes(board, language, plain)
    add_advertised(board, language, plain)
    _add_single(board, language, plain, first)


def _add_repeated(board: Board, plain: PlainStatements, first: int) -> list[Post]:
    """Post statements with copies until enough posts are repeated ones; give the originals."""
    originals = []
    while _count_repeated(board.posts[first:]) + DIGESTS < _REPEATED_SHARE * _POSTS_PER_LANGUAGE:
        statement = plain.next()
        copies = board.rng.choices(list(_COPY_WEIGHTS), list(_COPY_WEIGHTS.values()))[0]
        originals.append(board.post(statement, "orig", copies))
    return originals


def _count_repeated(posts: Sequence[Post]) -> int:
    """The number of posts with a statement that another post has too."""
    uses = Counter(statement for post in posts for statement in post.statements)
    return sum(any(uses[statement] > 1 for statement in post.statements) for post in posts)


def _add_single(board: Board, language: str, plain: PlainStatements, first: int) -> None:
    """Fill up with statements that occur once, so that no channel has less than two posts."""
    for channel in board.channels[language]:
        while channel.limit and channel.post_count < _FEWEST_POSTS_OF_CHANNEL:
            board.post(plain.next(), "single", channel=channel)
    while len(board.posts) - first < _POSTS_PER_LANGUAGE:
        board.post(plain.next(), "single")


def _dressed_rows(board: Board) -> list[Row]:
    """The posts in their frames, which are put on in the order of time: counters rise."""
    posts = sorted(board.posts, key=lambda post: (post.time, post.channel.name))
    return [
        Row(
            post.channel.name,
            post.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            post.channel.dress(post.text, post.time, board.rng).strip(),
            " ".join(statement.identifier for statement in post.statements),
            post.kind,
        )
        for post in posts
    ]
