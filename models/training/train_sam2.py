"""Train the demo SAM 2 further: boxes (well placed and badly placed) and clicks to masks, on freshly drawn scenes.

    python train_sam2.py START_FOLDER OUT_FOLDER MINUTES [SEED]
"""
import os
import sys
import time

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

import scenes
from sam2_prompts import decode, encode

SIDE, IMAGES, PROMPTS = 256, 4, 6
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)
RATE = 4e-4


def clicks_for(rng, mask, box):
    """One click on the thing and one on it or just beside it -> points [2, 2], labels [2]."""
    x0, y0, x1, y1 = (int(v) for v in box)
    around = np.zeros_like(mask)
    around[max(0, y0 - 8):y1 + 8, max(0, x0 - 8):x1 + 8] = True
    points, labels = [], []
    for inside in (True, rng.random() < 0.5):
        rows, columns = np.nonzero(mask if inside else around & ~mask)
        if len(rows) == 0:
            rows, columns, inside = *np.nonzero(mask), True
        pick = rng.integers(len(rows))
        points.append((columns[pick] + 0.5, rows[pick] + 0.5))
        labels.append(int(inside))
    return points, labels


def draw_batch(rng):
    """-> pixels [B, 3, S, S], boxes [B, P, 4], masks [B, P, S, S], points [B, P, 2, 2], labels [B, P, 2]."""
    columns = ([], [], [], [], [])
    while len(columns[0]) < IMAGES:
        ratio, area = rng.uniform(0.5, 2), (SIDE * rng.uniform(0.9, 2)) ** 2
        height, width = round((area / ratio) ** 0.5), round((area * ratio) ** 0.5)
        image, things = scenes.draw(rng, height, width)
        if not things:
            continue
        small = np.asarray(Image.fromarray(image).resize((SIDE, SIDE), Image.BILINEAR), np.float32) / 255
        small = np.clip(small * rng.uniform(0.85, 1.15) + rng.uniform(-0.05, 0.05), 0, 1)
        boxes, masks, points, labels = [], [], [], []
        for index in rng.integers(len(things), size=PROMPTS):
            mask = cv2.resize(things[index].mask.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_AREA) > 0.5
            box = np.array(things[index].box) * np.tile([SIDE / width, SIDE / height], 2)
            reach = rng.choice([0.02, 0.12]) * np.tile(box[2:] - box[:2], 2)
            click, label = clicks_for(rng, mask, box)
            boxes.append(np.clip(box + rng.uniform(-1, 1, 4) * reach, 0, SIDE))
            masks.append(mask)
            points.append(click)
            labels.append(label)
        for column, value in zip(columns, (((small - MEAN) / STD).transpose(2, 0, 1), boxes, masks, points, labels)):
            column.append(value)
    pixels, boxes, masks, points = (torch.from_numpy(np.array(c, np.float32)) for c in columns[:4])
    return pixels, boxes, masks, points, torch.tensor(columns[4])


def mask_losses(logits, target):
    """logits [B, P, 3, s, s], target [B, P, s, s] -> (loss of each mask, IoU of each mask), both [B, P, 3]."""
    target = target[:, :, None].expand_as(logits)
    chance = logits.sigmoid()
    overlap = 2 * (chance * target).sum((-1, -2)) / (chance.sum((-1, -2)) + target.sum((-1, -2)) + 1)
    cross_entropy = F.binary_cross_entropy_with_logits(logits, target, reduction="none").mean((-1, -2))
    with torch.no_grad():
        found, real = logits > 0, target > 0.5
        iou = (found & real).sum((-1, -2)) / (found | real).sum((-1, -2)).clamp(min=1)
    return 4 * cross_entropy + 1 - overlap, iou


def main(start, out, minutes, seed=0):
    from transformers import Sam2Model
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    rng = np.random.default_rng(3_000_000 + seed)
    model = Sam2Model.from_pretrained(start, dtype=torch.float32).train()
    optimizer = torch.optim.AdamW(model.parameters(), RATE, (0.9, 0.98), weight_decay=0.01)
    begin, step, recent, saved = time.time(), 0, [], time.time()
    while (spent := (time.time() - begin) / 60) < minutes:
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / 100) * (1.01 - spent / minutes)
        pixels, boxes, masks, points, labels = draw_batch(rng)
        chance = rng.random()                       # a box; one click; two clicks; a box and clicks
        with_box = chance < 0.6 or chance >= 0.85
        count = 0 if chance < 0.6 else 1 if chance < 0.72 else 2
        logits, scores, _ = decode(model, encode(model, pixels), points[:, :, :count], labels[:, :, :count], boxes if with_box else boxes[:, :0])
        each, iou = mask_losses(logits, F.interpolate(masks, logits.shape[-2:], mode="area"))
        # A box says what is meant, so all three masks learn from it; a click may mean several things: the best one learns.
        loss = each.min(-1).values.mean() + (0.5 if with_box else 0.05) * each.mean() + ((scores - iou) ** 2).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        recent.append((loss.item(), iou.gather(-1, scores.argmax(-1, keepdim=True)).mean().item(), with_box))
        if step % 100 == 0:
            with_boxes = [row[1] for row in recent[-100:] if row[2]]
            print(f"{spent:.1f} min, step {step}, loss {np.mean([r[0] for r in recent[-100:]]):.4f}, IoU from boxes {np.mean(with_boxes):.4f}", flush=True)
        if time.time() - saved > 240 or spent + 0.1 > minutes:
            saved = time.time()
            model.save_pretrained(out + ".new")
            os.makedirs(out, exist_ok=True)
            for name in os.listdir(out + ".new"):
                os.replace(f"{out}.new/{name}", f"{out}/{name}")
    model.save_pretrained(out)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 0)
