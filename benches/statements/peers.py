"""Groups the posts of labelled worlds with MinHash LSH of datasketch and of rensa.

`peers.py FOLDER`: reads FOLDER/*.ndjson (one JSON string a line: a post, as it stands) and
FOLDER/*.pairs (one JSON array of two texts a line), which `statements-bench` wrote, and writes
`WORLD.LIBRARY.SETTING.groups` and `PAIRS.LIBRARY.TOKENS.scores` beside them.

Settings, chosen in the peers' favour: text folded with NFKC and case folding (raw text was worse),
128 permutations; LSH at the threshold (datasketch's own parameters; rensa with the bands that lose
least: 32 at 0.5, 16 at 0.8); tokens are words or runs of five characters. Each is scored four ways:
candidates as they come, or checked by exact Jaccard similarity of the same tokens; as pairs, or as
groups by union. The table shows each library's best.
"""

import json
import sys
import unicodedata
from pathlib import Path

from datasketch import MinHash, MinHashLSH
from rensa import RMinHash, RMinHashLSH

PERMUTATIONS = 128
THRESHOLDS = (0.5, 0.8)
BANDS = {0.5: 32, 0.8: 16}
SEED = 42


def fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def words(text: str) -> set[str]:
    return set(fold(text).split())


def char5(text: str) -> set[str]:
    line = " ".join(fold(text).split())
    return {line[at : at + 5] for at in range(max(len(line) - 4, 1))} if line else set()


TOKENS = {"words": words, "char5": char5}


def jaccard(a: set[str], b: set[str]) -> float:
    return len(a & b) / len(a | b) if a or b else 0.0


def datasketch_hashes(sets: list[set[str]]) -> list[MinHash]:
    # Equal to update() a token at a time, and faster.
    return MinHash.bulk([[t.encode() for t in tokens] for tokens in sets], num_perm=PERMUTATIONS, seed=SEED)


def rensa_hashes(sets: list[set[str]]) -> list[RMinHash]:
    return RMinHash.from_token_sets([sorted(tokens) for tokens in sets], num_perm=PERMUTATIONS, seed=SEED)


def datasketch_candidates(hashes: list[MinHash], threshold: float):
    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    for row, made in hashes:
        for other in index.query(made):
            yield other, row
        index.insert(row, made)


def rensa_candidates(hashes: list[RMinHash], threshold: float):
    index = RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=BANDS[threshold])
    for row, made in hashes:
        for other in index.query(made):
            yield other, row
        index.insert(row, made)


LIBRARIES = {
    "datasketch": (datasketch_hashes, datasketch_candidates),
    "rensa": (rensa_hashes, rensa_candidates),
}


def union(count: int, pairs: list[tuple[int, int]]) -> list[list[int]]:
    parent = list(range(count))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for a, b in pairs:
        parent[root(a)] = root(b)
    groups: dict[int, list[int]] = {}
    for row in range(count):
        groups.setdefault(root(row), []).append(row)
    return [group for group in groups.values() if len(group) > 1]


def world(path: Path) -> None:
    texts = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for tokens, tokenise in TOKENS.items():
        sets = [tokenise(text) for text in texts]
        for library, (hashes_of, candidates) in LIBRARIES.items():
            # An empty text is like no other.
            made = [(row, made) for row, made in enumerate(hashes_of(sets)) if sets[row]]
            for threshold in THRESHOLDS:
                found = list(candidates(made, threshold))
                checked = [pair for pair in found if jaccard(sets[pair[0]], sets[pair[1]]) >= threshold]
                for name, pairs in (("candidates", found), ("checked", checked)):
                    for way, groups in (("pairs", pairs), ("union", union(len(texts), pairs))):
                        setting = f"{tokens}-{threshold:.1f}-{name}-{way}".replace(".", "")
                        out = path.with_suffix(f".{library}.{setting}.groups")
                        lines = (" ".join(map(str, group)) for group in groups)
                        out.write_text("\n".join(lines) + ("\n" if groups else ""))


def labelled(path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for tokens, tokenise in TOKENS.items():
        sets = [(tokenise(a), tokenise(b)) for a, b in rows]
        for library, (hashes_of, _) in LIBRARIES.items():
            left, right = hashes_of([a for a, _ in sets]), hashes_of([b for _, b in sets])
            scores = (f"{a.jaccard(b):.6f}" for a, b in zip(left, right, strict=True))
            path.with_suffix(f".{library}.{tokens}.scores").write_text("\n".join(scores) + "\n")


def main() -> None:
    folder = Path(sys.argv[1])
    for path in sorted(folder.glob("*.ndjson")):
        world(path)
        print(f"peers: {path.stem} done", file=sys.stderr)
    for path in sorted(folder.glob("*.pairs")):
        labelled(path)


if __name__ == "__main__":
    main()
