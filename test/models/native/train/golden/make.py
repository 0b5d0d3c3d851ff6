"""Gradients and a loss curve of the tiny models by PyTorch's autograd, as golden data for the trainer's tests.

The forward pass is written out in plain torch operations, after transformers' modelling files; PEFT's LoRA is
y = W x + (alpha / rank) B (A x). Reads what make.test.ts wrote into a folder (one GGUF per architecture, an adapter of
each with random A and B, the token ids) and prints JSON.

    pip install torch==2.15.0 gguf==0.19.0 numpy
    GOLDEN_FOLDER=/tmp/golden npx vitest run --project unit test/models/native/train/golden.test.ts
    python test/models/native/train/golden/make.py /tmp/golden > test/models/native/train/golden/pytorch.json
"""

import json
import math
import sys

import gguf
import torch
import torch.nn.functional as F

torch.set_num_threads(1)
folder = sys.argv[1]


def read(path):
    reader = gguf.GGUFReader(path)
    tensors = {t.name: torch.from_numpy(t.data.copy()).float() for t in reader.tensors}
    keys = {name: field.contents() for name, field in reader.fields.items() if not name.startswith("tokenizer")}
    return tensors, keys


def rms(x, weight, eps):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps) * weight


def rope(x, base, scale, halves, factors):
    # x: [tokens, heads, width]
    tokens, _, width = x.shape
    frequencies = base ** (-torch.arange(0, width, 2).float() / width)
    if factors is not None:
        frequencies = frequencies / factors
    angles = torch.arange(tokens).float()[:, None] * scale * frequencies[None, :]
    cos, sin = angles.cos()[:, None, :], angles.sin()[:, None, :]
    if halves:
        a, b = x[..., : width // 2], x[..., width // 2 :]
        return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * cos - b * sin, b * cos + a * sin], -1).flatten(-2)


class Model:
    def __init__(self, name):
        self.weights, keys = read(f"{folder}/{name}.gguf")
        adapter, facts = read(f"{folder}/{name}.adapter.gguf")
        self.lora = {key: value.clone().requires_grad_(True) for key, value in adapter.items()}
        self.architecture = keys["general.architecture"]
        self.key = lambda key, other=None: keys.get(f"{self.architecture}.{key}", other)
        rank = next(value.shape[0] for key, value in adapter.items() if key.endswith("lora_a"))
        self.scale = facts["adapter.lora.alpha"] / rank

    def linear(self, x, name):
        y = x @ self.weights[f"{name}.weight"].T
        a = self.lora.get(f"{name}.weight.lora_a")
        if a is not None:
            y = y + self.scale * ((x @ a.T) @ self.lora[f"{name}.weight.lora_b"].T)
        bias = self.weights.get(f"{name}.bias")
        return y if bias is None else y + bias

    def log_probabilities(self, tokens):
        w, key = self.weights, self.key
        gemma = self.architecture == "gemma3"
        heads, shared = key("attention.head_count"), key("attention.head_count_kv")
        width, eps = key("attention.key_length"), key("attention.layer_norm_rms_epsilon")
        x = w["token_embd.weight"][tokens]
        if gemma:
            x = x * math.sqrt(x.shape[-1])
        n = len(tokens)
        distance = torch.arange(n)[:, None] - torch.arange(n)[None, :]
        for layer in range(key("block_count")):
            at = f"blk.{layer}."
            # Gemma 3: the last layer of each period sees everything.
            local = gemma and layer % key("attention.sliding_window_pattern") < key("attention.sliding_window_pattern") - 1
            h = rms(x, w[at + "attn_norm.weight"], eps)
            q = self.linear(h, at + "attn_q").view(n, heads, width)
            k = self.linear(h, at + "attn_k").view(n, shared, width)
            v = self.linear(h, at + "attn_v").view(n, shared, width)
            if at + "attn_q_norm.weight" in w:
                q = rms(q, w[at + "attn_q_norm.weight"], eps)
                k = rms(k, w[at + "attn_k_norm.weight"], eps)
            base = 10000.0 if local else key("rope.freq_base")
            scale = 1.0 if local else 1.0 / key("rope.scaling.factor", 1.0)
            halves = self.architecture in ("gemma3", "qwen2", "qwen3")
            q = rope(q, base, scale, halves, w.get("rope_freqs.weight"))
            k = rope(k, base, scale, halves, w.get("rope_freqs.weight"))
            k, v = (t.repeat_interleave(heads // shared, 1) for t in (k, v))
            scores = torch.einsum("qhd,khd->hqk", q, k) / math.sqrt(width)
            hidden = distance < 0
            if local:
                hidden = hidden | (distance >= key("attention.sliding_window"))
            p = scores.masked_fill(hidden, float("-inf")).softmax(-1)
            o = self.linear(torch.einsum("hqk,khd->qhd", p, v).reshape(n, heads * width), at + "attn_output")
            if gemma:
                o = rms(o, w[at + "post_attention_norm.weight"], eps)
            x = x + o
            h = rms(x, w[at + "ffn_norm.weight"], eps)
            gate, up = self.linear(h, at + "ffn_gate"), self.linear(h, at + "ffn_up")
            active = F.gelu(gate, approximate="tanh") if gemma else F.silu(gate)
            f = self.linear(active * up, at + "ffn_down")
            if gemma:
                f = rms(f, w[at + "post_ffw_norm.weight"], eps)
            x = x + f
        x = rms(x, w["output_norm.weight"], eps)
        return (x @ w.get("output.weight", w["token_embd.weight"]).T).log_softmax(-1)

    def loss(self, samples):
        total, count = 0.0, 0.0
        for sample in samples:
            tokens = torch.tensor(sample["tokens"])
            weights = torch.tensor(sample["weights"])[1:]
            picked = self.log_probabilities(tokens[:-1])[torch.arange(len(tokens) - 1), tokens[1:]]
            total = total - (picked * weights).sum()
            count = count + weights.sum()
        return total / count


def gradients(name, samples):
    model = Model(name)
    loss = model.loss(samples)
    loss.backward()
    # Norm, sum and four values of each gradient say as much as all of them.
    return {
        "loss": loss.item(),
        "gradients": {
            key: [value.grad.norm().item(), value.grad.sum().item(), *value.grad.flatten()[:4].tolist()]
            for key, value in model.lora.items()
        },
    }


def curve(name, batches, settings):
    """AdamW as PEFT trains with it, on B = 0 and the A of the file."""
    model = Model(name)
    for key, value in model.lora.items():
        if key.endswith("lora_b"):
            value.data.zero_()
    optimizer = torch.optim.AdamW(
        model.lora.values(), lr=settings["learningRate"], betas=(0.9, 0.999), eps=1e-8, weight_decay=settings["weightDecay"]
    )
    losses = []
    for step in range(settings["steps"]):
        optimizer.zero_grad()
        loss = model.loss(batches[step % len(batches)])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.lora.values(), settings["clip"])
        optimizer.step()
        losses.append(loss.item())
    return losses


with open(f"{folder}/data.json") as file:
    data = json.load(file)
result = {"torch": torch.__version__, "models": {}, "curves": {}}
for name in data["models"]:
    result["models"][name] = gradients(name, data["samples"])
for name in data["curves"]:
    result["curves"][name] = curve(name, data["batches"], data["settings"])
json.dump(result, sys.stdout, indent="\t")
print()
