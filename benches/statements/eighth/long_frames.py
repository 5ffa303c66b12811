"""Short texts in long frames: hard negatives, for the frame outweighs what it surrounds.

The frame belongs to the statement here, not to the channel: copies keep both.
"""

from .board import Board
from .copies import CopyRules, add_copies
from .real_texts import RealTexts
from .text import words_inside
from .words import MATERIALS

_COPIED_SHARE = 0.12


def add_framed(board: Board, texts: RealTexts, language: str) -> None:
    """Post real texts in some of the long frames of the language, several in each."""
    rng = board.rng
    for frame in rng.sample(MATERIALS[language].long_frames, rng.randint(4, 5)):
        channels = rng.sample(board.channels[language], rng.choice([1, 1, 2, 3]))
        for _ in range(rng.randint(5, 8)):
            body = texts.next_text(language, 6, 14, is_on_one_line=True)
            text = frame.format(body=body)
            first = board.post(language, text, "hn_frame", rng.choice(channels))
            if rng.random() < _COPIED_SHARE:
                add_copies(board, first, rng.choice([1, 1, 2]), _rules(body))


def _rules(body: str) -> CopyRules:
    return CopyRules(
        fixed_words=words_inside([body]),
        is_protected=True,
        may_be_copied_on=False,
        kind_prefix="frame+",
    )
