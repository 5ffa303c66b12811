"""Pairs of statements that are close and yet not the same.

Two reports on one event in other words, and a report with its denial or opposite: an editor
would not call either pair the same statement.
"""

from datetime import timedelta

from .board import Board
from .templates import fill
from .text import normal_words
from .words import MATERIALS

_TITLE_PAIRS = 10
_FEWEST_WORDS = 7
_FEWEST_WORDS_OF_OPPOSITE = 6


def add_two_reports(board: Board, language: str) -> None:
    """Post pairs of reports on one event, both within hours."""
    rng = board.rng
    for templates in MATERIALS[language].two_reports:
        texts, fixed = _fill_pair(board, language, templates)
        for text in texts:
            board.index.add(text)
        time = board.choose_time()
        for text in texts:
            statement = board.statement(language, text, "two", True, fixed)
            copies = rng.choice([1, 2]) if rng.random() < 0.3 else 0
            report_time = time + timedelta(minutes=rng.randint(1, 300))
            board.post(
                statement, "two-reports", copies, time=report_time, copy_kind="two-copy:"
            )


def add_opposites(board: Board, language: str) -> None:
    """Post reports, each followed by its opposite."""
    rng = board.rng
    for templates in MATERIALS[language].opposites:
        texts, fixed = _fill_pair(board, language, templates)
        time = board.choose_time()
        for text in texts:
            statement = board.statement(language, text, "opposite", True, fixed)
            board.index.add(text)
            copies = rng.choice([1, 2]) if rng.random() < 0.2 else 0
            board.post(statement, "opposite", copies, time=time, copy_kind="opposite-copy:")
            time = board.later(time)


def add_title_opposites(
    board: Board, language: str, disagreements: list[tuple[str, str]]
) -> None:
    """Post some pairs of real titles that contradict each other."""
    remaining = list(disagreements)
    added = 0
    while added < _TITLE_PAIRS:
        titles = remaining.pop(board.rng.randrange(len(remaining)))
        if not _is_fit(board, *titles):
            continue
        added += 1
        for title in titles:
            board.index.add(title)
        time = board.choose_time()
        for title in titles:
            statement = board.statement(language, title, "opposite", True, title.split())
            board.post(statement, "opposite", time=time)
            time = board.later(time)


def _is_fit(board: Board, title: str, opposite: str) -> bool:
    if len(normal_words(title)) < _FEWEST_WORDS:
        return False
    if len(normal_words(opposite)) < _FEWEST_WORDS_OF_OPPOSITE:
        return False
    return board.index.is_new(title)


def _fill_pair(
    board: Board, language: str, templates: tuple[str, str]
) -> tuple[list[str], list[str]]:
    """Both texts of a pair, filled alike, and all values in them."""
    values: dict[str, str] = {}
    texts = []
    for template in templates:
        text, values = fill(template, MATERIALS[language].lists, board.rng, values)
        texts.append(text)
    return texts, list(values.values())
