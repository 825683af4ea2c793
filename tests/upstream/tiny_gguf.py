"""A random Llama of 450 KB in GGUF: it answers nonsense, loads in milliseconds, and obeys a grammar."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

EMBED, HEADS, KV_HEADS, HIDDEN, LAYERS, CONTEXT = 64, 4, 2, 128, 2, 4096
HEAD = EMBED // HEADS
TEMPLATE = (
    "{% for message in messages %}<{{ message.role }}>{{ message.content }}</{{ message.role }}>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


def write(path: Path, seed: int = 7) -> Path:
    """Write the model to `path`, the same bytes for the same seed."""
    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_name("tiny random llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(EMBED)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(HEAD)
    writer.add_chat_template(TEMPLATE)
    _add_vocabulary(writer)

    def weights(name: str, *shape: int) -> None:
        writer.add_tensor(name, (random.standard_normal(shape) * 0.05).astype(np.float32))

    vocabulary = 3 + 256
    weights("token_embd.weight", vocabulary, EMBED)
    weights("output.weight", vocabulary, EMBED)
    writer.add_tensor("output_norm.weight", np.ones(EMBED, dtype=np.float32))
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        writer.add_tensor(block + "attn_norm.weight", np.ones(EMBED, dtype=np.float32))
        writer.add_tensor(block + "ffn_norm.weight", np.ones(EMBED, dtype=np.float32))
        weights(block + "attn_q.weight", EMBED, EMBED)
        weights(block + "attn_k.weight", KV_HEADS * HEAD, EMBED)
        weights(block + "attn_v.weight", KV_HEADS * HEAD, EMBED)
        weights(block + "attn_output.weight", EMBED, EMBED)
        weights(block + "ffn_gate.weight", HIDDEN, EMBED)
        weights(block + "ffn_up.weight", HIDDEN, EMBED)
        weights(block + "ffn_down.weight", EMBED, HIDDEN)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_vocabulary(writer: gguf.GGUFWriter) -> None:
    """Three control tokens and one token for each byte, so that any text can be read and written."""
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL] + [gguf.TokenType.BYTE] * 256
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_space_prefix(False)  # a grammar must find the template's text as it stands
