"""Golden tensors of SAM 2 from HF transformers: for the demo model (models/demo/sam2) and the random one of tiny.py.
usage: python3 make_goldens.py (half a minute; again after the demo model was trained again)

Pixels are those of Sam2ImageProcessor on PIL images (bilinear, antialiased). The random model is plain Sam2Model.forward.
The demo model's decoder also draws boxes and clicks into SAM 2's own mask prompt, so it is written out here with Sam2Model's
parts. Large tensors are kept as every n-th value."""
import hashlib
import json
import os
import numpy as np
import onnxruntime as ort
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw
from transformers import Sam2Model
import tiny

HERE = os.path.dirname(os.path.abspath(__file__))
DEMO = os.path.normpath(os.path.join(HERE, "../../../models/demo/sam2"))
GRAPHS = ["onnx/vision_encoder.onnx", "onnx/prompt_encoder_mask_decoder.onnx"]
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
KEEP = 1200

# Width, height, and prompts in image pixels: boxes [x0, y0, x1, y1], points [x, y, label].
IMAGES = {
    "wide": (317, 241),
    "tall": (143, 203),
}
PROMPTS = {
    "wide": {
        "boxes": [dict(box=[40, 50, 121, 131], points=[]), dict(box=[180, 60, 280, 180], points=[]), dict(box=[0, 190, 317, 241], points=[])],
        "clicks": [dict(box=None, points=[[80, 90, 1]]), dict(box=None, points=[[230, 121, 1]])],
        "both": [dict(box=[40, 50, 121, 131], points=[[80, 90, 1], [118, 54, 0]]), dict(box=[180, 60, 280, 180], points=[[230, 121, 1], [184, 66, 0]])],
    },
    "tall": {
        "boxes": [dict(box=[15.5, 20.25, 76, 80], points=[]), dict(box=[50, 110, 125, 190], points=[])],
        "clicks": [dict(box=None, points=[[45, 50, 1], [2, 2, 0]])],
        "both": [dict(box=[50, 110, 125, 190], points=[[88, 150, 1]])],
    },
}


def draw(name):
    """The test images: an ellipse and a polygon on a gradient."""
    width, height = IMAGES[name]
    y, x = np.mgrid[:height, :width]
    ground = np.stack([60 + 80 * x / width, 90 + 50 * y / height, 120 + 20 * np.sin(x / 9) + 0 * y], -1)
    image = Image.fromarray(ground.astype(np.uint8))
    pen = ImageDraw.Draw(image)
    first, second = (prompt["box"] for prompt in PROMPTS[name]["boxes"][:2])
    pen.ellipse(first, fill=(210, 40, 40))
    x0, y0, x1, y1 = second
    pen.polygon([((x0 + x1) / 2, y0), (x1, y1), (x0, y1)], fill=(40, 170, 80))
    return image


def pixel_values(image, side):
    small = np.asarray(image.resize((side, side), Image.Resampling.BILINEAR), np.float32) / 255
    return torch.from_numpy((small - np.float32(MEAN)) / np.float32(STD)).permute(2, 0, 1)[None].float()


def tensors(prompts, size, side):
    """Points [1, P, N, 2], labels [1, P, N], boxes [1, P or 0, 4], in model pixels."""
    scale = np.array([side / size[0], side / size[1]], np.float32)
    count = len(prompts)
    points = np.array([[p[:2] for p in q["points"]] for q in prompts], np.float32).reshape(1, count, -1, 2) * scale
    labels = np.array([[p[2] for p in q["points"]] for q in prompts], np.int64).reshape(1, count, -1)
    boxes = np.array([q["box"] for q in prompts if q["box"]], np.float32).reshape(1, -1, 4) * np.tile(scale, 2)
    return torch.from_numpy(points), torch.from_numpy(labels), torch.from_numpy(boxes)


def plain(model, embeddings, points, labels, boxes):
    has_points, has_boxes = points.shape[2] > 0, boxes.shape[1] > 0
    out = model(image_embeddings=embeddings, input_points=points if has_points else None, input_labels=labels if has_points else None,
                input_boxes=boxes if has_boxes else None, multimask_output=True)
    return out.pred_masks, out.iou_scores


