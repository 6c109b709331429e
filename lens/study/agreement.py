"""How far a second person, who saw only the texts, labels as the writers did."""

import json

import numpy as np

from .corpus import FOLDER, HATS


def kappa(a, b, n):
    table = np.zeros((n, n))
    for x, y in zip(a, b):
        table[x, y] += 1
    table /= table.sum()
    by_chance = table.sum(0) @ table.sum(1)
    return (np.trace(table) - by_chance) / (1 - by_chance)


def lines(texts):
    return [of(texts, FOLDER / "second.jsonl", "texts"), of(texts, FOLDER / "contrast" / "second.jsonl", "texts of contrast pairs")]


def of(texts, path, what):
    if not path.exists():
        return f"No second labels of {what}."
    first = {t.id: t for t in texts}
    rows = [json.loads(l) for l in path.read_text(encoding="utf8").splitlines() if l.strip()]
    rows = [r for r in rows if r["id"] in first]
    a = [first[r["id"]].hat for r in rows]
    b = [HATS.index(r["hat"]) for r in rows]
    same = np.mean([x == y for x, y in zip(a, b)])
    opposite = np.mean([{x, y} == {0, 1} for x, y in zip(a, b)])
    return (f"Second label, blind, on {len(rows)} {what}: agreement {same:.3f}, Cohen's kappa "
            f"{kappa(a, b, len(HATS)):.3f}, opposite hats {opposite:.3f}.")
