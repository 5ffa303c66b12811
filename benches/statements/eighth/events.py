"""Different tellings of one event: an editor would not call them the same statement."""

from .board import Board
from .copies import CopyRules, post_with_copies
from .templates import Filling, slots_of
from .words import MATERIALS
from .words.material import Wordings

_LATEST_EVENT = 0.95
_LATEST_TELLING = 20000
_COPIED_SHARE = 0.2


def add_events(board: Board, language: str) -> None:
    """Post all events of the language, each of them once or twice."""
    for event in MATERIALS[language].events:
        for _ in range(board.rng.randint(1, 2)):
            _add_event(board, language, event)


def _add_event(board: Board, language: str, event: Wordings) -> None:
    filling = Filling(board.rng, MATERIALS[language])
    seconds = board.choose_time() * _LATEST_EVENT
    _draw_figures(filling, event)
    for telling in event:
        text = filling.fill(telling)
        _add_telling(board, language, text, filling, seconds)


def _draw_figures(filling: Filling, event: Wordings) -> None:
    """Draw the figures first, for a telling may name one without the range that another has."""
    for telling in event:
        for slot, range_ in slots_of(telling).items():
            if range_:
                filling.draw(slot, range_)


def _add_telling(board: Board, language: str, text: str, filling: Filling, seconds: float) -> None:
    """Post one telling; one that names nothing may be the same as that of another event."""
    rng = board.rng
    is_new = text not in board.identifiers
    if is_new:
        board.identifiers[text] = board.new_identifier()
    identifier = board.identifiers[text]
    if is_new and rng.random() < _COPIED_SHARE:
        rules = CopyRules(
            fixed_words=filling.fixed_words(), is_protected=True, kind_prefix="event+"
        )
        copies = rng.choice([1, 2])
        post_with_copies(board, language, text, "hn_event", copies, rules, identifier)
        return
    seconds = min(seconds + rng.uniform(0, _LATEST_TELLING), board.span)
    board.post(language, text, "hn_event", seconds=seconds, identifier=identifier)
