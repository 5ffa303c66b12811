"""Short posts of three to seven words, mostly in long frames, where the frame outweighs them."""

from .board import Board
from .statements import Statement
from .templates import fill
from .words import MATERIALS

_COUNT = 34
_FEWEST_WORDS = 3
_MOST_WORDS = 7
_PLACE_SLOTS = ("city", "cityP", "street", "x")
_STEM = 3


def add_short_posts(board: Board, language: str) -> None:
    """Post short statements, some of them again in exactly the same words."""
    rng = board.rng
    posted: list[Statement] = []
    for text in _short_texts(board, language):
        statement = board.statement(language, text, "short", True, text.split())
        if statement in posted:
            continue
        posted.append(statement)
        copies = rng.choice([1, 1, 2, 3]) if rng.random() < 0.3 else 0
        board.post(
            statement,
            "short",
            copies,
            is_exact=True,
            wants_long_frame=rng.random() < 0.8,
            copy_kind="short-copy:",
        )


def _short_texts(board: Board, language: str) -> list[str]:
    """Texts of a subject and a place, each subject only once a place."""
    material = MATERIALS[language]
    seen = set()
    texts: list[str] = []
    while len(texts) < _COUNT:
        subject = board.rng.choice(material.short_subjects)
        template = subject + " " + board.rng.choice(material.short_places)
        text, values = fill(template, material.lists, board.rng)
        content = _content(text, values)
        if content not in seen and _FEWEST_WORDS <= len(text.split()) <= _MOST_WORDS:
            seen.add(content)
            texts.append(text)
    return texts


def _content(text: str, values: dict[str, str]) -> tuple[str, ...]:
    """The first two words and the stem of the place, which has other endings elsewhere."""
    place = next(values[slot] for slot in _PLACE_SLOTS if slot in values)
    return (*text.split(" ")[:2], place[:_STEM])
