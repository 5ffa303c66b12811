"""The Arabic texts: tweets in the written language and in dialects, prose, pairs of titles."""

import re
from collections.abc import Iterator

from .cleaning import (
    ARABIC_BLOCK,
    clean_tweet,
    has_private_characters,
    is_of_length,
    one_line,
    share_of_script,
)
from .data import TROLL_TWEETS, read_table

_TWEETS = "arabic-tweets-arsarcasm-v2/tweets.csv.zst"
_MORE_TWEETS = TROLL_TWEETS + "arabic_script_rows.csv.zst"
_PROSE = "arabic-diacritics-tashkeela/val_2500.csv.zst"
_TITLES = "neardup-ar-news-titles-ans/stance_train_dev.csv.zst"

_UNWANTED = re.compile(
    "متابعين ت|متابعين ان|لايكات|متناك|كلب|شرموط|خرا|زب|كس |قحب|عاهر|منيك|حمار|اليهود|رواف|مجوس"
    "|صليبي|كفار|لعن|خنزير|خنازير|حيوان|اغتصاب|جنس"
)
_PRIVATE_PLANES = re.compile("[\U000f0000-\U0010ffff]")
_FEWEST_WORDS_OF_TITLE = 7
_FEWEST_WORDS_OF_OPPOSITE = 6


def read_arabic() -> dict[str, list[str]]:
    """The texts by source."""
    written: list[str] = []
    dialects: list[str] = []
    for is_written, tweet in _tweets():
        if "\ufffd" in tweet or _UNWANTED.search(tweet) or _is_cut_short(tweet.rstrip()):
            continue
        text = one_line(clean_tweet(tweet).replace("@USER", ""))
        if _is_fit(text):
            (written if is_written else dialects).append(text)
    return {"written": written, "dialects": dialects, "prose": _prose()}


def _tweets() -> Iterator[tuple[bool, str]]:
    """The tweets, each with whether it is in the written language."""
    for row in read_table(_TWEETS):
        yield row["dialect"] == "msa", row["tweet"]
    for row in read_table(_MORE_TWEETS):
        if row["language"] == "Arabic":
            yield True, row["content"]


def _is_cut_short(text: str) -> bool:
    return text.endswith(("…", ".."))


def _is_fit(text: str) -> bool:
    if _is_cut_short(text) or has_private_characters(text) or _PRIVATE_PLANES.search(text):
        return False
    if text.count("#") > 3 or "@" in text:
        return False
    return is_of_length(text, 8, 60) and share_of_script(text, ARABIC_BLOCK) >= 0.9


def _prose() -> list[str]:
    """Sentences of old books, without page numbers and the spaces before their marks."""
    texts = []
    for row in read_table(_PROSE):
        text = re.sub(r"\s*\(\s*[\d\s/]+\)\s*$", "", row["undiacritized"]).strip()
        text = re.sub(r"\s+([.,،؛:!؟])", r"\1", text)
        text = re.sub(r"\(\s+", "(", text)
        text = re.sub(r"\s+\)", ")", text)
        if is_of_length(text, 14, 60) and text.endswith("."):
            texts.append(text)
    return texts


def read_disagreements() -> list[list[str]]:
    """Pairs of titles that contradict each other, no title in two of them."""
    pairs = []
    seen: set[str] = set()
    for row in read_table(_TITLES):
        title, opposite = row["s1"], row["s2"]
        if row["stance"] != "disagree" or title in seen or opposite in seen:
            continue
        if len(title.split()) < _FEWEST_WORDS_OF_TITLE:
            continue
        if len(opposite.split()) < _FEWEST_WORDS_OF_OPPOSITE:
            continue
        seen |= {title, opposite}
        pairs.append([title, opposite])
    return pairs
