"""Changes of the wording: what is left out, put in, replaced or mistyped."""

import re
from random import Random

from ..text import count_words, find_words, put_at, without_edges
from .conditions import Conditions

_FEWEST_WORDS_TO_MISTYPE = 10
_FEWEST_WORDS_TO_REPLACE = 12
_FEWEST_WORDS_TO_PUT_IN = 12
_FEWEST_WORDS_TO_LEAVE_OUT = 16
_FEWEST_WORDS_TO_CUT = 20
_SHORTEST_WORD_TO_MISTYPE = 5
_LONGEST_SENTENCE_OUT = 0.34

# after these an inserted word would tear a phrase apart
_BINDING_WORDS = (
    "только", "который", "этого", "после", "перед", "через", "между", "чтобы", "their", "your",
    "with", "from", "that", "على", "إلى", "الذي", "التي",
)
_RUSSIAN_ADJECTIVE = re.compile("(ый|ий|ого|его|ому|ая|ую|ые|ых|ими|ыми|ное|ской|ный|ной)$")
_RUSSIAN_TELLING_ADJECTIVE = re.compile("^(перв|втор|трет|друг|котор|кажд)")
_SENTENCE = re.compile(
    r".+?(?:(?<!\b\w)(?<!\b\w\w)[.!?؟…]+[\"»)]*(?=\s+[A-ZА-ЯЁ\u0621-\u064a«\"])|\n|$)\s*",
    re.S,
)


def mistype(text: str, rng: Random, conditions: Conditions) -> str | None:
    """Typing errors in long words: letters exchanged, left out or doubled."""
    count = count_words(text)
    candidates = [word for word in find_words(text) if _may_mistype(word[0], conditions)]
    if not candidates or count < _FEWEST_WORDS_TO_MISTYPE:
        return None
    number = min(len(candidates), rng.randint(1, 1 + count // 20))
    for word in _last_first(rng.sample(candidates, number)):
        text = put_at(text, word, _mistype_word(word[0], rng))
    return text


def _may_mistype(word: str, conditions: Conditions) -> bool:
    """Whether the word is a long one and, as far as letters tell, no name."""
    if not conditions.may_touch(word):
        return False
    is_name = conditions.language != "ar" and word[:1].isupper()
    return len(without_edges(word)) >= _SHORTEST_WORD_TO_MISTYPE and not is_name


def _mistype_word(word: str, rng: Random) -> str:
    i = rng.randint(1, len(word) - 3)
    manner = rng.randint(0, 3)
    if manner == 0:
        return word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    if manner == 2:
        return word[:i] + word[i] + word[i:]
    if manner == 3 and word[-1].isalpha():
        return word + word[-1]
    return word[:i] + word[i + 1 :]


def _last_first(words: list[re.Match[str]]) -> list[re.Match[str]]:
    """The words from the end of the text, so that a change moves none that is still to come."""
    return sorted(words, key=lambda word: word.start(), reverse=True)


def use_synonyms(text: str, rng: Random, conditions: Conditions) -> str | None:
    """One or two words replaced by near synonyms."""
    synonyms = conditions.material.synonyms
    candidates = []
    for word in find_words(text):
        bare = without_edges(word[0])
        if bare in synonyms and bare not in conditions.fixed_words:
            candidates.append(word)
    if not candidates or count_words(text) < _FEWEST_WORDS_TO_REPLACE:
        return None
    for word in _last_first(rng.sample(candidates, min(len(candidates), rng.randint(1, 2)))):
        bare = without_edges(word[0])
        text = put_at(text, word, word[0].replace(bare, synonyms[bare]))
    return text


def put_in_word(text: str, rng: Random, conditions: Conditions) -> str | None:
    """A word such as "reportedly" put in between two others."""
    words = find_words(text)
    if len(words) < _FEWEST_WORDS_TO_PUT_IN:
        return None
    candidates = [
        word
        for before, word in zip(words[1:], words[2:-1])
        if _may_part(before[0], word[0], conditions)
    ]
    if not candidates:
        return None
    start = rng.choice(candidates).start()
    return text[:start] + rng.choice(conditions.material.words_to_put_in) + " " + text[start:]


def _may_part(before: str, word: str, conditions: Conditions) -> bool:
    if not conditions.may_touch(word) or not conditions.may_touch(before):
        return False
    if not before.isalpha() or len(before) < 4 or len(word) < 3:
        return False
    if conditions.language != "ar" and not (word.islower() and before.islower()):
        return False
    return before.lower() not in _BINDING_WORDS


def leave_out_words(text: str, rng: Random, conditions: Conditions) -> str | None:
    """One or two words left out that the sense does not need; never the first or the last."""
    words = find_words(text)
    if len(words) < _FEWEST_WORDS_TO_LEAVE_OUT:
        return None
    candidates = [
        word
        for word, following in zip(words[1:], words[2:])
        if _is_dispensable(word[0], following[0], conditions)
    ]
    if not candidates:
        return None
    number = min(len(candidates), rng.choice([1, 1, 2]))
    for word in _last_first(rng.sample(candidates, number)):
        text = text[: word.start()] + text[word.end() :].lstrip(" ")
    return text


def _is_dispensable(word: str, following: str, conditions: Conditions) -> bool:
    """Whether the word is on the list, an English adverb or a Russian adjective."""
    material = conditions.material
    if word in conditions.fixed_words or not word.isalpha():
        return False
    if word.lower() in material.negations:
        return False
    if word in material.words_to_leave_out:
        return True
    if conditions.language == "en":
        return word.islower() and word.endswith("ly") and len(word) > 5
    if conditions.language == "ru":
        is_before_noun = word.islower() and len(word) > 6 and following.islower()
        is_adjective = _RUSSIAN_ADJECTIVE.search(word) is not None
        return is_before_noun and is_adjective and not _RUSSIAN_TELLING_ADJECTIVE.search(word)
    return False


def leave_out_sentence(text: str, rng: Random, _: Conditions) -> str | None:
    """A sentence left out: not the first, and no large part of the text."""
    sentences = [match[0] for match in _SENTENCE.finditer(text) if match[0].strip()]
    longest = _LONGEST_SENTENCE_OUT * count_words(text)
    candidates = [i for i in range(1, len(sentences)) if 4 <= count_words(sentences[i]) <= longest]
    if len(sentences) < 3 or not candidates:
        return None
    del sentences[rng.choice(candidates)]
    return "".join(sentences).strip()


def cut(text: str, rng: Random, conditions: Conditions) -> str | None:
    """The text cut short, with an ellipsis and sometimes an invitation to read on."""
    words = find_words(text)
    if len(words) < _FEWEST_WORDS_TO_CUT:
        return None
    count = int(len(words) * rng.uniform(0.62, 0.88))
    shortened = text[: words[count - 1].end()].rstrip('.,:;،؛-—«"(')
    ellipsis_ = rng.choice(["…", "...", " ...", "…", " […]"])
    return shortened + ellipsis_ + rng.choice(["", "", "", " " + conditions.material.read_more])
