"""A SAM 2 with random weights and the real tensor names, small enough to keep in the repository."""
import torch
import torch.nn as nn
from transformers import Sam2Config, Sam2Model

SIDE = 64


def build() -> Sam2Model:
    """The same weights every time; larger than transformers' own, so that logits and scores differ from prompt to prompt."""
    dim = 32
    backbone = dict(
        model_type="sam2_hiera_det_model", hidden_size=8, num_attention_heads=1, image_size=[SIDE, SIDE],
        patch_kernel_size=[7, 7], patch_stride=[4, 4], patch_padding=[3, 3], query_stride=[2, 2],
        window_positional_embedding_background_size=[3, 3], num_query_pool_stages=3, blocks_per_stage=[1, 1, 2, 1],
        embed_dim_per_stage=[8, 16, 32, 48], num_attention_heads_per_stage=[1, 2, 2, 4],
        window_size_per_stage=[8, 4, 4, 2], global_attention_blocks=[3], mlp_ratio=1.0)
    config = Sam2Config(
        vision_config=dict(
            backbone_config=backbone, backbone_channel_list=[48, 32, 16, 8],
            backbone_feature_sizes=[[SIDE // 4] * 2, [SIDE // 8] * 2, [SIDE // 16] * 2], fpn_hidden_size=dim, num_feature_levels=3),
        prompt_encoder_config=dict(hidden_size=dim, image_size=SIDE, patch_size=16, mask_input_channels=4),
        mask_decoder_config=dict(
            hidden_size=dim, mlp_dim=32, num_hidden_layers=2, num_attention_heads=2, attention_downsample_rate=2,
            num_multimask_outputs=3, iou_head_depth=2, iou_head_hidden_dim=16))
    torch.manual_seed(7)
    model = Sam2Model(config).eval()
    with torch.no_grad():
        for name, value in model.named_parameters():
            if value.dim() > 1 or "no_memory" in name:
                value.normal_(0, 0.25)
            elif "bias" in name:
                value.normal_(0, 0.1)
    return model


def embed_points(model, points, labels):
    """Points [1, P, N, 2] with labels 0..3 or -1 -> [1, P, N + 1, D], the padding point of SAM 2 appended."""
    prompts = model.prompt_encoder
    embedded = prompts._embed_points(points, labels, False)
    padding = prompts.not_a_point_embed.weight.expand(1, points.shape[1], 1, -1)
    return torch.cat([embedded, padding], 2)


def run_decoder(model, embeddings, sparse, dense):
    """Sparse [1, P, K, D], dense [P or 1, D, h, w] -> masks [P, 3, side, side], iou [P, 3], object score [P, 1]."""
    count = sparse.shape[1]
    repeated = [e[:, None].expand(-1, count, -1, -1, -1).flatten(0, 1) for e in embeddings]
    positions = model.get_image_wide_positional_embeddings().expand(count, -1, -1, -1)
    masks, iou, _, score = model.mask_decoder(
        image_embeddings=repeated[2], image_positional_embeddings=positions,
        sparse_prompt_embeddings=sparse.reshape(count, 1, -1, sparse.shape[-1]), dense_prompt_embeddings=dense,
        multimask_output=True, high_resolution_features=repeated[:2])
    return masks[:, 0], iou[:, 0], score[:, 0]


def no_mask(model, count):
    side = model.prompt_encoder.image_embedding_size[0]
    return model.prompt_encoder.no_mask_embed.weight.reshape(1, -1, 1, 1).expand(count, -1, side, side)


class Encoder(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        return tuple(self.model.get_image_embeddings(pixel_values))


class CommunityDecoder(nn.Module):
    """input_points [1, P, N, 2], input_labels [1, P, N], input_boxes [1, P or 0, 4]."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_points, input_labels, input_boxes, e0, e1, e2):
        count = input_points.shape[1]
        corners = input_boxes.reshape(1, count, -1, 2)
        # A box is its two corners with labels 2 and 3: repeated 0 or 1 times.
        labels = torch.tensor([2, 3]).repeat(1, count, 1)[:, :, : corners.shape[2]]
        sparse = embed_points(self.model, torch.cat([input_points, corners], 2), torch.cat([input_labels, labels], 2))
        masks, iou, score = run_decoder(self.model, [e0, e1, e2], sparse, no_mask(self.model, count))
        return iou[None], masks[None], score[None]


class SamexporterDecoder(nn.Module):
    """point_coords [P, N, 2], point_labels float [P, N] with boxes as labels 2 and 3; logits clamped to +-32."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, image_embed, high_res_feats_0, high_res_feats_1, point_coords, point_labels, mask_input, has_mask_input):
        count = point_coords.shape[0]
        sparse = embed_points(self.model, point_coords[None], point_labels[None].long())
        dense = has_mask_input * self.model.prompt_encoder.mask_embed(mask_input) + (1 - has_mask_input) * no_mask(self.model, count)
        masks, iou, _ = run_decoder(self.model, [high_res_feats_0, high_res_feats_1, image_embed], sparse, dense)
        return masks.clamp(-32, 32), iou
