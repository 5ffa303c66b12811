"""A whole world: the order in which it is made."""

from random import Random

from .board import Board, Row
from .digests import add_digests
from .events import add_events
from .formulas import add_greeted
from .long_frames import add_framed
from .opposites import add_denials, add_title_pairs
from .plain import add_repeated, add_reports, add_single
from .pools import read_real_posts
from .quotes import add_quotes
from .real_texts import RealTexts
from .series import add_series
from .words import MATERIALS


def build_world(seed: int) -> list[Row]:
    """All posts of the world of this seed, in the order of time."""
    rng = Random(seed)
    board = Board(rng)
    texts = RealTexts(read_real_posts(), rng)
    for language in MATERIALS:
        _add_language(board, texts, language)
    add_title_pairs(board, texts)
    for language in MATERIALS:
        add_digests(board, texts, language)
    return sorted(board.rows, key=lambda row: row.time)


def _add_language(board: Board, texts: RealTexts, language: str) -> None:
    add_repeated(board, texts, language)
    add_reports(board, language)
    add_single(board, texts, language)
    add_greeted(board, texts, language)
    add_series(board, language)
    add_framed(board, texts, language)
    add_events(board, language)
    add_denials(board, language)
    add_quotes(board, texts, language)
