"""Sentences and words of a text. The binary does the same, step by step: see
src/coach/lens/words.rs; the fixture of parity holds the two together."""

import re
import unicodedata

END = ".!?…"
CLOSING = "\"'”’)]*_"
ABBREVIATIONS = {"e.g.", "i.e.", "mr.", "mrs.", "ms.", "dr.", "vs.", "etc.", "approx.", "no.", "st."}


def sentences(text):
    """Lines, cut after end marks that white space follows, save abbreviations and trailing dots."""
    out = []
    for line in re.split(r"[\n\r]", text):
        start = 0
        i = 0
        while i < len(line):
            if line[i] in END:
                j = i + 1
                while j < len(line) and (line[j] in END or line[j] in CLOSING):
                    j += 1
                k = j
                while k < len(line) and line[k].isspace():
                    k += 1
                word = line[start:j].split()
                word = word[-1].lower() if word else ""
                trails = line[j - 1] == "…" or line[i:j].startswith("..")
                goes_on = trails and k < len(line) and line[k].islower()
                if j < k < len(line) and not goes_on and word not in ABBREVIATIONS:
                    out.append(line[start:j])
                    start = k
                i = max(j, i + 1)
            else:
                i += 1
        out.append(line[start:])
    return [s.strip() for s in out if any(c.isalnum() for c in s)]


def plain(text):
    """Small letters, no marks on them, straight apostrophes."""
    text = text.lower().replace("’", "'").replace("‘", "'").replace("`", "'")
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c)[0] != "M")


def words(text):
    """Runs of letters, digits and inner apostrophes."""
    out = []
    for w in re.findall(r"[^\W_]+(?:'[^\W_]+)*", plain(text)):
        out.append(w)
    return out
