"""Logits of texts that their model had not read, and what they come to: calibrated and held to a level that
are set on other writers again."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from .measure import HEADER, figures, four, row

# How many of its answers have to be right. One more in a hundred than asked for (0.93): a level set on some
# writers is a little off on others.
AIM = 0.94


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def folds(writers):
    """Four groups of two or three writers; the first writer, in 25 voices, is a group of their own."""
    rest = writers[1:]
    return [writers[:1]] + [rest[i::4] for i in range(4)]


def scale(z, bits):
    """For each hat how much each of its logits counts, and a shift, so that they mean what they say.
    `z`: texts × hats × logits."""
    fits = [LogisticRegression(C=1e6).fit(z[:, k], bits[:, k]) for k in (0, 1)]
    return np.array([f.coef_[0] for f in fits]), np.array([f.intercept_[0] for f in fits])


def likely(z, slopes, shifts):
    return sigmoid((z * slopes).sum(2) + shifts)


def threshold(p, y):
    """The lowest confidence from which on at least AIM of the answers are right."""
    sure, right = four(p).max(1), four(p).argmax(1) == y
    order = np.argsort(-sure)
    good = np.cumsum(right[order]) / np.arange(1, len(y) + 1) >= AIM
    return float(sure[order][np.flatnonzero(good)[-1]]) if good.any() else 1.0


class Judged:
    """One lens on all the texts, each group of writers judged by what the others taught."""

    def __init__(self, texts, group, z):
        y, bits = np.array([t.hat for t in texts]), np.array([t.bits for t in texts])
        self.texts, self.group = texts, group
        self.p, self.level = np.zeros((len(texts), 2)), np.zeros(len(texts))
        for n in range(group.max() + 1):
            others, own = group != n, group == n
            slopes, shifts = scale(z[others], bits[others])
            self.p[own] = likely(z[own], slopes, shifts)
            self.level[own] = threshold(likely(z[others], slopes, shifts), y[others])
        self.slopes, self.shifts = scale(z, bits)
        self.last = threshold(likely(z, self.slopes, self.shifts), y)

    def on(self, chosen):
        return figures([t for t, c in zip(self.texts, chosen) if c], self.p[chosen], self.level[chosen])

    def table(self):
        lines = [HEADER]
        for n in range(self.group.max() + 1):
            own = self.group == n
            names = dict.fromkeys(t.writer for t, o in zip(self.texts, own) if o)
            lines.append(row(", ".join(names), self.on(own)))
        lines.append(row("all", self.on(self.group >= 0)))
        lines.append(row("all but w0", self.on(np.array([t.writer != "w0" for t in self.texts]))))
        return lines
