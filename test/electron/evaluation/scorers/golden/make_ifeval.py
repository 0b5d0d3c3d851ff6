"""Makes ifeval.json beside this file: what lm-evaluation-harness's own checkers say of responses written for this.

    python3 -m venv /tmp/goldens && /tmp/goldens/bin/pip install nltk==3.10.4 langdetect==1.0.9 immutabledict
    /tmp/goldens/bin/pip download --no-deps lm_eval==0.4.13 -d /tmp/lmeval && cd /tmp/lmeval && unzip lm_eval*.whl 'lm_eval/tasks/ifeval/*'
    PYTHONPATH=/tmp/lmeval /tmp/goldens/bin/python test/electron/evaluation/scorers/golden/make_ifeval.py

Punkt's trained English model could not be had: sentences are told apart by NLTK's Punkt with a list of abbreviations.
"""

import importlib.util
import json
import pathlib
import sys
import types

import nltk
from nltk.tokenize import NLTKWordTokenizer
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

parameters = PunktParameters()
parameters.abbrev_types = set("mr mrs ms dr prof st vs etc e.g i.e inc ltd u.s a.m p.m no".split())
punkt = PunktSentenceTokenizer(parameters)
nltk.data.find = lambda *_args, **_kw: True
nltk.data.load = lambda *_args, **_kw: punkt
nltk.word_tokenize = lambda text: [t for s in punkt.tokenize(text) for t in NLTKWordTokenizer().tokenize(s)]

# The folder's __init__ files would import the whole harness.
root = next(p for p in map(pathlib.Path, sys.path) if (p / "lm_eval/tasks/ifeval/instructions.py").exists()) / "lm_eval/tasks/ifeval"
for name in ("lm_eval", "lm_eval.tasks", "lm_eval.tasks.ifeval"):
    sys.modules[name] = types.ModuleType(name)
