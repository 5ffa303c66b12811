"""Series of bulletins: one template, of which every filling is a statement of its own.

They are hard negatives, for only a figure, a date or a place differs. Some run in one channel,
some in several; some fillings are copied by others.
"""

from .board import DAY, Board
from .channels import Channel
from .copies import CopyRules, add_copies
from .templates import Filling, is_figure, is_place, slots_of
from .words import MATERIALS

_ONE_CHANNEL_SHARE = 0.55
_CHANGING_LITTLE_SHARE = 0.6
_OTHER_CITY_SHARE = 0.2
_LISTED_SHARE = 0.1
_COPIED_SHARE = 0.16


def add_series(board: Board, language: str) -> None:
    """Post a run of most of the series of the language."""
    all_series = MATERIALS[language].series
    for template in board.rng.sample(all_series, board.rng.randint(8, 10)):
        _add_run(board, language, template)


def _add_run(board: Board, language: str, template: str) -> None:
    """Post a run of bulletins, of which each keeps much of the one before or nothing."""
    rng = board.rng
    channels = _choose_channels(board, language)
    filling = Filling(rng, MATERIALS[language])
    filling.fill(template)
    changes_little = rng.random() < _CHANGING_LITTLE_SHARE
    first_time = board.choose_time() * 0.5
    pause = rng.choice([DAY / 4, DAY, DAY, DAY * 2])
    for number in range(rng.randint(6, 13)):
        if changes_little:
            filling = _next_filling(filling, template)
        else:
            filling = Filling(rng, MATERIALS[language])
        _add_bulletin(board, template, filling, channels, first_time + number * pause)


def _choose_channels(board: Board, language: str) -> list[Channel]:
    if board.rng.random() < _ONE_CHANNEL_SHARE:
        return [board.choose_channel(language)]
    return board.rng.sample(board.channels[language], board.rng.randint(2, 4))


def _next_filling(last: Filling, template: str) -> Filling:
    """A filling with some other values, at least one of them a figure, a time or a date.

    If only the sky or a cause differed, an editor might call the two the same statement. It may
    come out equal to the last one.
    """
    rng = last.rng
    slots = list(slots_of(template))
    figures = [slot for slot in slots if is_figure(slot)]
    variable = [slot for slot in slots if not is_place(slot)]
    while True:
        filling = last.copy()
        filling.forget(rng.sample(variable, rng.randint(1, len(variable))))
        if rng.random() < _OTHER_CITY_SHARE:
            filling.forget_cities()
        is_equal = filling.fill(template) == last.fill(template)
        if is_equal or any(filling.values[slot] != last.values[slot] for slot in figures):
            return filling


def _add_bulletin(
    board: Board, template: str, filling: Filling, channels: list[Channel], seconds: float
) -> None:
    """Post one filling, under the same identifier as before if it is one that there was."""
    rng = board.rng
    text = filling.fill(template)
    is_new = text not in board.identifiers
    if is_new:
        board.identifiers[text] = board.new_identifier()
    channel = rng.choice(channels)
    seconds = min(seconds + rng.uniform(0, 1800), board.span)
    is_listed = rng.random() < _LISTED_SHARE
    language = channel.material.language
    first = board.post(language, text, "hn_series", channel, seconds, board.identifiers[text])
    if is_listed:
        board.listable.append(first)
    if is_new and rng.random() < _COPIED_SHARE:
        copies = rng.choice([1, 1, 2, 3])
        add_copies(board, first, copies, _rules(filling))


def _rules(filling: Filling) -> CopyRules:
    return CopyRules(
        fixed_words=filling.fixed_words(),
        is_protected=True,
        may_be_copied_on=False,
        kind_prefix="series+",
    )
