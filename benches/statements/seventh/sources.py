"""The statements of a world that are no hard negatives: real texts and neutral reports."""

from .bases import RealTexts
from .board import Board
from .statements import Statement
from .templates import fill
from .words import MATERIALS

_REPORT_SHARE = 0.1


class PlainStatements:
    """New statements of one language, each given once."""

    def __init__(self, board: Board, language: str, real_texts: RealTexts) -> None:
        self._board = board
        self._language = language
        self._real_texts = real_texts
        self._reports = [self._report(each) for each in MATERIALS[language].neutral_reports]

    def _report(self, template: str) -> Statement:
        lists = MATERIALS[self._language].lists
        text, values = fill(template, lists, self._board.rng)
        self._board.index.add(text)
        return self._board.statement(self._language, text, "neutral", fixed=values.values())

    def next(self) -> Statement:
        """A neutral report now and then while there are any, else a real text."""
        rng = self._board.rng
        if self._reports and rng.random() < _REPORT_SHARE:
            return self._reports.pop(rng.randrange(len(self._reports)))
        text, pool = self._real_texts.next_text(self._language)
        return self._board.statement(self._language, text, pool)
