"""Trains the lens, judges it by leaving whole writers out, and writes what the binary carries.

Prints the tables of figures.md. `python -m study` from the folder above; `./train` makes the environment."""

import hashlib
import json
import pathlib
import sys
import time

import jax
import numpy as np

from . import agreement, corpus, encoder
from .judge import Judged, folds, sigmoid
from .measure import PAIR_COLUMNS
from .linear import Linear
from .pieces import reference

HERE = pathlib.Path(__file__).parent.parent
CLEAR = 0.7
AIMS = [("macro-F1, forced", "macro-F1", "at least 0.86"), ("coverage", "coverage", "at least 0.70"),
        ("accuracy there", "accuracy there", "at least 0.95"), ("opposite hat there", "opposite", "at most 0.005"),
        ("40 words and more, macro-F1", "40+ words", "at least 0.75")]
BY_HAND = "## Measured in the binary"
START = time.time()


def say(line):
    print(f"[{time.time() - START:.0f} s] {line}", file=sys.stderr, flush=True)


def lesson(texts, read):
    """The texts that the encoder is taught: contrast pairs twice, for they are few, and the few words in which the
    two differ are what it has to learn."""
    return [*read, *(i for i in read if texts[i].pair)]


def unread(texts, ground, left_out):
    """Logits of the linear lens (6) and the encoder (2) for the texts of writers that neither had read.
    Kept, so that a run that was broken off goes on where it was; made anew when texts or code differ."""
    out = [i for i, t in enumerate(texts) if t.writer in left_out]
    read = [i for i, t in enumerate(texts) if t.writer not in left_out]
    told = hashlib.sha256(repr([(t.writer, t.text, t.bits, t.said, t.dimension) for t in texts]).encode())
    for file in ("linear.py", "encoder.py", "pieces.py", "text.py"):
        told.update((pathlib.Path(__file__).parent / file).read_bytes())
    kept = HERE / ".made" / f"{'-'.join(left_out)}-{told.hexdigest()[:16]}.npy"
    if not kept.exists():
        say(f"{', '.join(left_out)} left out: {len(read)} texts to read")
        own = Linear([texts[i] for i in read]).read([texts[i].text for i in out])
        deep = encoder.read(encoder.train(ground, lesson(texts, read), say=say), ground.stays, [ground.cuts[i] for i in out])
        kept.parent.mkdir(exist_ok=True)
        np.save(kept, np.hstack([own, deep]))
    return np.load(kept)


def side_by_side(judged):
    lines = ["| all writers, each left out | " + " | ".join(judged) + " | aim |", "|---|" + "---|" * (len(judged) + 1)]
    everything = [j.on(j.everyday) for j in judged.values()]
    lines += [f"| {name} | " + " | ".join(f"{f[key]:.3f}" for f in everything) + f" | {aim} |" for name, key, aim in AIMS]
    return lines


def contrast(texts, judged):
    """Contrast pairs by kind, of writers left out."""
    lines = ["| kind | pairs | right, forced | answered | right of that | no wrong answer in the pair |", "|---|---|---|---|---|---|"]
    for kind in [*dict.fromkeys(t.kind for t in texts if t.pair), None]:
        f = judged.on_pairs(kind)
        lines.append(f"| {kind or 'all'} | {f['pairs']} | " + " | ".join(f"{f[c]:.3f}" for c in PAIR_COLUMNS) + " |")
    return lines


def dimensions(texts, z):
    of = np.array([t.dimension for t in texts])
    shown = sigmoid(z)
    clear = (of >= 0) & (shown.max(1) >= CLEAR)
    right = (shown.argmax(1) == of)[clear].mean()
    return (f"Dimension (linear lens), where its probability is {CLEAR} or more: named for "
            f"{clear.sum() / (of >= 0).sum():.3f} of the texts with that label, right in {right:.3f}.")


