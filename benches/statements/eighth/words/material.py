"""What every language must bring: one record, so that a gap shows when the module is loaded."""

from dataclasses import dataclass

Wordings = tuple[str, ...]


@dataclass(frozen=True)
class Material:
    """All that is written by hand in one language; templates are filled by templates.py."""

    language: str
    slots: dict[str, Wordings]  # what may fill a slot, by the name of the slot
    months: Wordings
    date_orders: Wordings
    decimal_mark: str
    series: Wordings  # bulletins of which each filling is a statement of its own
    reports: Wordings  # invented reports, used like real texts
    long_frames: Wordings  # texts round a {body} that is shorter than they are
    events: tuple[Wordings, ...]  # different tellings of one event, a statement each
    denials: tuple[tuple[str, str], ...]  # a report and its denial or opposite
    quoting_texts: Wordings  # texts that quote some words ({quote}) of another statement
    quoting_lines: Wordings  # lines that do so at the end of a text
    channel_first_words: Wordings  # the name of a channel is one of these
    channel_last_words: Wordings  # and one of those
    headers: Wordings
    footers: Wordings
    tags: Wordings
    habits: Wordings  # changes that a channel may make to all that it posts
    labels: Wordings  # such as "BREAKING"
    sources_before: Wordings
    sources_after: Wordings
    comments_before: Wordings
    comments_after: Wordings
    greetings: Wordings
    closings: Wordings
    digest_headings: Wordings
    digest_endings: Wordings
    synonyms: dict[str, str]
    words_to_put_in: Wordings
    words_to_leave_out: frozenset[str]
    negations: frozenset[str]  # never touched, since the sense hangs on them
    forwarded: str  # a line that names the channel from which a post comes
    link_label: str
    read_more: str
