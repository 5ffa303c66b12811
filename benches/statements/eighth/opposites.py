"""Pairs of statements that contradict each other and have nearly all words in common."""

from itertools import islice

from .board import Board
from .copies import CopyRules, add_copies
from .real_texts import RealTexts
from .templates import Filling
from .words import MATERIALS

_LATEST_REPORT = 0.9
_LATEST_TITLE = 0.95
_LONGEST_PAUSE = 90000
_SHORTEST_PAUSE = 600
_LONGEST_PAUSE_OF_TITLES = 0.05
_COPIED_SHARE = 0.2
_TITLE_PAIRS = 12


def add_denials(board: Board, language: str) -> None:
    """Post the reports of the language, each with its denial, once or twice."""
    for report, denial in MATERIALS[language].denials:
        for _ in range(board.rng.randint(1, 2)):
            _add_denial(board, language, report, denial)


def _add_denial(board: Board, language: str, report: str, denial: str) -> None:
    rng = board.rng
    filling = Filling(rng, MATERIALS[language])
    texts = {"hn_report": filling.fill(report), "hn_denial": filling.fill(denial)}
    time = board.choose_time() * _LATEST_REPORT
    for number, (kind, text) in enumerate(texts.items()):
        seconds = time + number * rng.uniform(_SHORTEST_PAUSE, _LONGEST_PAUSE)
        identifier = board.identifiers.get(text)
        first = board.post(language, text, kind, seconds=seconds, identifier=identifier)
        board.identifiers[text] = first.identifier
        if rng.random() < _COPIED_SHARE:
            copies = rng.choice([1, 2])
            add_copies(board, first, copies, _rules(filling))


def _rules(filling: Filling) -> CopyRules:
    return CopyRules(
        fixed_words=filling.fixed_words(),
        is_protected=True,
        may_be_copied_on=False,
        kind_prefix="denial+",
    )


def add_title_pairs(board: Board, texts: RealTexts) -> None:
    """Post pairs of real Arabic titles of which one word, and with it the sense, was changed."""
    for title, opposite in islice(texts.title_pairs(), _TITLE_PAIRS):
        seconds = board.choose_time() * _LATEST_TITLE
        board.post("ar", title, "hn_ans", seconds=seconds)
        pause = board.rng.uniform(0, board.span * _LONGEST_PAUSE_OF_TITLES)
        board.post("ar", opposite, "hn_ans", seconds=seconds + pause)
