"""The statements that are no hard negatives: real texts and neutral reports."""

from .board import Board
from .copies import post_with_copies
from .real_texts import RealTexts
from .templates import Filling
from .words import MATERIALS

_LONG_SHARE = 0.8
_MOST_WORDS = 130


def add_repeated(board: Board, texts: RealTexts, language: str) -> None:
    """Post real texts that others copy."""
    for _ in range(board.rng.randint(68, 78)):
        fewest = 13 if board.rng.random() < _LONG_SHARE else 9
        text = texts.next_text(language, fewest, _MOST_WORDS)
        post_with_copies(board, language, text, "orig")


def add_reports(board: Board, language: str) -> None:
    """Post neutral reports that others copy."""
    material = MATERIALS[language]
    for report in board.rng.sample(material.reports, board.rng.randint(8, 10)):
        text = Filling(board.rng, material).fill(report)
        post_with_copies(board, language, text, "orig_own")


def add_single(board: Board, texts: RealTexts, language: str) -> None:
    """Post real texts that occur once."""
    for _ in range(board.rng.randint(285, 305)):
        board.post(language, texts.next_text(language, 6, _MOST_WORDS), "single")