for name in ("instructions_util", "instructions", "instructions_registry"):
    spec = importlib.util.spec_from_file_location(f"lm_eval.tasks.ifeval.{name}", root / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[f"lm_eval.tasks.ifeval.{name}"] = module
    setattr(sys.modules["lm_eval.tasks.ifeval"], name, module)
    spec.loader.exec_module(module)
registry = sys.modules["lm_eval.tasks.ifeval.instructions_registry"].INSTRUCTION_DICT

import langdetect  # noqa: E402

langdetect.DetectorFactory.seed = 0

responses = [
    "",
    "   \n\n ",
    "Yes.",
    "My answer is yes.",
    "I thought about it for a long while. My answer is maybe. Nothing else is sure.",
    "The harbour lies quiet in the morning. Boats come in at noon; the market opens at once. Who would not like that? I would!",
    "the harbour lies quiet in the morning. boats come in at noon, and the market opens at once.",
    "THE HARBOUR LIES QUIET IN THE MORNING. BOATS COME IN AT NOON AND THE MARKET OPENS AT ONCE. DON'T WAIT.",
    "Dr. Weber met Mr. Lind at 5 p.m. near No. 7, Harbour Street. They spoke of e.g. fishing, nets, etc. and left. It was late.",
    "* one\n* two\n* three\n- four\n\nThat is all.",
    "* one\n** two\n*** three\n  * four\n-- five\n*\n- six",
    "1. First do this.\n2. Then do that.\n3. Finally rest.",
    "*highlighted* and **bold text** and * * and ** ** and *two words here* done.",
    "**Title**\n\n*a*\n*b*\n*c*",
    "<<The Harbour at Dawn>>\n\nIt begins before the sun is up.",
    "<< >>\nNo title here <<>>",
    "<<<Nested>>> and <<second>>",
    "\"Everything is quoted here.\"",
    "\"",
    "\"\"",
    "  \"Quoted with spaces around.\"  \n",
    "{\"name\": \"Ada\", \"year\": 1843}",
    "```json\n{\"name\": \"Ada\", \"list\": [1, 2, 3]}\n```",
    "```JSON\n[1, 2]\n```",
    "```\n{\"value\": NaN, \"more\": -Infinity}\n```",
    "Here is the JSON:\n```json\n{\"a\": 1}\n```",
    "{\"broken\": }",
    "First answer.\n******\nSecond answer.",
    "******\nFirst answer.\n******\nSecond answer.\n******",
    "Same.\n******\nSame.",
    "One\n******\n\n******\nTwo",
    "Paragraph one.\n***\nParagraph two.\n***\nParagraph three.",
    "***\nParagraph one.\n***\nParagraph two.\n***\n",
    "Paragraph one.\n***\n \n***\nParagraph three.",
    "Weekend plans are easy.\n\nSailing comes first.\n\n'Weekend' it is, again.\n\n\"Weekend.\" The last word.",
    "Intro.\n\nWeekend, of course.\n\nOutro.",
    "SECTION 1\nText of one.\nSECTION 2\nText of two.\nSECTION 3 and 4\nEnd.",
    "Section 1: a\nSection2: b\nSection  3: c",
    "Dear [name], come to [place] at [time]. Bring [a\nthing].",
    "[] [ ] [[nested]] text",
    "A letter without comma\n\nP.S. I forgot the boat.",
    "A letter, with comma.\n\nP. S. nothing\np.s. something",
    "Body of text\n\nP.P.S I forgot it twice.\nP.P.S. again",
    "PPS no dots here",
    "Is there anything else I can help with?",
    "Some text first.\nIs there anything else I can help with?\"",
    "Is there anything else I can help with?\n\nBye.",
    "Write a short poem about the sea. The sea is wide and cold.",
    "write a SHORT poem about the SEA.   The sea is wide",
    "Sure! Here it is:\n\nWrite a short poem about the sea.\n\nThe sea.",
    "NASA and ESA sent a ROVER to MARS; it's A-OK, said the U.S. team. \"GO!\" they CRIED (LOUDLY) -- AND/OR *QUIETLY*.",
    "I'M SURE IT'S FINE, WE'LL SEE, YOU DON'T KNOW.",
    "Der Hafen liegt am Morgen ruhig da. Die Boote kommen mittags herein, und der Markt beginnt sofort.",
    "Le port est calme le matin. Les bateaux arrivent à midi, et le marché commence aussitôt après.",
    "El puerto está tranquilo por la mañana. Los barcos llegan al mediodía y el mercado empieza enseguida.",
    "Утром в порту тихо. Лодки приходят в полдень, и сразу же открывается рынок.",
    "港は朝、静かです。船は正午に入り、市場がすぐに開きます。",
    "항구는 아침에 조용합니다. 배는 정오에 들어오고 시장이 바로 열립니다.",
    "सुबह बंदरगाह शांत रहता है। नावें दोपहर में आती हैं और बाजार तुरंत खुल जाता है।",
    "الميناء هادئ في الصباح. تصل القوارب عند الظهر ويفتح السوق على الفور.",
    "ท่าเรือเงียบสงบในตอนเช้า เรือเข้ามาตอนเที่ยงและตลาดก็เปิดทันที",
    "Il porto è tranquillo al mattino. Le barche arrivano a mezzogiorno e il mercato apre subito.",
    "Satama on aamulla hiljainen. Veneet tulevat keskipäivällä, ja tori avataan heti.",
    "Бреговете са тихи сутрин. Лодките идват на обяд и пазарът отваря веднага.",
    "12345 67890 !!!",
    "Boat boat BOAT boats. A boathouse; the boat's sail. über-boat naïve café cafés",
    "Line one\r\nLine two\r\n* bullet with cr\r\n- another",
    "word " * 60,
    "One. Two. Three. Four. Five. Six.",
    "Wait... what? Really?! Yes. \"No.\" (Perhaps.) It goes on... and on. The end",
    "*First line only stars*\nKeep this, please.\nLast line with * star.",
    "Comma, here\nclean middle line\nanother, comma",
    "Harbour\n\n* a\n* b\n\nlast",
]
kw = {
    "keywords:existence": [{"keywords": ["boat", "sail"]}, {"keywords": ["sea"]}, {"keywords": ["café"]}],
    "keywords:frequency": [{"keyword": "boat", "frequency": 3, "relation": "at least"}, {"keyword": "the", "frequency": 2, "relation": "less than"}],
    "keywords:forbidden_words": [{"forbidden_words": ["boat"]}, {"forbidden_words": ["cafe", "naïve"]}, {"forbidden_words": ["market", "the"]}],
    "keywords:letter_frequency": [{"letter": "e", "let_frequency": 4, "let_relation": "at least"}, {"letter": "Q", "let_frequency": 1, "let_relation": "less than"}],
    "language:response_language": [{"language": code} for code in ("en", "de", "ru", "ko", "hi", "ar", "th", "it", "fi", "bg")],
    "length_constraints:number_words": [{"num_words": 10, "relation": "at least"}, {"num_words": 5, "relation": "less than"}],
    "length_constraints:number_sentences": [{"num_sentences": n, "relation": r} for n in (2, 3, 4, 6) for r in ("at least", "less than")],
    "length_constraints:number_paragraphs": [{"num_paragraphs": 2}, {"num_paragraphs": 3}],
    "length_constraints:nth_paragraph_first_word": [{"num_paragraphs": 4, "nth_paragraph": n, "first_word": "weekend"} for n in (1, 3, 4)] + [{"num_paragraphs": 3, "nth_paragraph": 2, "first_word": "Weekend"}],
    "detectable_content:number_placeholders": [{"num_placeholders": 1}, {"num_placeholders": 3}],
    "detectable_content:postscript": [{"postscript_marker": "P.S."}, {"postscript_marker": "P.P.S"}],
    "detectable_format:number_bullet_lists": [{"num_bullets": n} for n in (2, 3, 4, 5)],
    "detectable_format:constrained_response": [{}],
    "detectable_format:number_highlighted_sections": [{"num_highlights": n} for n in (1, 3, 4)],
    "detectable_format:multiple_sections": [{"section_spliter": "SECTION", "num_sections": 3}, {"section_spliter": "Section", "num_sections": 2}],
    "detectable_format:json_format": [{}],
    "detectable_format:title": [{}],
    "combination:two_responses": [{}],
    "combination:repeat_prompt": [{"prompt_to_repeat": "Write a short poem about the sea."}],
    "startend:end_checker": [{"end_phrase": "Is there anything else I can help with?"}],
    "startend:quotation": [{}],
    "change_case:capital_word_frequency": [{"capital_frequency": n, "capital_relation": r} for n in (2, 8, 9, 12) for r in ("at least", "less than")],
    "change_case:english_capital": [{}],
    "change_case:english_lowercase": [{}],
    "punctuation:no_comma": [{}],
}
assert len(kw) == 25


def followed(checker, response):
    return bool(response.strip() and checker.check_following(response))


def loose(checker, response):
    lines = response.split("\n")
    first, last, both = "\n".join(lines[1:]).strip(), "\n".join(lines[:-1]).strip(), "\n".join(lines[1:-1]).strip()
    variants = [response, response.replace("*", ""), first, last, both, first.replace("*", ""), last.replace("*", ""), both.replace("*", "")]
    return any(followed(checker, variant) for variant in variants)


instructions = []
for name, arguments in kw.items():
    for args in arguments:
        checker = registry[name](name)
        checker.build_description(**args)
        instructions.append({
            "id": name,
            "kwargs": args,
            "strict": "".join("1" if followed(checker, r) else "0" for r in responses),
            "loose": "".join("1" if loose(checker, r) else "0" for r in responses),
        })

path = pathlib.Path(__file__).with_name("ifeval.json")
path.write_text(json.dumps({"responses": responses, "instructions": instructions}, indent="\t", ensure_ascii=False) + "\n")
print(len(responses), len(instructions))
