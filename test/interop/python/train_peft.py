"""Trains LoRA with PEFT on a GGUF's weights in F32, from the A of an adapter file, and prints what it took as JSON.

Usage: train_peft.py <job.json>, with {model, adapter, rank, alpha, learningRate, threads, batches: [{tokens, weights}],
steps}. Only scored rows reach the output matrix, as in the trainer that it is compared with.
"""

import json
import os
import resource
import sys
import time

with open(sys.argv[1]) as file:
    job = json.load(file)
os.environ["OMP_NUM_THREADS"] = str(job["threads"])

import gguf
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

torch.set_num_threads(job["threads"])
folder, name = os.path.split(job["model"])
base = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32)
modules = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
config = LoraConfig(r=job["rank"], lora_alpha=job["alpha"], lora_dropout=0.0, target_modules=[m.split(".")[1] for m in modules.values()])
model = get_peft_model(base, config)
model.train()

# B starts at 0 in both, so only A has to be the same.
parameters = dict(model.named_parameters())
for tensor in gguf.GGUFReader(job["adapter"]).tensors:
    _, layer, part, _, side = tensor.name.split(".")
    if side == "lora_a":
        key = f"base_model.model.model.layers.{layer}.{modules[part]}.lora_A.default.weight"
        parameters[key].data.copy_(torch.from_numpy(tensor.data.copy()))

trained = [p for p in model.parameters() if p.requires_grad]
optimizer = torch.optim.AdamW(trained, lr=job["learningRate"], weight_decay=0.0)
losses, seconds = [], []
for step in range(job["steps"]):
    batch = job["batches"][step % len(job["batches"])]
    tokens, weights = torch.tensor(batch["tokens"]), torch.tensor(batch["weights"])
    started = time.process_time()
    optimizer.zero_grad()
    hidden = base.model(tokens[None, :-1], use_cache=False).last_hidden_state[0]
    rows = weights[1:] > 0
    logits = base.lm_head(hidden[rows])
    loss = torch.nn.functional.cross_entropy(logits, tokens[1:][rows])
    loss.backward()
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimizer.step()
    losses.append(loss.item())
    seconds.append(time.process_time() - started)
json.dump({"losses": losses, "cpuSeconds": seconds, "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}, sys.stdout)
