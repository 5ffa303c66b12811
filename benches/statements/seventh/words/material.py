"""What every language must bring: one record, so that a gap shows when the module is loaded."""

from dataclasses import dataclass

Wordings = tuple[str, ...]
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Material:
    """All that is written by hand in one language; templates are filled by templates.py."""

    lists: dict[str, Wordings]  # what may fill a slot, by the name of the slot
    series: Wordings  # bulletins of which each filling is a statement of its own
    neutral_reports: Wordings  # invented reports, used like real texts
    two_reports: Pairs  # one event in two wordings: two statements
    opposites: Pairs  # a report and its denial or opposite
    quotes: Wordings  # texts that quote some words ({q}) of another statement
    short_subjects: Wordings  # a short post is a subject and a place
    short_places: Wordings
    comments: Wordings
    labels: Wordings  # such as "BREAKING"
    sources_before: Wordings
    sources_after: Wordings
    forwarded: Wordings
    read_more: Wordings
    digest_headings: Wordings
    synonyms: dict[str, str]
    words_to_leave_out: Wordings
    words_to_put_in: Wordings
    advertisements: Wordings
    tags: Wordings
    editors: Wordings
    earlier_note: str  # a line that quotes an earlier post
    typing_errors: str  # letters that are hit by mistake
