"""
Scores the choices of a file's items with lm-evaluation-harness: by its own `hf` model at its fastest batch size, and by
`local-completions` against a server, in turn. Prints one JSON document. Usage: echo_speed.py <items.jsonl> <model.gguf>
<URL of the server's completions> <key> <threads>
"""

import json
import os
import sys
import time

import torch
from lm_eval.api.instance import Instance
from lm_eval.models.huggingface import HFLM
from lm_eval.models.openai_completions import LocalCompletionsAPI
from transformers import AutoModelForCausalLM, AutoTokenizer

items, gguf, url, key, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
folder, name = os.path.split(gguf)
tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32)
with open(items) as lines:
    pairs = [(item["context"], item["delimiter"] + choice) for item in map(json.loads, lines) for choice in item["choices"]]


def ask(pairs):
    return [Instance("loglikelihood", {}, pair, index) for index, pair in enumerate(pairs)]


def timed(lm, pairs):
    start = time.perf_counter()
    answers = lm.loglikelihood(ask(pairs), disable_tqdm=True)
    return len(pairs) / (time.perf_counter() - start), [float(likelihood) for likelihood, _ in answers]


def hf(batch_size):
    return HFLM(pretrained=model, tokenizer=tokenizer, batch_size=batch_size, device="cpu", backend="causal")


saved = os.path.join(os.path.dirname(items), "tokenizer")
tokenizer.save_pretrained(saved)
served = LocalCompletionsAPI(
    base_url=url, model="default", tokenizer_backend="huggingface", tokenizer=saved, batch_size=128,
    num_concurrent=1, max_retries=1, auth_token=key,
)
# Every eighth, so that a trial has items of all tasks.
few = pairs[::8]
sizes = {size: timed(hf(size), few)[0] for size in (1, 4, 16, 64)}
fastest = hf(max(sizes, key=sizes.get))
timed(served, few)
theirs, ours = [], []
for _ in range(2):
    for lm, speeds in ((fastest, theirs), (served, ours)):
        speed, likelihoods = timed(lm, pairs)
        speeds.append(speed)
        if lm is served:
            own = likelihoods
        else:
            reference = likelihoods
print(json.dumps({
    "batch_sizes": sizes, "hf": theirs, "served": ours, "items": len(pairs),
    "largest_difference": max(abs(a - b) for a, b in zip(own, reference)),
}))
