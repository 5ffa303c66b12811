"""The table of changes: how often each occurs, what it rules out and when it is put on."""

from . import additions, arabic, letters, marks, markup, wording
from .conditions import ChangeFunction
from .links import spare_links

FUNCTIONS: dict[str, ChangeFunction] = {
    "alef": arabic.drop_hamza,
    "yeh": arabic.exchange_final_yeh,
    "teh": arabic.use_final_heh,
    "tashkeel": spare_links(arabic.add_vowel_signs),
    "tatweel": spare_links(arabic.stretch),
    "digits": spare_links(arabic.use_arabic_digits),
    "presform": spare_links(arabic.use_presentation_forms),
    "persian": spare_links(arabic.use_persian_letters),
    "homoglyph": spare_links(letters.use_lookalikes),
    "yo": letters.write_ye_for_yo,
    "fullwidth": spare_links(letters.widen),
    "mathbold": spare_links(letters.use_math_letters),
    "case": spare_links(letters.change_case),
    "zw": spare_links(marks.add_invisible),
    "emoji": marks.add_emoji,
    "punct": marks.change_punctuation,
    "lines": marks.change_line_breaks,
    "spaces": marks.use_other_spaces,
    "md": markup.add_markdown,
    "html": markup.add_html,
    "hashtag": markup.make_hashtags,
    "link": additions.add_link,
    "mention": additions.add_mention,
    "typo": wording.mistype,
    "word_changed": wording.use_synonyms,
    "word_in": wording.put_in_word,
    "word_out": wording.leave_out_words,
    "sent_out": wording.leave_out_sentence,
    "cut": wording.cut,
    "source": additions.name_source,
    "label": additions.add_label,
    "comment_pre": additions.comment_before,
    "comment_post": additions.comment_after,
    "greet": additions.greet,
}

EDITS = {
    "typo": 3,
    "word_changed": 2.5,
    "word_in": 1.5,
    "word_out": 2,
    "source": 3,
    "label": 3,
    "comment_pre": 2,
    "comment_post": 3,
    "sent_out": 2.5,
    "cut": 2.5,
    "greet": 1.2,
}

PROTECTED_EDITS = {"source": 2, "label": 3, "comment_post": 1.5, "comment_pre": 1, "typo": 1}

_SURFACE_CHANGES_OF_ALL = {
    "zw": 1.5,
    "emoji": 3,
    "punct": 3,
    "lines": 2,
    "spaces": 1,
    "md": 3,
    "html": 1.2,
    "link": 3,
    "mention": 1.5,
    "hashtag": 1.5,
}

SURFACE_CHANGES: dict[str, dict[str, float]] = {
    "ar": {
        "alef": 3.5,
        "yeh": 2.5,
        "teh": 2.5,
        "tashkeel": 3,
        "tatweel": 3,
        "digits": 3,
        "presform": 2,
        "persian": 2,
        **_SURFACE_CHANGES_OF_ALL,
    },
    "ru": {"homoglyph": 2, "yo": 1.5, "case": 1, **_SURFACE_CHANGES_OF_ALL},
    "en": {
        "homoglyph": 1.2,
        "fullwidth": 1,
        "mathbold": 1.5,
        "case": 2,
        **_SURFACE_CHANGES_OF_ALL,
    },
}

# no two of a set are put on one text
_EXCLUSIVE = (
    {"cut", "sent_out"},
    {"cut", "source"},
    {"cut", "comment_post"},
    {"cut", "greet"},
    {"cut", "punct"},
    {"label", "comment_pre"},
    {"label", "greet"},
    {"comment_pre", "greet"},
    {"comment_post", "greet"},
    {"tashkeel", "presform"},
    {"tatweel", "presform"},
    {"digits", "presform"},
    {"homoglyph", "fullwidth", "mathbold", "case"},
    {"homoglyph", "html"},
    {"fullwidth", "html"},
    {"md", "html"},
    {"link", "html"},
    {"link", "homoglyph"},
    {"link", "fullwidth"},
    {"link", "case"},
    {"link", "hashtag"},
    {"mention", "case"},
)

# the wording first, then what is put round it, then the surface
_ORDER_OF_EDITS = (
    "sent_out",
    "cut",
    "word_changed",
    "word_out",
    "word_in",
    "typo",
    "source",
    "label",
    "comment_pre",
    "comment_post",
    "greet",
)
_FIRST_ON_SURFACE = ("case", "homoglyph", "fullwidth")
_LAST_ON_SURFACE = ("link", "mention")


def exclude_each_other(name: str, other: str) -> bool:
    """Whether the two changes must not be put on one text."""
    return any(name in names and other in names for names in _EXCLUSIVE)


def place_in_order(name: str) -> int:
    """The place of a change in the order in which changes are put on."""
    if name in _ORDER_OF_EDITS:
        return _ORDER_OF_EDITS.index(name)
    on_surface = len(_ORDER_OF_EDITS) + 1
    if name in _FIRST_ON_SURFACE:
        return on_surface - 1
    return on_surface + 1 if name in _LAST_ON_SURFACE else on_surface
