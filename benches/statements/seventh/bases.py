"""Base texts from the sets of real posts in the data folder.

Real texts bring what no template has: slips, odd punctuation, topics of all kinds. They are
cleaned of their own frames, and refused if they resemble a text that was taken before.
"""

import csv
import io
import os
import re
import subprocess
from collections import Counter
from pathlib import Path
from random import Random

from .cleaning import clean
from .overlap import OverlapIndex
from .text import normal_words, script_share

Row = dict[str, str]
Pools = dict[str, dict[str, list[str]]]

_RUSSIAN_NEWS = "tg-ru-news-24ch/posts_before_2024-12-01.csv.zst"
_RUSSIAN_CHANNELS = "tg-ru-channels-15/posts.csv.zst"
_CHANNEL_SAMPLE = "tgdataset-sample-and-labels/sample_messages.csv.zst"
_PARAPHRASES = "neardup-en-pan-paraphrase/pan_train.csv.zst"
_TROLL_TWEETS = "ira-troll-tweets/small_2016-10-03_07.csv.zst"
_ARABIC_TWEETS = "arabic-tweets-arsarcasm-v2/tweets.csv.zst"
_ARABIC_PROSE = "arabic-diacritics-tashkeela/val_2500.csv.zst"
_ARABIC_TITLES = "neardup-ar-news-titles-ans/stance_train_dev.csv.zst"

# the pools of each language and their weights
_MIX = {
    "ar": {"tweets": 5, "tashkeela": 2, "ans": 4},
    "ru": {"news24": 9, "ch15": 1, "ira": 1},
    "en": {"pan": 4, "newsfeed": 5, "tgd": 2, "ch15": 0.3},
}

_ENGLISH_CHANNELS = ("buhtig", "climagic", "DoodleTimeSarah", "CATARACT_BOOKS")
_UNWANTED = re.compile(
    r"(?i)erid|Foke|ISIS|zalupa|#реклама|О рекламодателе|промокод|Traceback"
)
_NEWS_SAMPLE = 6000
_FOOTER_REPEATS = 4
_FEWEST_WORDS = 8
_MOST_CHARACTERS = 1700
_LEAST_SCRIPT_SHARE = 0.7
_LEAST_DIFFERENT_WORDS = 0.5
_OPEN_ENDS = (":", "…", ",", "...", "ـ", "..")
_LARGEST_FIELD = 10**8


def data_folder() -> Path:
    """The folder of the data sets; FileNotFoundError if there is none."""
    shared = os.environ.get("MARSAD_SHARED")
    folder = Path(shared or "../shared") / "data"
    if not folder.is_dir():
        raise FileNotFoundError(
            f"There is no data folder {folder}; set MARSAD_SHARED to the folder that holds data."
        )
    return folder


def _read(name: str) -> list[Row]:
    command = ["zstd", "-dc", str(data_folder() / name)]
    table = subprocess.run(command, capture_output=True, check=True).stdout.decode("utf8")
    csv.field_size_limit(_LARGEST_FIELD)
    return list(csv.DictReader(io.StringIO(table)))


def read_pools(rng: Random) -> Pools:
    """The texts by language and source, in random order, not yet cleaned."""
    russian_news = _russian_news(rng)
    russian_channels, english_channels = _channels()
    english_feeds, russian_tweets = _troll_tweets()
    pools = {
        "ar": {
            "tweets": _arabic_tweets(),
            "tashkeela": _arabic_prose(),
            "ans": [row["s1"] for row in _read(_ARABIC_TITLES)],
        },
        "ru": {"news24": russian_news, "ch15": russian_channels, "ira": russian_tweets},
        "en": {
            "ch15": english_channels,
            "tgd": _channel_sample(),
            "pan": [row["s1"] for row in _read(_PARAPHRASES)],
            "newsfeed": english_feeds,
        },
    }
    for pools_of_language in pools.values():
        for name, texts in pools_of_language.items():
            pools_of_language[name] = sorted(set(texts))
            rng.shuffle(pools_of_language[name])
    return pools


def read_disagreements() -> list[tuple[str, str]]:
    """Pairs of Arabic titles that contradict each other."""
    return [
        (row["s1"], row["s2"]) for row in _read(_ARABIC_TITLES) if row["stance"] == "disagree"
    ]


