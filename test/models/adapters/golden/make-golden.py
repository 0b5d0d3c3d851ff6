"""Makes the golden adapters of this folder with PEFT itself, and what the adapted model finds of a text.

Made with torch 2.x, transformers 5.x and peft 0.19 (see made-with.json):  python make-golden.py
The base is a tiny Llama whose weights follow a formula, so that they need not be stored: see `weight` here and in
peft.test.ts.
"""
import json, math, pathlib
import torch, transformers, peft
from transformers import LlamaConfig, LlamaForCausalLM
from peft import LoraConfig, get_peft_model

here = pathlib.Path(__file__).parent
hidden, heads, kv, ffn, layers, vocabulary = 64, 4, 2, 128, 2, int((here / "vocabulary-size.txt").read_text())

def weight(shape, seed):
    count = math.prod(shape)
    return torch.tensor([math.sin(i * 0.731 + seed * 1.37) * 0.15 for i in range(count)], dtype=torch.float64).float().reshape(shape)

def base():
    model = LlamaForCausalLM(LlamaConfig(
        vocab_size=vocabulary, hidden_size=hidden, intermediate_size=ffn, num_hidden_layers=layers, num_attention_heads=heads,
        num_key_value_heads=kv, rms_norm_eps=1e-5, rope_theta=10000.0, max_position_embeddings=2048, tie_word_embeddings=False))
    state = {"model.embed_tokens.weight": weight((vocabulary, hidden), 1), "lm_head.weight": weight((vocabulary, hidden), 2),
             "model.norm.weight": torch.ones(hidden)}
    shapes = {"self_attn.q_proj": (hidden, hidden), "self_attn.k_proj": (hidden // heads * kv, hidden),
              "self_attn.v_proj": (hidden // heads * kv, hidden), "self_attn.o_proj": (hidden, hidden),
              "mlp.gate_proj": (ffn, hidden), "mlp.up_proj": (ffn, hidden), "mlp.down_proj": (hidden, ffn)}
    for layer in range(layers):
        for index, (name, shape) in enumerate(shapes.items()):
            state[f"model.layers.{layer}.{name}.weight"] = weight(shape, 10 + layer * 10 + index)
        for norm in ("input_layernorm", "post_attention_layernorm"):
            state[f"model.layers.{layer}.{norm}.weight"] = torch.ones(hidden)
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert not unexpected and all("rotary" in name for name in missing), (missing, unexpected)
    return model.eval()

def scores(model, tokens):
    """Log-probabilities of every token after the text."""
    with torch.no_grad():
        logits = model(torch.tensor([tokens])).logits[0, -1].double()
    return [round(value, 6) for value in torch.log_softmax(logits, -1).tolist()]

tokens = [1] + [(i * 37 + 11) % vocabulary for i in range(24)]
every = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
configs = {
    "plain": LoraConfig(r=4, lora_alpha=8, target_modules=every, task_type="CAUSAL_LM"),
    "rslora": LoraConfig(r=4, lora_alpha=6, use_rslora=True, target_modules=["q_proj", "k_proj", "down_proj"],
                         rank_pattern={"k_proj": 2}, alpha_pattern={"down_proj": 3}, task_type="CAUSAL_LM"),
}
result = {"tokens": tokens, "base": scores(base(), tokens)}
for name, config in configs.items():
    model = get_peft_model(base(), config)
    for index, (_, parameter) in enumerate(sorted((n, p) for n, p in model.named_parameters() if "lora_" in n)):
        parameter.data = weight(tuple(parameter.shape), 100 + index) * 2
    result[name] = scores(model, tokens)
    model.save_pretrained(here / name)
    (here / name / "README.md").unlink(missing_ok=True)
    path = here / name / "adapter_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"base_model_name_or_path": "assay/tiny-llama"}, indent=2) + "\n")
(here / "scores.json").write_text(json.dumps(result) + "\n")
(here / "made-with.json").write_text(json.dumps({"torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__}) + "\n")
