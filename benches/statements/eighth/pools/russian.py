"""The Russian texts: posts of news channels and of others."""

import re
from collections import Counter, defaultdict

from .cleaning import (
    CYRILLIC_BLOCK,
    clean_post,
    is_of_length,
    join_lines,
    share_of_script,
)
from .data import read_table

_TABLES = (
    "tg-ru-news-24ch/posts_before_2024-12-01.csv.zst",
    "tg-ru-channels-15/posts.csv.zst",
)
_UNWANTED = re.compile(
    r"erid|реклам|розыгрыш|промокод|скидк|курс по|вебинар|пидор|хуй|хуе|пизд|бля|ебан|проститу"
    r"|порно|секс|свастик",
    re.I,
)
_UNWANTED_CHANNEL = "Грибной канал"
_FOOTER_REPEATS = 4
_OPEN_ENDS = (":", ",", "—")


def read_russian() -> dict[str, list[str]]:
    """All posts that are fit, without the lines that their channels repeat: their footers."""
    rows = [row for table in _TABLES for row in read_table(table)]
    cleaned = [clean_post(row["text"]).split("\n") for row in rows]
    repeats: dict[str, Counter[str]] = defaultdict(Counter)
    for row, lines in zip(rows, cleaned):
        repeats[row["channel"]].update(set(lines))
    texts = []
    for row, lines in zip(rows, cleaned):
        channel = row["channel"]
        if channel == _UNWANTED_CHANNEL or _UNWANTED.search(row["text"]):
            continue
        text = join_lines(
            [line for line in lines if not line or repeats[channel][line] < _FOOTER_REPEATS]
        )
        if _is_fit(text):
            texts.append(text)
    return {"news": texts}


def _is_fit(text: str) -> bool:
    if text.endswith(_OPEN_ENDS) or "@" in text or "#" in text:
        return False
    return is_of_length(text, 7, 120) and share_of_script(text, CYRILLIC_BLOCK) > 0.85
