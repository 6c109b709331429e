"""The texts and their labels."""

import json
import pathlib

from . import text

HATS = ["manager", "leader", "both", "neither"]
DIMENSIONS = ["horizon", "risk", "growth", "focus"]
BITS = {"manager": (1, 0), "leader": (0, 1), "both": (1, 1), "neither": (0, 0)}
FOLDER = pathlib.Path(__file__).parent.parent / "corpus"


class Text:
    def __init__(self, row, writer):
        self.id = row["id"]
        self.text = row["text"]
        self.writer = writer
        self.pair, self.kind = row.get("pair"), row.get("kind")
        self.hat = HATS.index(row["hat"])
        self.bits = BITS[row["hat"]]
        d = row.get("dimension", "?")
        self.dimension = -1 if d == "?" else 4 if d in (None, "null") else DIMENSIONS.index(d)
        self.sentences = text.sentences(row["text"]) or [row["text"]]
        said = row.get("sentences")
        if not said:
            said = [row["hat"]] if len(self.sentences) == 1 else None
        self.said = [BITS[h] for h in said] if said and len(said) == len(self.sentences) else None


def load(folder=FOLDER):
    """Everyday texts, writer by writer, then contrast pairs: two texts that differ in a few words and in the label."""
    out = []
    numbered = lambda folder, pattern: sorted(folder.glob(pattern), key=lambda p: int(p.stem[1:]))
    for path in numbered(folder, "w*.jsonl") + numbered(folder / "contrast", "c*.jsonl"):
        for line in path.read_text(encoding="utf8").splitlines():
            if line.strip():
                out.append(Text(json.loads(line), path.stem))
    return out


def other_languages(folder=FOLDER):
    lines = (folder / "other-languages.tsv").read_text(encoding="utf8").splitlines()
    return [tuple(l.split("\t", 1)) for l in lines if l.strip()]
