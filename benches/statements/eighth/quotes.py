"""Texts that quote five to eight words of another: hard negatives, for they say something else."""

import re
from random import Random

from .board import Board
from .copies import post_with_copies
from .real_texts import RealTexts
from .text import find_words
from .words import MATERIALS

_ATTEMPTS = 20
_UNQUOTABLE = re.compile(r'\n|[.!?؟]\s|["«»“”]')
_EDGES = ".,:;،؛!?؟-— "
_QUOTED_ONCE_SHARE = 0.6
_INVENTED_SHARE = 0.55
_LATEST_QUOTE = 200000


def add_quotes(board: Board, texts: RealTexts, language: str) -> None:
    """Post texts with some that quote them: invented ones, or real ones with a line that does."""
    rng = board.rng
    material = MATERIALS[language]
    quoting_texts = rng.sample(material.quoting_texts, len(material.quoting_texts))
    for _ in range(rng.randint(13, 16)):
        quoted = texts.next_text(language, 18, 90)
        quote = _some_words(quoted, rng)
        if quote is None:
            continue
        seconds = _add_quoted(board, language, quoted)
        if quoting_texts and rng.random() < _INVENTED_SHARE:
            text = quoting_texts.pop().format(quote=quote)
        else:
            text = texts.next_text(language, 16, 60)
            text += rng.choice(material.quoting_lines).format(quote=quote)
        seconds = min(seconds + rng.uniform(60, _LATEST_QUOTE), board.span)
        board.post(language, text, "hn_quote", seconds=seconds)


def _some_words(text: str, rng: Random) -> str | None:
    """Some words in a row from one sentence, or None if none were found."""
    words = find_words(text)
    count = rng.randint(5, 8)
    for _ in range(_ATTEMPTS):
        first = rng.randint(0, len(words) - count)
        quote = text[words[first].start() : words[first + count - 1].end()]
        if not _UNQUOTABLE.search(quote):
            return quote.strip(_EDGES)
    return None


def _add_quoted(board: Board, language: str, text: str) -> float:
    """Post the text that is quoted, with or without copies, and give a time to start from."""
    if board.rng.random() < _QUOTED_ONCE_SHARE:
        return board.post(language, text, "quoted").seconds
    post_with_copies(board, language, text, "quoted", board.rng.choice([1, 2]))
    return board.choose_time()