def drawn_prompts(points, labels, boxes, side, cells):
    """[P, 1, cells, cells]: +2 inside a box and -2 outside, 0 without one; a click adds a bump of +6 or -6, 1.5 cells wide."""
    count = points.shape[1]
    centre = (torch.arange(cells) + 0.5) * (side / cells)
    box = boxes.reshape(1, count, -1, 4)
    inside_x = (centre >= box[..., 0:1]) & (centre <= box[..., 2:3])
    inside_y = (centre >= box[..., 1:2]) & (centre <= box[..., 3:4])
    area = torch.where(inside_y[..., :, None] & inside_x[..., None, :], 2.0, -2.0).sum(2)
    square = (centre - points[..., 0:1])[..., None, :] ** 2 + (centre - points[..., 1:2])[..., :, None] ** 2
    sign = torch.where(labels == 1, 6.0, torch.where(labels == 0, -6.0, 0.0))
    bumps = sign[..., None, None] * torch.exp(-square * (cells / side / 1.5) ** 2 / 2)
    return (area + bumps.sum(2)).reshape(count, 1, cells, cells)


def demo(model, embeddings, points, labels, boxes):
    count, prompts = points.shape[1], model.prompt_encoder
    corners = boxes.reshape(1, count, -1, 2)
    corner_labels = torch.tensor([2, 3]).repeat(1, count, 1)[:, :, : corners.shape[2]]
    sparse = tiny.embed_points(model, torch.cat([points, corners], 2), torch.cat([labels, corner_labels], 2))
    dense = prompts.mask_embed(drawn_prompts(points, labels, boxes, prompts.input_image_size, prompts.mask_input_size[0]))
    masks, iou, _ = tiny.run_decoder(model, embeddings, sparse, dense)
    return masks[None], iou[None]


def sampled(value):
    flat = value.detach().numpy().ravel()
    stride = -(-len(flat) // KEEP) | 1
    return dict(dims=list(value.shape), stride=stride, values=[float(f"{v:.6g}") for v in flat[::stride]])


def runs(mask):
    """Lengths of the runs of 0, 1, 0, ... row by row."""
    flat = np.concatenate([[0], mask.ravel().astype(np.int8), [-1]])
    cuts = np.flatnonzero(flat[1:] != flat[:-1])
    return np.diff(np.concatenate([[0], cuts])).tolist()


def best_masks(masks, iou, size):
    best = iou[0].argmax(-1)
    chosen = masks[0][torch.arange(len(best)), best][:, None]
    up = F.interpolate(chosen, (size[1], size[0]), mode="bilinear", align_corners=False)[:, 0] > 0
    return [runs(m.numpy()) for m in up]


def check_graphs(folder, pixels, prompt_tensors, masks):
    """The graphs must say the same, or these goldens would not be theirs."""
    encoder, decoder = (ort.InferenceSession(os.path.join(folder, graph)) for graph in GRAPHS)
    features = encoder.run(None, {"pixel_values": pixels.numpy()})
    feeds = {f"image_embeddings.{i}": f for i, f in enumerate(features)}
    points, labels, boxes = (t.numpy() for t in prompt_tensors)
    got = decoder.run(["pred_masks"], {**feeds, "input_points": points, "input_labels": labels, "input_boxes": boxes})[0]
    worst = float(np.abs(got - masks.numpy()).max())
    assert worst < 1e-3, f"{folder}: the graph and the weights differ by {worst}"


def golden(model, decode, folder):
    side = model.prompt_encoder.input_image_size
    out = {"images": {}}
    for name, size in IMAGES.items():
        pixels = pixel_values(draw(name), side)
        embeddings = model.get_image_embeddings(pixels)
        entry = dict(pixel_values=sampled(pixels), embeddings=[sampled(e) for e in embeddings], prompts={})
        for kind, prompts in PROMPTS[name].items():
            inputs = tensors(prompts, size, side)
            masks, iou = decode(model, embeddings, *inputs)
            check_graphs(folder, pixels, inputs, masks)
            entry["prompts"][kind] = dict(prompts=prompts, logits=sampled(masks), iou=sampled(iou), masks=best_masks(masks, iou, size))
        out["images"][name] = entry
    return out


def digest(folder):
    both = hashlib.sha256()
    for graph in GRAPHS:
        both.update(open(os.path.join(folder, graph), "rb").read())
    return both.hexdigest()


def main():
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)
    for name in IMAGES:
        draw(name).save(os.path.join(HERE, f"{name}.png"))
    tiny_folder = os.path.join(HERE, "models", "onnx-community")
    for name, model, decode, folder in [
        ("tiny", tiny.build(), plain, tiny_folder),
        ("demo", Sam2Model.from_pretrained(DEMO, dtype=torch.float32).eval(), demo, DEMO),
    ]:
        result = golden(model, decode, folder)
        result["graphsSha256"] = digest(folder)
        json.dump(result, open(os.path.join(HERE, f"{name}.json"), "w"))
        print(name, "done")


if __name__ == "__main__":
    main()
