"""Makes the golden adapter of the folder mlx with MLX-LM itself, and adds what the adapted model finds to scores.json.

Made with mlx 0.32 and mlx-lm 0.32:  pip install "mlx[cpu]" mlx-lm && python make-golden-mlx.py
The base is that of make-golden.py.
"""
import json, math, pathlib
import mlx.core as mx
from mlx.utils import tree_flatten
from mlx_lm.models.llama import Model, ModelArgs
from mlx_lm.tuner.utils import linear_to_lora_layers
from mlx_lm.utils import save_config

here = pathlib.Path(__file__).parent
hidden, heads, kv, ffn, layers, vocabulary = 64, 4, 2, 128, 2, int((here / "vocabulary-size.txt").read_text())

def weight(shape, seed):
    count = math.prod(shape)
    return mx.array([math.sin(i * 0.731 + seed * 1.37) * 0.15 for i in range(count)]).reshape(shape)

def base():
    model = Model(ModelArgs(model_type="llama", hidden_size=hidden, num_hidden_layers=layers, intermediate_size=ffn,
        num_attention_heads=heads, num_key_value_heads=kv, rms_norm_eps=1e-5, vocab_size=vocabulary, rope_theta=10000.0,
        max_position_embeddings=2048, tie_word_embeddings=False))
    state = {"model.embed_tokens.weight": weight((vocabulary, hidden), 1), "lm_head.weight": weight((vocabulary, hidden), 2),
             "model.norm.weight": mx.ones(hidden)}
    shapes = {"self_attn.q_proj": (hidden, hidden), "self_attn.k_proj": (hidden // heads * kv, hidden),
              "self_attn.v_proj": (hidden // heads * kv, hidden), "self_attn.o_proj": (hidden, hidden),
              "mlp.gate_proj": (ffn, hidden), "mlp.up_proj": (ffn, hidden), "mlp.down_proj": (hidden, ffn)}
    for layer in range(layers):
        for index, (name, shape) in enumerate(shapes.items()):
            state[f"model.layers.{layer}.{name}.weight"] = weight(shape, 10 + layer * 10 + index)
        for norm in ("input_layernorm", "post_attention_layernorm"):
            state[f"model.layers.{layer}.{norm}.weight"] = mx.ones(hidden)
    model.load_weights(list(state.items()), strict=True)
    return model

def scores(model, tokens):
    logits = model(mx.array([tokens]))[0, -1]
    return [round(value, 6) for value in (logits - mx.logsumexp(logits)).tolist()]

path = here / "scores.json"
result = json.loads(path.read_text())
model = base()
print("furthest from PEFT’s base:", max(abs(a - b) for a, b in zip(scores(model, result["tokens"]), result["base"])))
model.freeze()
lora = {"rank": 4, "scale": 2.0, "dropout": 0.0, "keys": ["self_attn.q_proj", "self_attn.k_proj", "mlp.down_proj"]}
linear_to_lora_layers(model, -1, lora)
trained = sorted(tree_flatten(model.trainable_parameters()))
model.load_weights([(name, weight(array.shape, 100 + index) * 2) for index, (name, array) in enumerate(trained)], strict=False)
(here / "mlx").mkdir(exist_ok=True)
mx.save_safetensors(str(here / "mlx" / "adapters.safetensors"), dict(tree_flatten(model.trainable_parameters())))
save_config({"fine_tune_type": "lora", "model": "assay/tiny-llama", "num_layers": -1, "lora_parameters": lora},
            here / "mlx" / "adapter_config.json")
path.write_text(json.dumps(result | {"mlx": scores(model, result["tokens"])}) + "\n")
