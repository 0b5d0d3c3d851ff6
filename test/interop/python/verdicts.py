"""Answers each line of a JSONL file with lm-evaluation-harness's verdict, as a line of another: verdicts.py IN OUT."""

import json
import sys

import langdetect
import nltk
from nltk.tokenize import NLTKWordTokenizer
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

# Punkt's trained English model is a download of its own: sentences are told apart with a list of abbreviations, as in
# test/electron/evaluation/scorers/golden/make_ifeval.py.
parameters = PunktParameters()
parameters.abbrev_types = set("mr mrs ms dr prof st vs etc e.g i.e inc ltd u.s a.m p.m no".split())
punkt = PunktSentenceTokenizer(parameters)
nltk.data.find = lambda *_args, **_kw: True
nltk.data.load = lambda *_args, **_kw: punkt
nltk.word_tokenize = lambda text: [t for s in punkt.tokenize(text) for t in NLTKWordTokenizer().tokenize(s)]
langdetect.DetectorFactory.seed = 0

import yaml  # noqa: E402
from lm_eval.api.metrics import exact_match_hf_evaluate  # noqa: E402
from lm_eval.filters.extraction import RegexFilter  # noqa: E402
from lm_eval.tasks.ifeval.instructions_registry import INSTRUCTION_DICT  # noqa: E402
from lm_eval.tasks.ifeval.utils import process_results  # noqa: E402
import lm_eval.tasks  # noqa: E402
import pathlib  # noqa: E402

tasks = pathlib.Path(lm_eval.tasks.__file__).parent


class Loader(yaml.SafeLoader):
    """Task files refer to functions of Python by a tag of their own."""


Loader.add_multi_constructor("!", lambda *_: None)


def task(path):
    """The filters of a task by name, and how it compares."""
    config = yaml.load((tasks / path).read_text(), Loader)
    steps = {one["name"]: one["filter"][0] for one in config["filter_list"]}
    filters = {
        name: RegexFilter(**{key: value for key, value in step.items() if key != "function"}) for name, step in steps.items()
    }
    ignored = ("ignore_case", "ignore_punctuation", "regexes_to_ignore")
    return filters, {key: config["metric_list"][0][key] for key in ignored if key in config["metric_list"][0]}


gsm8k, gsm8k_match = task("gsm8k/gsm8k.yaml")
bbh, bbh_match = task("bbh/cot_fewshot/_cot_fewshot_template_yaml")


def extract(filters, match, case):
    result = {}
    for name, one in filters.items():
        [[found, *_]] = one.apply([[case["output"]]], None)
        right = exact_match_hf_evaluate([found], [case["target"]], **match)["exact_match"]
        result[name] = {"found": found, "right": int(right)}
    return result


def answer(case):
    if case["kind"] == "gsm8k":
        return extract(gsm8k, gsm8k_match, case)
    if case["kind"] == "bbh":
        return extract(bbh, bbh_match, case)
    doc = {"key": 0, "prompt": case["prompt"], "instruction_id_list": case["ids"], "kwargs": case["kwargs"]}
    verdict = process_results(doc, [case["output"]])
    return {"strict": verdict["inst_level_strict_acc"], "loose": verdict["inst_level_loose_acc"]}


assert len(INSTRUCTION_DICT) == 25
with open(sys.argv[1]) as cases, open(sys.argv[2], "w") as verdicts:
    for line in cases:
        verdicts.write(json.dumps(answer(json.loads(line))) + "\n")
