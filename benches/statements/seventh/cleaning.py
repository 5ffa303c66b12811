"""Cleaning of real posts from what their channels put round them.

A world puts frames of its own round every text; a footer left from the source would be a second
one, and would make texts of one source alike.
"""

import re

_LINK = re.compile(r"(?:https?://|www\.|t\.me/|bit\.ly/|pic\.twitter\S*)\S+")
_MARKDOWN_LINK = re.compile(r"\[([^\]]*)\]\((?:[^)]*)\)")
_MARKDOWN = ("**", "__", "`")
_NOT_TEXT = re.compile(
    r"\(\s*\d+\s*/\s*\d+\s*\)|\\\|.*$|^RT\s*:|[\ue000-\uf8ff\U000f0000-\U0010ffff]"
)
_INVITATION = re.compile(
    r"(?i)подпис|прислать|предложить|erid|реклам|читать нас|без vpn|наш чат|наш канал|t\.me/\+"
    r"|boost|буст|subscribe|join "
)
_INVITATION_START = re.compile("[👉🔴❗❤🎯🕹]")
_LONGEST_INVITATION = 13
_LAST_TAGS = re.compile(r"(?:\s*[@#][\w_]+[.\s]*)+$")
_ONLY_TAGS = re.compile(r"(?:[#@]\S+\s*)+")
_LONGEST_SIGNATURE = 4
_SENTENCE_ENDS = (".", "!", "?", ")", '"', "»")
_LAST_SYMBOLS = re.compile("[\\s👉📩🔴❤❗\ufe0f➡💬⏩👀—|:]+$")


def clean(text: str) -> str:
    """The text without markup, links, invitations, tags at the end and signatures."""
    lines = []
    for line in _without_markup(text).split("\n"):
        is_invitation = _INVITATION.search(line) is not None
        if is_invitation and len(line.split()) <= _LONGEST_INVITATION:
            continue
        if is_invitation:
            line = _INVITATION_START.split(line)[0]
        lines.append(_without_links_and_tags(line))
    while len(lines) > 1 and _is_signature(lines[-1]):
        lines.pop()
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    text = re.sub(r"[ \t]{2,}", " ", text)
    if not text.endswith((".", "!", "?")):
        text = _LAST_SYMBOLS.sub("", text)
    return text.strip()


def _without_markup(text: str) -> str:
    text = _MARKDOWN_LINK.sub(r"\1", text)
    for mark in _MARKDOWN:
        text = text.replace(mark, "")
    text = text.replace("\u200b", "").replace("\r", "").replace("\xa0", " ")
    text = _NOT_TEXT.sub(" ", text)
    return re.sub(r"(.)\1{5,}", r"\1\1\1", text)


def _without_links_and_tags(line: str) -> str:
    line = _LINK.sub("", line).strip()
    line = _LAST_TAGS.sub("", line).strip()
    return "" if _ONLY_TAGS.fullmatch(line) else line


def _is_signature(line: str) -> bool:
    return len(line.split()) <= _LONGEST_SIGNATURE and not line.endswith(_SENTENCE_ENDS)
