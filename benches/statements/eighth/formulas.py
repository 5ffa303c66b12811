"""Greetings and farewells round different texts: hard negatives, for the formulas are the same.

A post of nothing but a greeting would be no statement or an arguable one, so there is none.
"""

from .board import Board
from .real_texts import RealTexts
from .words import MATERIALS

_CLOSING_SHARE = 0.5


def add_greeted(board: Board, texts: RealTexts, language: str) -> None:
    """Post real texts that occur once, each after a greeting."""
    rng = board.rng
    material = MATERIALS[language]
    for _ in range(rng.randint(24, 30)):
        body = texts.next_text(language, 8, 40)
        text = rng.choice(material.greetings) + rng.choice(["\n", "\n\n"]) + body
        if rng.random() < _CLOSING_SHARE:
            text += rng.choice(["\n", "\n\n"]) + rng.choice(material.closings)
        board.post(language, text, "hn_formula")
