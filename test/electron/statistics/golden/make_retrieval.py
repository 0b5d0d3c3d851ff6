"""Writes retrieval.json with pytrec_eval-terrier 0.5.11 (the trec_eval program's own measures):
pip install pytrec_eval-terrier && python make_retrieval.py
Context precision is average precision over the documents that were found: map_cut times recall's share."""
import json
import random

import pytrec_eval

random.seed(17)
qrel, run = {}, {}
for query in range(120):
    documents = [f"d{n}" for n in range(random.randint(3, 40))]
    relevant = random.sample(documents, random.randint(1, min(8, len(documents))))
    qrel[f"q{query}"] = {name: random.randint(1, 3) for name in relevant}
    found = random.sample(documents, random.randint(1, len(documents)))
    run[f"q{query}"] = {name: float(len(found) - rank) for rank, name in enumerate(found)}
measures = {"recall_5", "recall_10", "recip_rank", "ndcg_cut_5", "ndcg_cut_10", "map_cut_10"}
results = pytrec_eval.RelevanceEvaluator(qrel, measures).evaluate(run)
cases = [
    {
        "relevant": qrel[query],
        "ranked": sorted(run[query], key=lambda name: -run[query][name]),
        **{measure: results[query][measure] for measure in sorted(measures)},
    }
    for query in qrel
]
with open("retrieval.json", "w") as file:
    json.dump(cases, file, separators=(",", ":"))
