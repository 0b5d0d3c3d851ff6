"""Writes bfcl-verdicts.json: varied calls with the verdicts of BFCL's own checker.

pip install --no-deps --target /tmp/bfcl bfcl-eval==2026.3.23
PYTHONPATH=/tmp/bfcl python3 make-verdicts.py

The calls are made from the starter set `texts/datasets/tools.jsonl` and from the tools below, which have the types that
it lacks. Only the checker is BFCL's (Apache-2.0); none of its data is used.
"""

import copy
import json
import pathlib
import random
import sys
import types

models = types.ModuleType("model_config")


class Names(dict):
    def __getitem__(self, key):
        return types.SimpleNamespace(underscore_to_dot=False)


# The checker asks its list of models whether dots in names become underscores; the list needs every provider's package.
models.MODEL_CONFIG_MAPPING = Names()
sys.modules["bfcl_eval.constants.model_config"] = models
for language in ("java", "js"):
    converter = types.ModuleType(language)
    setattr(converter, f"{language}_type_converter", None)
    sys.modules[f"bfcl_eval.eval_checker.ast_eval.type_convertor.{language}_type_converter"] = converter

from bfcl_eval.constants.enums import Language  # noqa: E402
from bfcl_eval.eval_checker.ast_eval.ast_checker import ast_checker  # noqa: E402

here = pathlib.Path(__file__).parent
dice = random.Random(20261128)

SHAPES = {
    "name": "shapes.measure",
    "parameters": {
        "type": "dict",
        "properties": {
            "points": {"type": "array", "items": {"type": "tuple"}},
            "weights": {"type": "array", "items": {"type": "float"}},
            "counts": {"type": "array", "items": {"type": "integer"}},
            "names": {"type": "array", "items": {"type": "string"}},
            "flags": {"type": "array", "items": {"type": "boolean"}},
            "pair": {"type": "tuple", "items": {"type": "integer"}},
            "style": {"type": "dict", "properties": {}},
            "rows": {"type": "array", "items": {"type": "dict"}},
            "label": {"type": "any"},
            "scale": {"type": "float"},
            "depth": {"type": "integer"},
            "closed": {"type": "boolean"},
        },
        "required": ["depth"],
    },
}
EXTRA = [
    {"shapes.measure": {"depth": [3], "scale": [1.5, 2], "closed": [True], "label": ["", "O'Neil"]}},
    {"shapes.measure": {"depth": [3, "n"], "weights": [[1.0, 2.5], [1, 2.5]], "counts": [[1, 2]], "names": [["Ann-Lee", "B. C."], ""]}},
    {"shapes.measure": {"depth": [0], "points": [[[1, 2], [3, 4]]], "pair": [[7, 8], ""], "flags": [[True, False]]}},
    {"shapes.measure": {"depth": [-2], "style": [{"color": ["Light Blue", "light-blue"], "width": [2, 2.0, ""]}], "scale": [""]}},
    {"shapes.measure": {"depth": [9], "rows": [[{"a": [1], "b": ["x y", ""]}, {"a": [2, 3]}]], "label": [7, "seven"]}},
    {"shapes.measure": {"depth": [1], "rows": [[], ""], "names": [""], "weights": ["w"], "counts": [[]]}},
]


def changed(value):
    if isinstance(value, bool):
        return dice.choice([not value, str(value), int(value)])
    if isinstance(value, int):
        return dice.choice([value + 1, float(value), str(value), -value])
    if isinstance(value, float):
        return dice.choice([value + 0.5, int(value), str(value), value])
    if isinstance(value, str):
        return dice.choice([value.upper(), value + " ", value.replace(" ", "-"), value[:-1], value + "!", "'" + value, [value], 7, None])
    if isinstance(value, list):
        other = copy.deepcopy(value)
        if not other:
            return [1]
        roll = dice.random()
        if roll < 0.3:
            other.pop()
        elif roll < 0.6:
            at = dice.randrange(len(other))
            other[at] = changed(other[at])
        elif roll < 0.8:
            other.reverse()
        else:
            other.append(other[0])
        return other
    if isinstance(value, dict):
        other = copy.deepcopy(value)
        if not other:
            return {"x": 1}
        key = dice.choice(list(other))
        roll = dice.random()
        if roll < 0.3:
            del other[key]
        elif roll < 0.7:
            other[key] = changed(other[key])
        else:
            other["extra"] = 1
        return other
    return value


def concrete(value):
    """Allowed dicts hold a list of values for each key."""
    if isinstance(value, dict):
        return {
            key: concrete(dice.choice([one for one in allowed if one != ""] or [None]))
            for key, allowed in value.items()
            if not ("" in allowed and dice.random() < 0.4)
        }
    if isinstance(value, list):
        return [concrete(one) if isinstance(one, dict) else one for one in value]
    return value


def call_for(answer):
    calls = []
    for one in answer:
        ((name, allowed),) = one.items()
        arguments = {}
        for key, values in allowed.items():
            real = [value for value in values if value != ""]
            if real and not ("" in values and dice.random() < 0.4):
                arguments[key] = concrete(dice.choice(real))
        calls.append({name: arguments})
    roll = dice.random()
    if roll < 0.25:
        dice.shuffle(calls)
        return calls
    if roll < 0.3:
        return calls[:-1]
    if roll < 0.35:
        return calls + [copy.deepcopy(calls[0])]
    chosen = dice.choice(calls)
    ((name, arguments),) = chosen.items()
    if roll < 0.4:
        chosen.clear()
        chosen[name + "s"] = arguments
    elif arguments and roll < 0.48:
        del arguments[dice.choice(list(arguments))]
    elif roll < 0.53:
        arguments["unexpected"] = 1
    elif arguments:
        key = dice.choice(list(arguments))
        arguments[key] = changed(arguments[key])
    return calls


def with_python_types(schema):
    names = {"object": "dict", "number": "float"}
    other = {**schema, "type": names.get(schema.get("type"), schema.get("type"))}
    if "properties" in schema:
        other["properties"] = {key: with_python_types(own) for key, own in schema["properties"].items()}
    if "items" in schema:
        other["items"] = with_python_types(schema["items"])
    return other


def verdict(tools, calls, answer):
    category = "parallel_multiple" if len(answer) > 1 else "multiple"
    typed = [{**tool, "parameters": with_python_types(tool["parameters"])} for tool in tools]
    return ast_checker(typed, calls, answer, Language.PYTHON, category, "any")["valid"]


cases = []
starter = here.parents[4] / "texts" / "datasets" / "tools.jsonl"
tasks = [json.loads(line) for line in starter.read_text(encoding="utf-8").splitlines()]
asked = [(one["id"], one["metadata"]["tools"], one["metadata"]["calls"]) for one in tasks]
asked += [(None, [SHAPES], [answer]) for answer in EXTRA for _ in range(12)]
for key, tools, answer in asked:
    if not isinstance(answer, list) or not answer:
        continue
    for _ in range(4):
        calls = call_for(answer)
        case = {"sample": key} if key else {"answer": json.dumps(answer)}
        # As text: in JSON of other languages 5.0 becomes 5.
        cases.append({**case, "calls": json.dumps(calls), "valid": verdict(tools, calls, answer)})

lines = ",\n".join("\t\t" + json.dumps(case, ensure_ascii=False) for case in cases)
tool = json.dumps(SHAPES)
(here / "bfcl-verdicts.json").write_text(f'{{\n\t"tool": {tool},\n\t"cases": [\n{lines}\n\t]\n}}\n', encoding="utf-8")
print(len(cases), "cases,", sum(case["valid"] for case in cases), "right")
