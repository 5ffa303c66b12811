"""The English texts: tweets, posts on programs and commands, sentences of books and news."""

import re
import zlib
from collections.abc import Iterator

from .cleaning import (
    BASIC_LATIN,
    clean_tweet,
    has_private_characters,
    is_of_length,
    one_line,
    share_of_script,
    without_links,
)
from .data import TROLL_TWEETS, Row, read_table

_FEW_TWEETS = TROLL_TWEETS + "small_2016-10-03_07.csv.zst"
_MANY_TWEETS = TROLL_TWEETS + "full_part1_2012_2016.csv.zst"
_PARAPHRASES = "neardup-en-pan-paraphrase/pan_train.csv.zst"
_CHANNEL_SAMPLE = "tgdataset-sample-and-labels/sample_messages.csv.zst"

# of the many tweets, one in this many is taken
_STEPS = {"NewsFeed": 12, "RightTroll": 200, "LeftTroll": 200}
_UNWANTED_CATEGORIES = ("HashtagGamer", "Commercial", "NonEnglish")
_UNWANTED = re.compile(
    r"retweeted|\brt\b|fuck|shit|nigg|bitch|\bass\b|whore|pussy|porn|\bsex|cunt|thot|hoe\b|dick"
    r"|muslim|jew|follow ?me|following me|giveaway|#now ?playing|muhammad|islam|terroris"
    r"|kill (all|them)",
    re.I,
)
_CUT_SHORT = re.compile(r"(…|\.\.\.)\s*(https?\S*)?\s*$")
_TAGS = re.compile(r"(?:\s*#\w+)+")
_CODE = re.compile(r"[|$`\\<>{}~=]|;|--")


def read_english() -> dict[str, list[str]]:
    """The texts by source."""
    news: list[str] = []
    others: list[str] = []
    for row in _tweets():
        if _is_wanted(row):
            text = clean_tweet(row["content"])
            if _is_fit(text):
                (news if row["account_category"] == "NewsFeed" else others).append(text)
    return {
        "news": news,
        "others": others,
        "paraphrases": _sentences(),
        "programs": _posts_on_programs(),
    }


def _tweets() -> Iterator[Row]:
    yield from read_table(_FEW_TWEETS)
    for row in read_table(_MANY_TWEETS):
        step = _STEPS.get(row["account_category"])
        if step and zlib.crc32(row["content"].encode("utf8", "replace")) % step == 0:
            yield row


def _is_wanted(row: Row) -> bool:
    content = row["content"]
    if row["language"] != "English" or row["account_category"] in _UNWANTED_CATEGORIES:
        return False
    return not ("\ufffd" in content or _UNWANTED.search(content) or _CUT_SHORT.search(content))


def _is_fit(text: str) -> bool:
    if text.endswith(("..", "…")) or has_private_characters(text):
        return False
    if text.count("#") > 2 or "@" in text:
        return False
    return is_of_length(text, 8, 40) and share_of_script(text, BASIC_LATIN) >= 0.97


def _sentences() -> list[str]:
    """First sentences of pairs that are no paraphrases of each other."""
    return [
        row["s1"].strip('" ')
        for row in read_table(_PARAPHRASES)
        if row["label"] == "0"
        and is_of_length(row["s1"], 15, 55)
        and share_of_script(row["s1"], BASIC_LATIN) > 0.97
    ]


def _posts_on_programs() -> list[str]:
    texts = []
    for row in read_table(_CHANNEL_SAMPLE):
        message = row["message"].replace("**", "").replace("`", "")
        text = one_line(_TAGS.sub(" ", without_links(message)))
        if _CODE.search(text) or "@" in text:
            continue
        if is_of_length(text, 8, 60) and share_of_script(text, BASIC_LATIN) > 0.95:
            texts.append(text)
    return texts
