"""The modules that become ONNX graphs, written out so that one tracing serves every image size and cache length."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

import sam2_prompts
from common import rotate_half


class VisionEncoder(nn.Module):
    """pixel_values [n, 1176], grid_thw int64 [1, 3] -> image_features [n / 4, hidden]; one image."""

    def __init__(self, visual):
        super().__init__()
        self.visual = visual
        self.heads, self.size = visual.config.num_heads, visual.config.embed_dim // visual.config.num_heads

    def forward(self, pixel_values, grid_thw):
        rows, columns = grid_thw[0, 1], grid_thw[0, 2]
        blocks = lambda a: a.reshape(rows // 2, 2, columns // 2, 2).permute(0, 2, 1, 3).reshape(-1)
        row = blocks(torch.arange(rows)[:, None].expand(rows, columns))
        column = blocks(torch.arange(columns)[None].expand(rows, columns))
        frequency = 1 / (10000 ** (torch.arange(0, self.size // 2, 2, dtype=torch.float32) / (self.size // 2)))
        angle = torch.cat([row[:, None].float() * frequency, column[:, None].float() * frequency], -1)
        angle = torch.cat([angle, angle], -1)
        cos, sin = angle.cos()[:, None], angle.sin()[:, None]
        x = self.visual.patch_embed.proj(pixel_values.reshape(-1, 3, 2, 14, 14)).reshape(pixel_values.shape[0], -1)
        for block in self.visual.blocks:
            query, key, value = block.attn.qkv(block.norm1(x)).reshape(x.shape[0], 3, self.heads, self.size).unbind(1)
            query, key = query * cos + rotate_half(query) * sin, key * cos + rotate_half(key) * sin
            mixed = F.scaled_dot_product_attention(*(t.transpose(0, 1)[None] for t in (query, key, value)))
            x = x + block.attn.proj(mixed[0].transpose(0, 1).reshape(x.shape[0], -1))
            x = x + block.mlp(block.norm2(x))
        return self.visual.merger(x)


class Decoder(nn.Module):
    """inputs_embeds [1, S, hidden], attention_mask [1, past + S], position_ids [3, 1, S], then key and value of each
    layer [1, heads, past, size] -> logits [1, S, vocabulary] and the longer keys and values."""

    def __init__(self, model):
        super().__init__()
        self.language, self.head = model.model.language_model, model.lm_head
        config = self.language.config
        self.heads, self.groups = config.num_attention_heads, config.num_key_value_heads
        self.size = config.hidden_size // self.heads
        self.sections, self.theta = config.rope_parameters["mrope_section"], config.rope_parameters["rope_theta"]

    def rotation(self, positions):
        frequency = 1 / (self.theta ** (torch.arange(0, self.size, 2, dtype=torch.float32) / self.size))
        angle = positions[..., None].float() * frequency
        angle = torch.cat([part[axis % 3] for axis, part in enumerate(angle.split(self.sections, -1))], -1)
        angle = torch.cat([angle, angle], -1)
        return angle.cos()[:, None], angle.sin()[:, None]

    def repeated(self, x):
        """One key-value head for each query head."""
        batch, groups, length, size = x.shape
        return x[:, :, None].expand(batch, groups, self.heads // groups, length, size).reshape(batch, self.heads, length, size)

    def forward(self, inputs_embeds, attention_mask, position_ids, *past):
        batch, length, _ = inputs_embeds.shape
        total = attention_mask.shape[1]
        cos, sin = self.rotation(position_ids)
        causal = torch.arange(total)[None] <= (torch.arange(length) + total - length)[:, None]
        bias = torch.where(causal[None, None] & (attention_mask[:, None, None] > 0), 0.0, -1e9)
        x, present = inputs_embeds, []
        for index, layer in enumerate(self.language.layers):
            attention, normal = layer.self_attn, layer.input_layernorm(x)
            split = lambda y, heads: y.reshape(batch, length, heads, self.size).transpose(1, 2)
            query = split(attention.q_proj(normal), self.heads)
            key, value = split(attention.k_proj(normal), self.groups), split(attention.v_proj(normal), self.groups)
            query, key = query * cos + rotate_half(query) * sin, key * cos + rotate_half(key) * sin
            key, value = torch.cat([past[2 * index], key], 2), torch.cat([past[2 * index + 1], value], 2)
            present += [key, value]
            weights = torch.softmax(query @ self.repeated(key).transpose(-1, -2) / math.sqrt(self.size) + bias, -1)
            x = x + attention.o_proj((weights @ self.repeated(value)).transpose(1, 2).reshape(batch, length, -1))
            x = x + layer.mlp(layer.post_attention_layernorm(x))
        return (self.head(self.language.norm(x)), *present)


class Sam2Encoder(nn.Module):
    """pixel_values [1, 3, S, S] -> image_embeddings.0, .1, .2."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        return tuple(sam2_prompts.encode(self.model, pixel_values))


class Sam2Decoder(nn.Module):
    """input_points [1, P, N, 2], input_labels [1, P, N], input_boxes [1, P * K, 4] (K = 0 or 1), embeddings ->
    iou_scores [1, P, 3], pred_masks [1, P, 3, S/4, S/4], object_score_logits [1, P, 1]."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_points, input_labels, input_boxes, *embeddings):
        masks, scores, objects = sam2_prompts.decode(self.model, list(embeddings), input_points, input_labels, input_boxes)
        return scores, masks, objects
