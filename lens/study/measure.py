"""What is counted, and how."""

import numpy as np

from .corpus import HATS


def four(p):
    """Two probabilities (manager, leader) to four classes."""
    m, l = p[:, 0], p[:, 1]
    return np.stack([m * (1 - l), (1 - m) * l, m * l, (1 - m) * (1 - l)], 1)


def macro_f1(y, said):
    out = []
    for c in range(len(HATS)):
        tp = ((said == c) & (y == c)).sum()
        wrong = ((said == c) != (y == c)).sum()
        out.append(2 * tp / (2 * tp + wrong) if tp + wrong else 0.0)
    return float(np.mean(out))


def figures(texts, p, threshold):
    y = np.array([t.hat for t in texts])
    four_p = four(p)
    said, sure = four_p.argmax(1), four_p.max(1)
    long = np.array([len(t.text.split()) >= 40 for t in texts])
    answered = sure >= threshold
    opposite = ((y == 0) & (said == 1)) | ((y == 1) & (said == 0))
    n = max(1, answered.sum())
    return {
        "macro-F1": macro_f1(y, said),
        "accuracy": float((said == y).mean()),
        "coverage": float(answered.mean()),
        "accuracy there": float((said == y)[answered].mean()) if answered.any() else 0.0,
        "opposite": float(opposite[answered].sum() / n),
        "40+ words": macro_f1(y[long], said[long]),
        "40+ accuracy": float((said == y)[long].mean()),
        "n": len(texts),
    }


COLUMNS = ["n", "macro-F1", "accuracy", "coverage", "accuracy there", "opposite", "40+ words"]
HEADER = "| writers left out | texts | macro-F1, forced | accuracy, forced | coverage | accuracy there | opposite hat there | 40 words and more, macro-F1 |\n|---|---|---|---|---|---|---|---|"


def row(name, f):
    return f"| {name} | " + " | ".join(f"{f[c]:.3f}" if c != "n" else str(f[c]) for c in COLUMNS) + " |"


def pair_figures(texts, p, threshold):
    """Of contrast pairs: the share answered, the share right of that, and the pairs with no wrong answer."""
    f = figures(texts, p, threshold)
    y, said = np.array([t.hat for t in texts]), four(p).argmax(1)
    wrong = (four(p).max(1) >= threshold) & (said != y)
    pairs = {t.pair: False for t in texts}
    for t, w in zip(texts, wrong):
        pairs[t.pair] |= bool(w)
    return {**f, "pairs": len(pairs), "no wrong answer": 1 - sum(pairs.values()) / max(1, len(pairs))}


PAIR_COLUMNS = ["accuracy", "coverage", "accuracy there", "no wrong answer"]
