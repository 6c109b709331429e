"""Pieces of words, as MiniLM's vocabulary cuts them. The binary does the same: see crates/encoder/src/tokenizer.rs.

Unlike BERT's own cutting, every sign that is neither letter nor digit stands alone (BERT glues an emoji to
its word, and then knows neither), and a sign that the vocabulary lacks is left out."""

from . import text

UNKNOWN, START, END = "[UNK]", "[CLS]", "[SEP]"
LONGEST = 100


def chosen(vocabulary, most):
    """The `most` pieces that are used most in English, for MiniLM's list is ordered by that, and every
    single character, so that any word can still be cut; letters beyond a to z are left out. In the order of
    their bytes."""
    fits = lambda s: all(c.isascii() or not c.isalnum() for c in s) and not (s.startswith("[") and len(s) > 1)
    own = [s for s in vocabulary if fits(s)]
    single = [s for s in own if len(s.removeprefix("##")) == 1]
    rest = [s for s in own if len(s.removeprefix("##")) > 1]
    keep = {UNKNOWN, START, END, *single, *rest[: most - 3 - len(single)]}
    return sorted(keep, key=str.encode)


class Pieces:
    def __init__(self, names):
        self.names = names
        self.place = {s: i for i, s in enumerate(names)}
        self.unknown, self.start, self.end = (self.place[s] for s in (UNKNOWN, START, END))

    def cut(self, said):
        """Ids of a text, without start and end."""
        out = []
        for run in text.plain(said).split():
            word = ""
            for c in run:
                if c.isalnum():
                    word += c
                    continue
                out += self.word(word)
                word = ""
                if c in self.place:
                    out.append(self.place[c])
            out += self.word(word)
        return out

    def word(self, word):
        """The longest pieces from the left; unknown where one cannot go on."""
        out, at = [], 0
        if len(word) > LONGEST:
            return [self.unknown]
        while at < len(word):
            for end in range(len(word), at, -1):
                found = self.place.get(("##" if at else "") + word[at:end])
                if found is not None:
                    break
            else:
                return [self.unknown]
            out.append(found)
            at = end
        return out


def reference(own):
    """The reference's cutting over the same pieces, as a function of a text in small letters."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    made = Tokenizer(models.WordPiece(own.place, unk_token=UNKNOWN, max_input_chars_per_word=LONGEST))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return lambda said: made.encode(text.plain(said), add_special_tokens=False).ids
