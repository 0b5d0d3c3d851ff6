"""Makes electron/evaluation/scorers/ifeval/langdetect/language-profiles.json: the n-gram profiles and the kanji classes of
Python's langdetect, without n-grams that its own normalisation can never produce.

    python3 -m venv /tmp/goldens && /tmp/goldens/bin/pip install langdetect==1.0.9
    /tmp/goldens/bin/python test/electron/evaluation/scorers/golden/make_language_profiles.py
"""

import json
import pathlib

import langdetect
from langdetect.utils.ngram import NGram

source = pathlib.Path(langdetect.__file__).parent / "profiles"
target = pathlib.Path(__file__).parents[5] / "electron/evaluation/scorers/ifeval/langdetect/language-profiles.json"

# Every character that can reach an n-gram. Hangul, for example, becomes one character, so 20,000 n-grams can't match.
reachable = {NGram.normalize(chr(code)) for code in range(0x110000)}

profiles = {}
for path in sorted(source.iterdir()):
    profile = json.loads(path.read_text(encoding="utf8"))
    assert profile["name"] == path.name and not set("0123456789") & set("".join(profile["freq"]))
    grams = {gram: count for gram, count in profile["freq"].items() if set(gram) <= reachable and gram != " "}
    assert all(1 <= len(gram) <= 3 for gram in grams)
    profiles[path.name] = {
        "totals": profile["n_words"],
        # No n-gram holds a digit, so its count ends it.
        "counts": "".join(f"{gram}{count}" for gram, count in grams.items()),
    }
assert len(profiles) == 55

kanji = {}
for char, representative in NGram.CJK_MAP.items():
    if char != representative:
        kanji.setdefault(representative, []).append(char)

data = {
    "profiles": profiles,
    # The first character stands for the others.
    "kanji": [representative + "".join(chars) for representative, chars in kanji.items()],
}
target.parent.mkdir(exist_ok=True)
target.write_text(json.dumps(data, indent="\t", ensure_ascii=False) + "\n", encoding="utf8")
print(target.stat().st_size)
