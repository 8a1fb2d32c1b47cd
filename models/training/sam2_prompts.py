"""The image part of SAM 2 with its prompts also drawn into its own mask prompt.

A SAM 2 this small, trained briefly, learns to listen to its sparse prompts only slowly; seeing boxes and clicks as a
picture it does so at once. The graph's inputs stay points, labels and boxes: the drawing happens inside.
"""
import math

import torch

INSIDE, OUTSIDE, CLICK, CLICK_WIDTH = 2.0, -2.0, 6.0, 1.5


def drawn_prompts(points, labels, boxes, image_size, cells):
    """points [B, P, N, 2], labels [B, P, N] (1 in, 0 out, -1 unused), boxes [B, P * K, 4] with K = 0 or 1, in pixels
    of the square input -> mask prompt [B * P, 1, cells, cells]. Without a box it starts from 0; a click adds a bump."""
    batch, prompts = points.shape[:2]
    centre = (torch.arange(cells) + 0.5) * (image_size / cells)
    box = boxes.reshape(batch, prompts, -1, 4)
    across = (centre >= box[..., 0:1]) & (centre <= box[..., 2:3])
    down = (centre >= box[..., 1:2]) & (centre <= box[..., 3:4])
    picture = torch.where(down[..., :, None] & across[..., None, :], INSIDE, OUTSIDE).sum(2)
    distance = (centre - points[..., 0:1])[..., None, :] ** 2 + (centre - points[..., 1:2])[..., :, None] ** 2
    sign = torch.where(labels == 1, CLICK, torch.where(labels == 0, -CLICK, 0.0))
    bump = torch.exp(-distance * (cells / image_size / CLICK_WIDTH) ** 2 / 2)
    return (picture + (sign[..., None, None] * bump).sum(2)).reshape(batch * prompts, 1, cells, cells)


def encode(model, pixels):
    """pixels [B, 3, S, S] -> three feature maps, finest first: [B, D/8, S/4, S/4], [B, D/4, S/8, S/8], [B, D, S/16, S/16]."""
    maps = model.get_image_features(pixels, return_dict=True).fpn_hidden_states
    maps = [*maps[:-1], maps[-1] + model.no_memory_embedding]
    return [m.permute(1, 2, 0).reshape(pixels.shape[0], -1, *size) for m, size in zip(maps, model.backbone_feature_sizes)]


def decode(model, embeddings, points, labels, boxes):
    """-> masks [B, P, 3, S/4, S/4] (logits), predicted IoU [B, P, 3], object score [B, P, 1]; prompts as in `drawn_prompts`."""
    prompt, (batch, prompts) = model.prompt_encoder, points.shape[:2]
    size, hidden = prompt.input_image_size, prompt.hidden_size
    clicks = prompt._embed_points(points, labels, False)
    corners = (boxes + 0.5).reshape(batch, -1, 2, 2)
    phase = 2 * math.pi * ((2 * corners / size - 1) @ prompt.shared_embedding.positional_embedding)
    corners = torch.cat([phase.sin(), phase.cos()], -1) + torch.stack([prompt.point_embed.weight[2], prompt.point_embed.weight[3]])
    padding = prompt.not_a_point_embed.weight.expand(batch, prompts, 1, hidden)
    sparse = torch.cat([clicks, corners.reshape(batch, prompts, -1, hidden), padding], 2)
    dense = prompt.mask_embed(drawn_prompts(points, labels, boxes, size, prompt.mask_input_size[0]))
    repeated = [e[:, None].expand(-1, prompts, -1, -1, -1).flatten(0, 1) for e in embeddings]
    masks, scores, _, objects = model.mask_decoder(
        image_embeddings=repeated[2], high_resolution_features=repeated[:2], multimask_output=True,
        image_positional_embeddings=model.get_image_wide_positional_embeddings().expand(batch * prompts, -1, -1, -1),
        sparse_prompt_embeddings=sparse.reshape(batch * prompts, 1, -1, hidden), dense_prompt_embeddings=dense)
    return masks.reshape(batch, prompts, *masks.shape[2:]), scores.reshape(batch, prompts, -1), objects.reshape(batch, prompts, -1)
