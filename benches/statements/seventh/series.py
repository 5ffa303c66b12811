"""Series of bulletins: one template, of which every filling is a statement of its own.

They are hard negatives, for only a figure, a date, a place or a name differs. Some run in one
channel day by day, some in several; some fillings are copied by others.
"""

from datetime import datetime, timedelta

from .board import Board
from .channels import Channel
from .templates import fill
from .words import MATERIALS


def add_series(board: Board, language: str) -> None:
    """Post a run of each series of the language."""
    for template in MATERIALS[language].series:
        _add_run(board, language, template)


def _add_run(board: Board, language: str, template: str) -> None:
    rng = board.rng
    channel_count = 1 if rng.random() < 0.6 else rng.randint(2, 4)
    channels = [board.choose_channel(language) for _ in range(channel_count)]
    length = rng.randint(4, 9)
    first_day = board.start + timedelta(days=rng.uniform(0, max(1, board.days - length)))
    hour = rng.randint(6, 21)
    for number in range(length):
        time = (first_day + timedelta(days=number)).replace(
            hour=hour, minute=rng.randrange(9), second=rng.randrange(60), microsecond=0
        )
        _add_bulletin(board, language, template, time, channels)


def _add_bulletin(
    board: Board, language: str, template: str, time: datetime, channels: list[Channel]
) -> None:
    """Post one filling; a channel that posts rarely gives its place to another."""
    rng = board.rng
    lists = MATERIALS[language].lists
    date = time + timedelta(days=rng.randint(0, 3))
    known = {
        "day": str(date.day),
        "month": lists["month"][date.month - 1],
        "wday": lists["wday"][date.weekday()],
    }
    text, values = fill(template, lists, rng, known)
    statement = board.statement(language, text, "series", True, values.values())
    channel = rng.choice(channels)
    if channel.limit:
        channel = board.choose_channel(language)
        channels[:] = [channel if each.limit else each for each in channels]
    copies = rng.choice([1, 1, 2, 3]) if rng.random() < 0.17 else 0
    board.post(statement, "series", copies, channel, time, copy_kind="series-copy:")
