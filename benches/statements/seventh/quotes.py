"""Posts that share words with others without making the same statement.

Some quote five to eight words of another text, some stand beside the same advertisement.
"""

import re
from random import Random

from .board import Board
from .sources import PlainStatements
from .statements import Statement
from .templates import fill
from .text import normal_words
from .words import MATERIALS

_QUOTES = 14
_ADVERTISED = 16
_FEWEST_WORDS_QUOTED_FROM = 20
_FEWEST_WORDS_BESIDE_QUOTE = 15
_NOT_QUOTED_FROM = ("series", "short", "opposite", "two", "quote")
_QUOTATION_MARK = re.compile(r'[«»"“”]')
_EDGES = ".,،:;!?—- "


def add_quotes(board: Board, language: str, plain: PlainStatements) -> None:
    """Post texts that quote others, half of them real texts with a line that quotes."""
    sources = [
        statement
        for statement in board.statements
        if statement.language == language and _may_be_quoted(statement)
    ]
    for number in range(_QUOTES):
        quote = _some_words(board.rng.choice(sources), board.rng)
        if number % 2:
            text = _quoting_report(board, language, quote)
        else:
            text = plain.next().text
            if len(normal_words(text)) < _FEWEST_WORDS_BESIDE_QUOTE:
                continue
            text += MATERIALS[language].earlier_note.format(quote=quote + "…")
        statement = board.statement(language, text, "quote", True, text.split())
        board.post(statement, "quotes-other", is_exact=True)


def _may_be_quoted(statement: Statement) -> bool:
    if statement.kind in _NOT_QUOTED_FROM:
        return False
    return len(statement.text.split()) >= _FEWEST_WORDS_QUOTED_FROM


def _some_words(statement: Statement, rng: Random) -> str:
    text = re.sub(r"\s+", " ", statement.text)
    words = _QUOTATION_MARK.sub("", text).split(" ")
    count = rng.randint(5, 8)
    start = rng.randrange(0, len(words) - count)
    return " ".join(words[start : start + count]).strip(_EDGES)


def _quoting_report(board: Board, language: str, quote: str) -> str:
    material = MATERIALS[language]
    template = board.rng.choice(material.quotes)
    text, _ = fill(template, material.lists, board.rng, {"q": quote})
    return text


def add_advertised(board: Board, language: str, plain: PlainStatements) -> None:
    """Post texts of which several stand beside the same advertisement."""
    rng = board.rng
    for _ in range(_ADVERTISED):
        statement = plain.next()
        channel = board.choose_channel(language)
        advertisement = rng.choice(MATERIALS[language].advertisements)
        time = board.choose_time()
        parts = [statement.text, advertisement]
        if rng.random() < 0.5:
            parts.reverse()
        board.put(channel, time, "\n\n".join(parts), [statement], "ad-frame")
