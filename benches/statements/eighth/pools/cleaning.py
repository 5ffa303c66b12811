"""Cleaning of real posts from what their channels put round them.

A world puts frames of its own round every text; a footer left from the source would be a second
one, and would make texts of one source alike.
"""

import re

ARABIC_BLOCK = (0x600, 0x6FF)
CYRILLIC_BLOCK = (0x400, 0x4FF)
BASIC_LATIN = (0x41, 0x7A)

_URL = re.compile(r"(?:https?://|www\.|bit\.ly/|t\.me/|pic\.twitter\.com/)\S+")
_MARKDOWN_LINK = re.compile(r"\[([^\]\[]*)\]\(([^)]*)\)")
_MARKDOWN = ("**", "__", "~~", "`", "||")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060-\u2064\ufeff]")
_INVISIBLE_IN_TWEET = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
_INVITATION = re.compile(
    r"подпис(ат|ыв|к)|подпиш|прислать новост|предложить новост|читать нас|наш канал|бот для|"
    r"👉|зеркало|читать( далее| статью)?\s*$|@banksta|резервный канал|голосовать за канал|boost",
    re.I,
)
_LONGEST_INVITATION = 12
_ESCAPES = (("\\|", "|"), ("&amp;", "&"), ("&gt;", ">"), ("&lt;", "<"), ("\xa0", " "))


def clean_post(text: str) -> str:
    """A Russian post without markup, links and lines that invite to subscribe."""
    text = _MARKDOWN_LINK.sub(r"\1", text)
    for mark in _MARKDOWN:
        text = text.replace(mark, "")
    text = _INVISIBLE.sub("", text).replace("\xa0", " ")
    text = re.sub(r"(?<=\w)\u00ad(?=\w)", "", text)
    text = re.sub(r"[ \t]*@\w+\s*$", "", text)
    lines = [without_links(line).strip() for line in text.split("\n")]
    text = join_lines([line for line in lines if not _is_invitation(line)])
    return re.sub(r"[ \t]+", " ", text)


def _is_invitation(line: str) -> bool:
    return bool(_INVITATION.search(line)) and len(line.split()) <= _LONGEST_INVITATION


def join_lines(lines: list[str]) -> str:
    """The lines as a text with no more than one empty line in a row."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def without_links(text: str) -> str:
    """The text without bare links."""
    return _URL.sub("", text)


def clean_tweet(text: str) -> str:
    """A tweet without links, the mark of a retweet, and names and tags at its ends."""
    text = text.strip().strip("'\u2018\u2019").strip()
    text = _INVISIBLE_IN_TWEET.sub("", text)
    text = re.sub(r"^\s*RT\s+@\w+:?\s*", "", text)
    text = without_links(text)
    text = re.sub(r"https?:?\S*|:?//t\.co\S*", "", text)
    text = re.sub(r"^(?:\s*@\w+)+[:,]?\s*", "", text)
    text = re.sub(r"(?:\s*(?:via|/)?\s*[@#][\w_]+)+\s*$", "", text)
    for escape, character in _ESCAPES:
        text = text.replace(escape, character)
    return one_line(text).strip(' -|:"')


def one_line(text: str) -> str:
    """The text with single spaces between its words."""
    return re.sub(r"\s+", " ", text).strip()


def has_private_characters(text: str) -> bool:
    """Whether there are characters that only the fonts of their sender show."""
    return _PRIVATE_USE.search(text) is not None


def share_of_script(text: str, block: tuple[int, int]) -> float:
    """The share of the letters that lie in a block of code points."""
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return 0
    first, last = block
    return sum(first <= ord(char) <= last for char in letters) / len(letters)


def is_of_length(text: str, fewest: int, most: int) -> bool:
    """Whether the number of words is between these."""
    return fewest <= len(text.split()) <= most
