"""Export a transformers Qwen2-VL to three ONNX graphs with the file names and tensor names of the onnx-community layout."""
import math
import os

import torch
import torch.nn as nn
import torch.nn.functional as F


def rotate_half(x):
    a, b = x.chunk(2, -1)
    return torch.cat([-b, a], -1)


class Vision(nn.Module):
    """pixel_values [patches, 1176], grid [1, 3] -> image_features [patches / 4, hidden]; one image."""

    def __init__(self, visual):
        super().__init__()
        self.visual = visual
        self.heads = visual.config.num_heads
        self.head_size = visual.config.embed_dim // self.heads

    def rotary(self, h, w):
        """cos, sin [patches, 1, head_size] in merged-block order."""
        rows = torch.arange(h)[:, None].expand(h, w)
        columns = torch.arange(w)[None].expand(h, w)
        order = lambda a: a.reshape(h // 2, 2, w // 2, 2).permute(0, 2, 1, 3).reshape(-1, 1).float()
        inverse = 1 / (10000 ** (torch.arange(0, self.head_size // 2, 2).float() / (self.head_size // 2)))
        angles = torch.cat([order(rows) * inverse, order(columns) * inverse], -1).repeat(1, 2)
        return angles.cos()[:, None], angles.sin()[:, None]

    def forward(self, pixel_values, grid):
        visual = self.visual
        cos, sin = self.rotary(grid[0, 1], grid[0, 2])
        n = pixel_values.shape[0]
        x = visual.patch_embed.proj(pixel_values.reshape(-1, 3, 2, 14, 14)).reshape(n, -1)
        for block in visual.blocks:
            q, k, v = block.attn.qkv(block.norm1(x)).reshape(n, 3, self.heads, self.head_size).unbind(1)
            q, k = q * cos + rotate_half(q) * sin, k * cos + rotate_half(k) * sin
            weights = torch.softmax(q.transpose(0, 1) @ k.permute(1, 2, 0) / math.sqrt(self.head_size), -1)
            x = x + block.attn.proj((weights @ v.transpose(0, 1)).transpose(0, 1).reshape(n, -1))
            x = x + block.mlp(block.norm2(x))
        return visual.merger(x)


class Decoder(nn.Module):
    """Embeddings, mask, mRoPE positions and caches -> logits and grown caches. A float16 cache is rounded on entry, as storing it would."""

    def __init__(self, model, cache, keep_logits):
        super().__init__()
        self.model, self.head, self.cache, self.keep_logits = model.model.language_model, model.lm_head, cache, keep_logits
        c = self.model.config
        self.heads, self.kv_heads, self.size = c.num_attention_heads, c.num_key_value_heads, c.hidden_size // c.num_attention_heads
        self.sections, self.theta = c.rope_parameters['mrope_section'], c.rope_parameters['rope_theta']

    def rotary(self, position_ids):
        inverse = 1 / (self.theta ** (torch.arange(0, self.size, 2).float() / self.size))
        parts = (position_ids[..., None].float() * inverse).split(self.sections, -1)
        angles = torch.cat([p[i % 3] for i, p in enumerate(parts)], -1).repeat(1, 1, 2)
        return angles.cos()[:, None], angles.sin()[:, None]

    def spread(self, x):
        """Key-value heads repeated for their query heads: [B, kv, T, size] -> [B, heads, T, size]."""
        b, k, t, d = x.shape
        return x[:, :, None].expand(b, k, self.heads // k, t, d).reshape(b, self.heads, t, d)

    def attend(self, attention, h, cos, sin, bias, past_key, past_value):
        b, s, _ = h.shape
        split = lambda x, heads: x.reshape(b, s, heads, self.size).transpose(1, 2)
        q, k = split(attention.q_proj(h), self.heads), split(attention.k_proj(h), self.kv_heads)
        v = split(attention.v_proj(h), self.kv_heads).to(self.cache)
        q, k = q * cos + rotate_half(q) * sin, (k * cos + rotate_half(k) * sin).to(self.cache)
        k, v = torch.cat([past_key, k], 2), torch.cat([past_value, v], 2)
        weights = torch.softmax(q @ self.spread(k.float()).transpose(-1, -2) / math.sqrt(self.size) + bias, -1)
        return attention.o_proj((weights @ self.spread(v.float())).transpose(1, 2).reshape(b, s, -1)), k, v

    def forward(self, inputs_embeds, attention_mask, position_ids, *rest):
        past, keep = (rest[1:], rest[0]) if self.keep_logits else (rest, None)
        s, total = inputs_embeds.shape[1], attention_mask.shape[1]
        cos, sin = self.rotary(position_ids)
        causal = torch.arange(total)[None] <= (torch.arange(s) + total - s)[:, None]
        bias = torch.where(causal[None, None] & (attention_mask[:, None, None] > 0), 0.0, -1e9)
        x, present = inputs_embeds, []
        for i, layer in enumerate(self.model.layers):
            out, k, v = self.attend(layer.self_attn, layer.input_layernorm(x), cos, sin, bias, past[2 * i], past[2 * i + 1])
            present += [k, v]
            x = x + out
            x = x + layer.mlp(layer.post_attention_layernorm(x))
        x = self.model.norm(x)
        if keep is not None:
            x = x[:, s - keep:]
        return (self.head(x), *present)


def save(module, args, path, inputs, outputs, axes):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    torch.onnx.export(module, args, path, input_names=inputs, output_names=outputs, dynamic_axes=axes, opset_version=18, dynamo=False, do_constant_folding=True)


@torch.no_grad()
def export(model, folder, grid_name='grid_thw', cache=torch.float32, keep_logits=False):
    """Writes FOLDER/onnx/{vision_encoder,embed_tokens,decoder_model_merged}.onnx."""
    c = model.config.text_config
    size = c.hidden_size // c.num_attention_heads
    save(Vision(model.model.visual), (torch.randn(120, 1176), torch.tensor([[1, 10, 12]])), f'{folder}/onnx/vision_encoder.onnx', ['pixel_values', grid_name], ['image_features'],
         {'pixel_values': {0: 'n_patches'}, 'image_features': {0: 'n_features'}})
    text = {0: 'batch_size', 1: 'sequence_length'}
    save(model.get_input_embeddings(), (torch.ones(1, 5, dtype=torch.long),), f'{folder}/onnx/embed_tokens.onnx', ['input_ids'], ['inputs_embeds'], {'input_ids': text, 'inputs_embeds': text})
    names = [f'{i}.{part}' for i in range(c.num_hidden_layers) for part in ('key', 'value')]
    past = [torch.randn(1, c.num_key_value_heads, 3, size).to(cache) for _ in names]
    axes = {'inputs_embeds': text, 'attention_mask': {0: 'batch_size', 1: 'total_sequence_length'}, 'position_ids': {1: 'batch_size', 2: 'sequence_length'}, 'logits': {0: 'batch_size', 1: 'logits_length'}}
    for n in names:
        axes[f'past_key_values.{n}'] = {0: 'batch_size', 2: 'past_sequence_length'}
        axes[f'present.{n}'] = {0: 'batch_size', 2: 'total_sequence_length'}
    keep = (torch.tensor(1),) if keep_logits else ()
    args = (torch.randn(1, 7, c.hidden_size), torch.ones(1, 10, dtype=torch.long), torch.arange(7)[None, None].expand(3, 1, 7) + 3, *keep, *past)
    inputs = ['inputs_embeds', 'attention_mask', 'position_ids', *(['num_logits_to_keep'] if keep_logits else []), *[f'past_key_values.{n}' for n in names]]
    save(Decoder(model, cache, keep_logits), args, f'{folder}/onnx/decoder_model_merged.onnx', inputs, ['logits', *[f'present.{n}' for n in names]], axes)
