"""Writes models/onnx-community and models/samexporter: the random SAM 2 of tiny.py in both layouts.
usage: python3 make_models.py (only after a change of tiny.py; then make_goldens.py)"""
import json
import os
import torch
from tiny import SIDE, CommunityDecoder, Encoder, SamexporterDecoder, build

HERE = os.path.dirname(os.path.abspath(__file__))


class SamexporterEncoder(Encoder):
    def forward(self, image):
        e0, e1, e2 = super().forward(image)
        return e0, e1, e2


def save(module, args, path, inputs, outputs, axes):
    path = os.path.join(HERE, "models", path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    torch.onnx.export(module, args, path, input_names=inputs, output_names=outputs, dynamic_axes=axes, opset_version=18, dynamo=False)
    print(path, round(os.path.getsize(path) / 1e3), "KB")


def main():
    torch.set_grad_enabled(False)
    model = build()
    image = torch.randn(1, 3, SIDE, SIDE)
    embeddings = Encoder(model)(image)
    names = [f"image_embeddings.{i}" for i in range(3)]
    count, points = 3, 2
    coords = torch.rand(count, points, 2) * SIDE
    labels = torch.tensor([[1, 0], [1, 1], [0, 1]])

    save(Encoder(model), (image,), "onnx-community/onnx/vision_encoder.onnx", ["pixel_values"], names, {})
    save(CommunityDecoder(model), (coords[None], labels[None], torch.rand(1, count, 4) * SIDE, *embeddings),
         "onnx-community/onnx/prompt_encoder_mask_decoder.onnx", ["input_points", "input_labels", "input_boxes", *names],
         ["iou_scores", "pred_masks", "object_score_logits"],
         {"input_points": {1: "prompts", 2: "points"}, "input_labels": {1: "prompts", 2: "points"}, "input_boxes": {1: "boxes"},
          "iou_scores": {1: "prompts"}, "pred_masks": {1: "prompts"}, "object_score_logits": {1: "prompts"}})

    save(SamexporterEncoder(model), (image,), "samexporter/sam2_tiny.encoder.onnx", ["image"],
         ["high_res_feats_0", "high_res_feats_1", "image_embed"], {})
    mask = torch.zeros(count, 1, SIDE // 4, SIDE // 4)
    save(SamexporterDecoder(model), (embeddings[2], embeddings[0], embeddings[1], coords, labels.float(), mask, torch.zeros(1)),
         "samexporter/sam2_tiny.decoder.onnx",
         ["image_embed", "high_res_feats_0", "high_res_feats_1", "point_coords", "point_labels", "mask_input", "has_mask_input"],
         ["masks", "iou_predictions"],
         {"point_coords": {0: "prompts", 1: "points"}, "point_labels": {0: "prompts", 1: "points"}, "mask_input": {0: "prompts"},
          "masks": {0: "prompts"}, "iou_predictions": {0: "prompts"}})

    folder = os.path.join(HERE, "models", "onnx-community")
    config = model.config.to_dict()
    json.dump(config, open(os.path.join(folder, "config.json"), "w"), indent=1, default=str)
    json.dump(dict(image_processor_type="Sam2ImageProcessor", processor_class="Sam2Processor", do_resize=True, do_rescale=True,
                   do_normalize=True, do_convert_rgb=True, resample=2, rescale_factor=1 / 255, image_mean=[0.485, 0.456, 0.406],
                   image_std=[0.229, 0.224, 0.225], size=dict(width=SIDE, height=SIDE)),
              open(os.path.join(folder, "preprocessor_config.json"), "w"), indent=1)


if __name__ == "__main__":
    main()