def _russian_news(rng: Random) -> list[str]:
    """A sample of news, without the lines that a channel repeats: its footers."""
    rows = _read(_RUSSIAN_NEWS)
    rng.shuffle(rows)
    rows = rows[:_NEWS_SAMPLE]
    repeats: Counter[tuple[str, str]] = Counter()
    for row in rows:
        for line in set(row["text"].split("\n")):
            if line.strip():
                repeats[row["channel_id"], line.strip()] += 1
    return [
        "\n".join(
            line
            for line in row["text"].split("\n")
            if repeats[row["channel_id"], line.strip()] < _FOOTER_REPEATS
        )
        for row in rows
        if not _UNWANTED.search(row["text"])
    ]


def _channels() -> tuple[list[str], list[str]]:
    """The Russian and the English posts of Russian channels."""
    russian: list[str] = []
    english: list[str] = []
    for row in _read(_RUSSIAN_CHANNELS):
        text = row["text"]
        if not _UNWANTED.search(text):
            texts = english if script_share(text, "en") > 0.9 else russian
            texts.append(text)
    return russian, english


def _channel_sample() -> list[str]:
    rows = _read(_CHANNEL_SAMPLE)
    return [row["message"] for row in rows if row["username"] in _ENGLISH_CHANNELS]


def _troll_tweets() -> tuple[list[str], list[str]]:
    """English tweets in the manner of news feeds, and Russian ones; no replies or retweets."""
    english: list[str] = []
    russian: list[str] = []
    for row in _read(_TROLL_TWEETS):
        text = row["content"]
        is_retweet = row["retweet"] != "0" and row["post_type"]
        is_reply = text.startswith(("RT", "'@", '"@', "@"))
        is_cut = text.rstrip().endswith(("…", "..."))
        if is_retweet or is_reply or is_cut:
            continue
        is_feed = row["language"] == "English" and row["account_category"] == "NewsFeed"
        if is_feed and not _UNWANTED.search(text):
            english.append(text)
        elif row["language"] == "Russian":
            russian.append(text)
    return english, russian


def _arabic_tweets() -> list[str]:
    texts = []
    for row in _read(_ARABIC_TWEETS):
        text = re.sub("^Retweeted [^:]*:", "", row["tweet"].replace("@USER", " "))
        text = text.replace("_", " ").replace("#", " ")
        if "…" not in text and "..." not in text[-8:]:
            texts.append(text)
    return texts


def _arabic_prose() -> list[str]:
    rows = _read(_ARABIC_PROSE)
    return [re.sub(r" ([،.؛:])", r"\1", row["undiacritized"]) for row in rows]


class RealTexts:
    """The base texts of one world: each is given once, and none resembles another."""

    def __init__(self, pools: Pools, rng: Random, index: OverlapIndex) -> None:
        self._pools = pools
        self._rng = rng
        self._index = index
        self._positions: Counter[tuple[str, str]] = Counter()

    def next_text(self, language: str) -> tuple[str, str]:
        """A new text of the language and the name of its pool."""
        while True:
            pool = self._choose_pool(language)
            position = self._positions[language, pool]
            self._positions[language, pool] += 1
            text = clean(self._pools[language][pool][position])
            if _is_fit(text, language) and self._index.is_new(text):
                self._index.add(text)
                return text, pool

    def _choose_pool(self, language: str) -> str:
        weights = {
            pool: weight
            for pool, weight in _MIX[language].items()
            if self._positions[language, pool] < len(self._pools[language][pool])
        }
        return self._rng.choices(list(weights), list(weights.values()))[0]


def _is_fit(text: str, language: str) -> bool:
    """Whether the text is a whole one of fair length in its language, and says something."""
    words = normal_words(text)
    if len(words) < _FEWEST_WORDS or len(text) > _MOST_CHARACTERS:
        return False
    if script_share(text, language) < _LEAST_SCRIPT_SHARE:
        return False
    if "<EMAIL>" in text or text.endswith(_OPEN_ENDS):
        return False
    return len(set(words)) >= _LEAST_DIFFERENT_WORDS * len(words)
