"""Real posts, cleaned and sorted by language and source: what most statements of a world are.

The pools are the same for every seed, and building them takes some 30 s, as large tables are read
and cleaned for them. Whoever makes many worlds can therefore name a file in the environment
variable EIGHTH_POOL: it is read if it is there, else written. Without it nothing is kept, and the
pools always follow the data.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from .arabic import read_arabic, read_disagreements
from .english import read_english
from .russian import read_russian


@dataclass(frozen=True)
class RealPosts:
    """The texts by language and source, and pairs of Arabic titles that contradict each other."""

    texts: dict[str, dict[str, list[str]]]
    disagreements: list[list[str]]


def read_real_posts() -> RealPosts:
    """The real posts, from the file of EIGHTH_POOL if there is one, else from the data."""
    kept = os.environ.get("EIGHTH_POOL")
    if not kept:
        return _build()
    path = Path(kept)
    if path.exists():
        return RealPosts(**json.loads(path.read_text(encoding="utf8")))
    real_posts = _build()
    # Two worlds may be made at once.
    written = path.with_suffix(f".{os.getpid()}")
    written.write_text(json.dumps(asdict(real_posts), ensure_ascii=False), encoding="utf8")
    written.replace(path)
    return real_posts


def _build() -> RealPosts:
    texts = {"ru": read_russian(), "en": read_english(), "ar": read_arabic()}
    return RealPosts(
        {
            language: {source: list(dict.fromkeys(posts)) for source, posts in sources.items()}
            for language, sources in texts.items()
        },
        read_disagreements(),
    )
