"""Logits of texts that their model had not read, and what they come to: calibrated and held to a level that
are set on other writers again."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from .measure import HEADER, figures, four, pair_figures, row

# How many of its answers have to be right. The level is set on models that were taught by half of the writers; the
# shipped weights, taught by all, are right a little more often.
AIM = 0.95


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def folds(writers):
    """Two halves of the writers, of contrast pairs too, so that each is read by what half of the others taught; the
    first writer, in 25 voices, is a group of their own. More groups would say how well the shipped weights read, which
    learn from all texts, a little better, and take as many times longer."""
    everyday = [w for w in writers if w.startswith("w")]
    contrast = [w for w in writers if not w.startswith("w")]
    return [everyday[:1]] + [everyday[1:][i::2] + contrast[i::2] for i in range(2)]


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
        # The level is set on everyday texts alone: members do not write contrast pairs.
        everyday = np.array([t.pair is None for t in texts])
        self.texts, self.group, self.everyday = texts, group, everyday
        self.p, self.level = np.zeros((len(texts), 2)), np.zeros(len(texts))
        for n in range(group.max() + 1):
            others, own = group != n, group == n
            slopes, shifts = scale(z[others], bits[others])
            self.p[own] = likely(z[own], slopes, shifts)
            at = others & everyday
            self.level[own] = threshold(likely(z[at], slopes, shifts), y[at])
        self.slopes, self.shifts = scale(z, bits)
        self.last = threshold(likely(z[everyday], self.slopes, self.shifts), y[everyday])

    def on(self, chosen):
        return figures([t for t, c in zip(self.texts, chosen) if c], self.p[chosen], self.level[chosen])

    def table(self):
        lines = [HEADER]
        for n in range(self.group.max() + 1):
            own = (self.group == n) & self.everyday
            names = dict.fromkeys(t.writer for t, o in zip(self.texts, own) if o)
            lines.append(row(", ".join(names), self.on(own)))
        lines.append(row("all", self.on(self.everyday)))
        lines.append(row("all but w0", self.on(self.everyday & np.array([t.writer != "w0" for t in self.texts]))))
        return lines

    def on_pairs(self, kind=None):
        """The contrast pairs of a kind, or of all kinds."""
        chosen = np.array([t.pair is not None and kind in (None, t.kind) for t in self.texts])
        return pair_figures([t for t, c in zip(self.texts, chosen) if c], self.p[chosen], self.level[chosen])
