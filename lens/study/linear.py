"""The linear lens: words, pairs, how sentences begin, and runs of characters; two logistic heads and one
for the dimension. It explains itself exactly: each feature adds its numbers."""

import math
import struct
from collections import Counter

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from . import text
from .corpus import DIMENSIONS


def fnv(name):
    """FNV-1a, 32 bits, over UTF-8."""
    h = 0x811C9DC5
    for byte in name.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


def grams(whole):
    """Two blocks of names: words, pairs and sentence starts; runs of 3 to 5 characters of padded words."""
    words = text.words(whole)
    first = words + [f"{a} {b}" for a, b in zip(words, words[1:])]
    for sentence in text.sentences(whole):
        start = text.words(sentence)[:2]
        if start:
            first.append(f"^ {start[0]}")
            first += [f"? {start[0]}"] if sentence.endswith("?") else []
        if len(start) == 2:
            first.append(f"^ {start[0]} {start[1]}")
    runs = []
    for w in words:
        padded = f"<{w}>"
        runs += [f"#{padded[i:i + n]}" for n in (3, 4, 5) for i in range(len(padded) - n + 1)]
    return first, runs


class Block:
    """Term frequencies of one block, over the names that two training texts have."""

    def __init__(self, docs, least=2):
        df = Counter(n for d in docs for n in set(d))
        self.place = {n: i for i, n in enumerate(n for n, c in df.items() if c >= least)}
        self.inverse = np.array([math.log((1 + len(docs)) / (1 + df[n])) + 1 for n in self.place])

    def matrix(self, docs):
        rows, columns, values = [], [], []
        for i, d in enumerate(docs):
            for name, count in Counter(d).items():
                at = self.place.get(name)
                if at is not None:
                    rows.append(i)
                    columns.append(at)
                    values.append((1 + math.log(count)) * self.inverse[at])
        return normalize(csr_matrix((values, (rows, columns)), shape=(len(docs), len(self.place))))


def spread(x, y):
    """How unevenly each feature falls on the two answers (naive Bayes); scales it before the regression."""
    there = (x > 0).astype(float)
    yes = 1 + np.asarray(there[y == 1].sum(0))[0]
    no = 1 + np.asarray(there[y == 0].sum(0))[0]
    return np.sqrt(np.abs(np.log((yes / yes.sum()) / (no / no.sum()))))


class Linear:
    def __init__(self, texts, strength=10.0):
        made = [grams(t.text) for t in texts]
        self.blocks = [Block([g[b] for g in made]) for b in (0, 1)]
        parts = [b.matrix([g[n] for g in made]) for n, b in enumerate(self.blocks)]
        x = hstack(parts).tocsr()
        bits = np.array([t.bits for t in texts])
        weights, bias = [], []
        for head in (0, 1):
            scale = np.concatenate([spread(p, bits[:, head]) for p in parts])
            fit = self.fit(x.multiply(scale).tocsr(), bits[:, head], strength)
            weights.append(fit.coef_[0] * scale)
            bias.append(fit.intercept_[0])
        known = np.array([t.dimension >= 0 for t in texts])
        of = np.array([t.dimension for t in texts])
        for d in range(len(DIMENSIONS)):
            fit = self.fit(x[known], (of[known] == d).astype(int), strength)
            weights.append(fit.coef_[0])
            bias.append(fit.intercept_[0])
        self.weights, self.bias = np.stack(weights, 1), np.array(bias)

    @staticmethod
    def fit(x, y, strength):
        return LogisticRegression(
            C=strength, solver="liblinear", dual=True, max_iter=400, random_state=0).fit(x, y)

    def calibrate(self, slopes, shifts):
        """Logits become slope · logit + shift, head by head."""
        for head, (a, b) in enumerate(zip(slopes, shifts)):
            self.weights[:, head] *= a
            self.bias[head] = self.bias[head] * a + b

    def read(self, texts):
        """Logits per text: manager, leader, then one for each dimension."""
        made = [grams(t) for t in texts]
        x = hstack([b.matrix([g[n] for g in made]) for n, b in enumerate(self.blocks)]).tocsr()
        return x @ self.weights + self.bias

    def bytes(self):
        """As src/coach/lens/linear.rs reads it: counts, biases, scales, then columns sorted by hash."""
        names = [n for b in self.blocks for n in b.place]
        inverse = np.concatenate([b.inverse for b in self.blocks])
        first = {}
        for i, name in enumerate(names):
            first.setdefault(fnv(name), i)
        at = sorted(first)
        rows = [first[h] for h in at]
        scale = np.abs(self.weights).max(0) / 32767
        column = lambda kind, values: np.asarray(values).astype(kind).tobytes()
        return b"".join([
            struct.pack("<2I", len(at), len(scale)),
            column("<f4", self.bias), column("<f4", scale), column("<u4", at),
            column("<u2", np.round(inverse[rows] * 4096)),
            *[column("<i2", np.round(self.weights[rows, h] / scale[h])) for h in range(len(scale))],
        ])
