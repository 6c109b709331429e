"""The linear lens: words, word pairs and pieces of words, weighed by two logistic heads. It explains
itself exactly: each feature adds its two numbers."""

import math
import struct
from collections import Counter

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from . import text


def fnv(name):
    """FNV-1a, 32 bits, over UTF-8."""
    h = 0x811C9DC5
    for byte in name.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


def grams(words):
    """Two blocks of names: words with pairs, and runs of 3 to 5 characters of padded words."""
    whole = words + [f"{a} {b}" for a, b in zip(words, words[1:])]
    runs = []
    for w in words:
        padded = f"<{w}>"
        runs += [f"#{padded[i:i + n]}" for n in (3, 4, 5) for i in range(len(padded) - n + 1)]
    return whole, runs


class Linear:
    """`names` → (inverse frequency, weight of manager, weight of leader); two biases."""

    def __init__(self, texts, strength=10.0, least=(2, 2), sentences=False, weight=0.5):
        rows = [(t.text, t.bits, 1.0) for t in texts]
        if sentences:
            rows += [(s, b, weight) for t in texts if t.said and len(t.said) > 1
                     for s, b in zip(t.sentences, t.said)]
        made = [grams(text.words(r[0])) for r in rows]
        self.inverse = {}
        for block in (0, 1):
            df = Counter(n for g in made[: len(texts)] for n in set(g[block]))
            for name, n in df.items():
                if n >= least[block]:
                    self.inverse[name] = math.log((1 + len(texts)) / (1 + n)) + 1
        self.place = {n: i for i, n in enumerate(self.inverse)}
        x = self.matrix(made)
        y = np.array([r[1] for r in rows])
        w = np.array([r[2] for r in rows])
        fits = [LogisticRegression(C=strength, max_iter=2000).fit(x, y[:, k], w) for k in (0, 1)]
        self.weights = np.stack([f.coef_[0] for f in fits], 1)
        self.bias = np.array([f.intercept_[0] for f in fits])

    def matrix(self, made):
        data, at, ends = [], [], [0]
        for g in made:
            for block in g:
                counts = Counter(n for n in block if n in self.place)
                v = {n: (1 + math.log(c)) * self.inverse[n] for n, c in counts.items()}
                size = math.sqrt(sum(a * a for a in v.values())) or 1.0
                at += [self.place[n] for n in v]
                data += [a / size for a in v.values()]
            ends.append(len(at))
        return csr_matrix((data, at, ends), shape=(len(made), len(self.place)))

    def read(self, texts):
        """Two logits (manager, leader) per text."""
        return self.matrix([grams(text.words(t)) for t in texts]) @ self.weights + self.bias

    def bytes(self):
        """As src/coach/lens/linear.rs reads it: count, biases, scales, then four columns sorted by hash."""
        rows = {}
        for name, i in self.place.items():
            rows.setdefault(fnv(name), (self.inverse[name], *self.weights[i]))
        scale = np.abs(self.weights).max(0) / 32767
        at = sorted(rows)
        column = lambda kind, values: np.array(values).astype(kind).tobytes()
        return b"".join([
            struct.pack("<I4f", len(at), *self.bias, *scale),
            column("<u4", at),
            column("<u2", [round(rows[h][0] * 4096) for h in at]),
            column("<i2", [round(rows[h][1] / scale[0]) for h in at]),
            column("<i2", [round(rows[h][2] / scale[1]) for h in at]),
        ])
