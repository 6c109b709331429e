"""Trains the linear lens, judges it by leaving whole writers out, and writes what the binary carries.

Prints the table of figures.md. `python -m study` from the folder above; `./train` makes the environment."""

import json
import pathlib
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression

from . import agreement, corpus
from .linear import Linear
from .measure import HEADER, figures, four, row

HERE = pathlib.Path(__file__).parent.parent
AIM = 0.93
CLEAR = 0.7


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def folds(writers):
    """Four groups of two or three writers; the first writer, in 25 voices, is a group of their own."""
    rest = writers[1:]
    return [writers[:1]] + [rest[i::4] for i in range(4)]


def platt(z, bits):
    """Slope and shift that make a head's logits on unread writers mean what they say."""
    fits = [LogisticRegression(C=1e6).fit(z[:, [k]], bits[:, k]) for k in (0, 1)]
    return [f.coef_[0][0] for f in fits], [f.intercept_[0] for f in fits]


def threshold(p, y):
    """The lowest confidence from which on at least AIM of the answers are right."""
    sure, right = four(p).max(1), four(p).argmax(1) == y
    order = np.argsort(-sure)
    good = np.cumsum(right[order]) / np.arange(1, len(y) + 1) >= AIM
    return float(sure[order][np.flatnonzero(good)[-1]]) if good.any() else 1.0


def main():
    texts = corpus.load()
    writers = list(dict.fromkeys(t.writer for t in texts))
    y = np.array([t.hat for t in texts])
    bits = np.array([t.bits for t in texts])
    z = np.zeros((len(texts), 2 + len(corpus.DIMENSIONS)))
    group = np.zeros(len(texts), int)
    for n, left_out in enumerate(folds(writers)):
        out = np.array([t.writer in left_out for t in texts])
        group[out] = n
        z[out] = Linear([t for t, o in zip(texts, out) if not o]).read([t.text for t in texts if t.writer in left_out])
    # Calibration and threshold of a group come from the other groups alone.
    p = np.zeros((len(texts), 2))
    fixed = np.zeros(len(texts))
    for n in range(group.max() + 1):
        others, own = group != n, group == n
        slopes, shifts = platt(z[others, :2], bits[others])
        p[own] = sigmoid(z[own, :2] * slopes + shifts)
        fixed[own] = threshold(sigmoid(z[others, :2] * slopes + shifts), y[others])
    lines = [HEADER]
    for n in range(group.max() + 1):
        own = group == n
        name = ", ".join(sorted({t.writer for t, o in zip(texts, own) if o}))
        lines.append(row(name, figures([t for t, o in zip(texts, own) if o], p[own], fixed[own])))
    lines.append(row("all", figures(texts, p, fixed)))
    late = np.array([t.writer != "w0" for t in texts])
    lines.append(row("all but w0", figures([t for t in texts if t.writer != "w0"], p[late], fixed[late])))
    d = np.array([t.dimension for t in texts])
    shown = sigmoid(z[:, 2:])
    clear = (d >= 0) & (shown.max(1) >= CLEAR)
    right = (shown.argmax(1) == d)[clear].mean()
    lines += ["", f"Dimension, where its probability is {CLEAR} or more: named for {clear.sum() / (d >= 0).sum():.3f} of the "
              f"texts with that label, right in {right:.3f}."]
    lines += ["", *agreement.lines(texts)]

    slopes, shifts = platt(z[:, :2], bits)
    level = threshold(sigmoid(z[:, :2] * slopes + shifts), y)
    final = Linear(texts)
    final.calibrate(slopes, shifts)
    weights = final.bytes()
    (HERE / "weights" / "linear.bin").write_bytes(weights)
    (HERE / "weights" / "reading.toml").write_text(
        "# Written by lens/train, on writers that the weights judged had not read.\n"
        "# From this confidence on the lens says what it saw; under it the member is asked.\n"
        f"threshold = {level:.3f}\n"
        "# From this probability on a dimension is named.\n"
        f"dimension = {CLEAR}\n")
    sample = [t for t in texts if len(t.text) < 400][:: max(1, len(texts) // 60)]
    (HERE / "parity.json").write_text(json.dumps(
        [{"text": t.text, "logits": [round(float(v), 4) for v in r]}
         for t, r in zip(sample, final.read([t.text for t in sample]))], indent=0, ensure_ascii=False) + "\n")
    lines += ["", f"{len(texts)} texts, {len(writers)} writers; threshold {level:.3f}; {len(weights):,} bytes of weights."]
    table = "\n".join(lines)
    print(table)
    (HERE / "figures.md").write_text("# Figures of the linear lens\n\nWritten by `lens/train`.\n\n" + table + "\n")


if __name__ == "__main__":
    sys.exit(main())