def write_parity(ground, linear, params):
    """What the Rust must repeat: the pieces as the reference cuts them, and both lenses' logits."""
    texts, cutter, cut = ground.texts, ground.cutter, reference(ground.cutter)
    same = [t for t in texts if sum((cutter.cut(s) for s in t.sentences), []) == sum((cut(s) for s in t.sentences), [])]
    sample = [t for t in same if len(t.text) < 400][:: max(1, len(same) // 60)]
    sample += sorted(same, key=lambda t: -len(t.text))[:3]
    lone = linear.read([t.text for t in sample])
    both = encoder.read(params, ground.stays, [encoder.Cut(cutter, t.sentences) for t in sample])
    rounded = lambda r: [round(float(v), 4) for v in r]
    rows = [{"text": t.text, "pieces": [cut(s) for s in t.sentences], "linear": rounded(a), "encoder": rounded(b)}
            for t, a, b in zip(sample, lone, both)]
    (HERE / "parity.json").write_text(
        "[\n" + ",\n".join(json.dumps(r, ensure_ascii=False) for r in rows) + "\n]\n", encoding="utf8")
    return f"Pieces as the reference cuts them in {len(same)} of {len(texts)} texts; the others have signs such as emoji in a word."


def main():
    jax.config.update("jax_compilation_cache_dir", str(HERE / ".made"))
    texts = corpus.load()
    writers = list(dict.fromkeys(t.writer for t in texts))
    ground = encoder.Ground(texts)
    say(f"{len(texts)} texts cut")
    z = np.zeros((len(texts), 8))
    group = np.zeros(len(texts), int)
    for n, left_out in enumerate(folds(writers)):
        out = np.array([t.writer in left_out for t in texts])
        group[out] = n
        z[out] = unread(texts, ground, left_out)
    judged = {
        "linear": Judged(texts, group, z[:, :2, None]),
        "encoder": Judged(texts, group, z[:, 6:, None]),
        "both": Judged(texts, group, np.stack([z[:, :2], z[:, 6:]], 2)),
    }
    say("the weights, on all texts")
    both = judged["both"]
    linear = Linear(texts)
    linear.calibrate(both.slopes[:, 0], both.shifts)
    params = encoder.train(ground, lesson(texts, range(len(texts))), say=say)
    params["heads"] = {n: np.asarray(v) * both.slopes[:, 1].reshape(-1, *[1] * (np.ndim(v) - 1))
                       for n, v in params["heads"].items()}
    weights = {"linear.bin": linear.bytes(), "encoder.bin": encoder.blob(params, ground.stays, ground.cutter)}
    for name, made in weights.items():
        (HERE / "weights" / name).write_bytes(made)
    (HERE / "weights" / "reading.toml").write_text(
        "# Written by lens/train, on writers that the weights judged had not read.\n"
        "# From this confidence on the lens says what it saw; under it the member is asked.\n"
        f"threshold = {both.last:.3f}\n"
        "# From this probability on a dimension is named.\n"
        f"dimension = {CLEAR}\n")
    lines = [*side_by_side(judged)]
    for name, title in (("both", "Both, as in the binary"), ("encoder", "The encoder alone"), ("linear", "The linear lens alone")):
        lines += ["", f"## {title}", "", *judged[name].table()]
    lines += ["", "## Contrast pairs, both lenses", "", *contrast(texts, both)]
    lines += ["", "## Beside that", "", "- " + dimensions(texts, z[:, 2:6]), *["- " + l for l in agreement.lines(texts)]]
    lines += ["- " + write_parity(ground, linear, params)]
    sizes = ", ".join(f"{name} {len(made):,}" for name, made in weights.items())
    lines += [f"- {len(texts)} texts, {len(writers)} writers; threshold {both.last:.3f}; bytes of weights: {sizes}."]
    path = HERE / "figures.md"
    old = path.read_text(encoding="utf8") if path.exists() else ""
    by_hand = old[old.index(BY_HAND):] if BY_HAND in old else BY_HAND + "\n"
    print("\n".join(lines))
    path.write_text("# Figures of the lens\n\nWritten by `lens/train`, but for the last section.\n\n"
                    + "\n".join(lines) + "\n\n" + by_hand, encoding="utf8")
    say("done")


if __name__ == "__main__":
    sys.exit(main())
