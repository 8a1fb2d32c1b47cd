"""What training, export and evaluation share: the Qwen2-VL configuration, patches, positions, batched forward passes."""
import numpy as np
import torch
import torch.nn.functional as F

import questions

MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
STD = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)
HIDDEN, VISION, HEADS, LAYERS = 160, 128, 5, 4


def qwen2vl_config(tokenizer):
    """A Qwen2VLConfig of 2.8 M weights. theta = 20: positions stay below 100 here, and at 10,000 the axes
    that mRoPE puts on the low frequencies could not be told apart."""
    from transformers import Qwen2VLConfig
    token = tokenizer.token_to_id
    ends = dict(bos_token_id=token("<|endoftext|>"), eos_token_id=token("<|im_end|>"), pad_token_id=token("<|endoftext|>"))
    return Qwen2VLConfig(
        text_config=dict(
            vocab_size=(tokenizer.get_vocab_size() + 7) // 8 * 8, hidden_size=HIDDEN, intermediate_size=HIDDEN * 3,
            num_hidden_layers=LAYERS, num_attention_heads=HEADS, num_key_value_heads=HEADS, max_position_embeddings=2048,
            rms_norm_eps=1e-6, tie_word_embeddings=True, use_cache=True, **ends,
            rope_parameters=dict(rope_type="default", type="mrope", mrope_section=[4, 6, 6], rope_theta=20.0)),
        vision_config=dict(depth=4, embed_dim=VISION, hidden_size=HIDDEN, num_heads=4, mlp_ratio=3, patch_size=14,
                           spatial_merge_size=2, temporal_patch_size=2, in_channels=3),
        image_token_id=token("<|image_pad|>"), video_token_id=token("<|video_pad|>"),
        vision_start_token_id=token("<|vision_start|>"), vision_end_token_id=token("<|vision_end|>"),
        tie_word_embeddings=True, **ends)


def patchify(images, frames=2):
    """uint8 [B, H, W, 3] -> float32 [B, H/14 * W/14, 3 * frames * 14 * 14] in Qwen2-VL's order (2 x 2 blocks)."""
    x = ((images.astype(np.float32) / 255 - MEAN) / STD).transpose(0, 3, 1, 2)
    count, channels, height, width = x.shape
    rows, columns = height // 14, width // 14
    x = x.reshape(count, channels, 1, rows // 2, 2, 14, columns // 2, 2, 14).transpose(0, 3, 6, 4, 7, 1, 2, 5, 8)
    x = np.broadcast_to(x, (*x.shape[:6], frames, 14, 14))
    return np.ascontiguousarray(x).reshape(count, rows * columns, -1)


def block_order(rows, columns):
    """Raster index of each patch in Qwen2-VL's order (merged block by merged block): int [rows * columns]."""
    return np.arange(rows * columns).reshape(rows // 2, 2, columns // 2, 2).transpose(0, 2, 1, 3).reshape(-1)


def rotate_half(x):
    left, right = x.chunk(2, -1)
    return torch.cat([-right, left], -1)


def compute_type():
    """The type of matrix products: bfloat16 under autocast, else float32."""
    return torch.bfloat16 if torch.is_autocast_enabled("cpu") else torch.float32


def attend(query, key, value, bias=None):
    """Attention in the open, [B, heads, L, size] each. With bfloat16 matrix products this is faster on a CPU than
    the fused kernel."""
    with torch.autocast("cpu", enabled=False):
        weights = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
        return torch.softmax(weights if bias is None else weights + bias, -1) @ value


def vision_forward(visual, patches, rows, columns):
    """Qwen2-VL's vision tower on images of one size, without its loop over images.

    patches [B, n, 588] (one frame; the two frames are equal, so their weights add up) ->
    (merged features [B, n / 4, hidden], patch features before merging [B, n, vision dim]).
    """
    weight = visual.patch_embed.proj.weight                           # [dim, 3, 2, 14, 14]
    x = patches @ weight.sum(2).reshape(weight.shape[0], -1).T
    heads, batch, count = visual.config.num_heads, *x.shape[:2]
    size = x.shape[-1] // heads
    order = torch.from_numpy(block_order(rows, columns))
    frequency = 1 / (10000 ** (torch.arange(0, size // 2, 2, dtype=torch.float32) / (size // 2)))
    angle = torch.cat([(order // columns)[:, None] * frequency, (order % columns)[:, None] * frequency], -1)
    angle = torch.cat([angle, angle], -1)
    cos, sin = angle.cos().to(compute_type()), angle.sin().to(compute_type())
    for block in visual.blocks:
        query, key, value = block.attn.qkv(block.norm1(x)).reshape(batch, count, 3, heads, size).permute(2, 0, 3, 1, 4)
        query, key = query * cos + rotate_half(query) * sin, key * cos + rotate_half(key) * sin
        mixed = attend(query, key, value)
        x = x + block.attn.proj(mixed.transpose(1, 2).reshape(batch, count, -1))
        x = x + block.mlp(block.norm2(x))
    merger = visual.merger
    merged = merger.mlp(merger.ln_q(x).reshape(batch, count // 4, -1))
    return merged, x


def language_forward(language, x, positions, allowed, start, pointing=None):
    """Qwen2-VL's language layers on embeddings x [B, L, hidden]; positions int [B, 3, L]; allowed bool [B, L, L].

    The last layer is computed from position `start` on only. `pointing` = (layer, sequence [M], position [M]) asks what
    two heads of a layer look at from M places.
    -> (normalised last state [B, L - start, hidden], states after the layers before, log attention [M, 2, L] or None).
    """
    config = language.config
    heads, batch, length = config.num_attention_heads, *x.shape[:2]
    size = x.shape[-1] // heads
    sections, theta = config.rope_parameters["mrope_section"], config.rope_parameters["rope_theta"]
    frequency = 1 / (theta ** (torch.arange(0, size, 2, dtype=torch.float32) / size))
    axis = torch.cat([torch.full((n,), i % 3) for i, n in enumerate(sections)])
    angle = positions.transpose(1, 2)[:, :, axis].float() * frequency                 # [B, L, size / 2]
    angle = torch.cat([angle, angle], -1)[:, None]
    cos, sin = angle.cos().to(compute_type()), angle.sin().to(compute_type())
    bias = torch.zeros(allowed.shape, dtype=compute_type()).masked_fill_(~allowed, -1e9)[:, None]
    states, seen = [], None
    for index, layer in enumerate(language.layers):
        last = index == len(language.layers) - 1
        attention, normal = layer.self_attn, layer.input_layernorm(x).to(compute_type())
        split = lambda y: y.reshape(batch, -1, heads, size).transpose(1, 2)
        tail = start if last else 0
        query = split(attention.q_proj(normal[:, tail:]))
        key, value = split(attention.k_proj(normal)), split(attention.v_proj(normal))
        query = query * cos[:, :, tail:] + rotate_half(query) * sin[:, :, tail:]
        key = key * cos + rotate_half(key) * sin
        if pointing is not None and index == pointing[0]:
            _, sequence, place = pointing
            sharp = torch.einsum("mhd,mhld->mhl", query[sequence, -2:, place], key[:, -2:][sequence]) / size ** 0.5
            seen = (sharp + bias[sequence, :, place]).float().log_softmax(-1)
        mixed = attend(query, key, value, bias[:, :, tail:])
        x = x[:, tail:] + attention.o_proj(mixed.transpose(1, 2).reshape(batch, length - tail, -1))
        x = x + layer.mlp(layer.post_attention_layernorm(x).to(compute_type()))
        states.append(x)
    return language.norm(x), states[:-1], seen
