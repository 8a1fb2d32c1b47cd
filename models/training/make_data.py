"""Draw training scenes once, and store them as shards that the trainers map into memory.

A scene is drawn 1 to 2.6 times larger than the model sees it, at an aspect ratio between 1 and 2, then
scaled by Pillow's antialiased bicubic filter to the size that Qwen2-VL's `smart_resize` gives.
Upright images only; the trainer's flips and quarter turns make the others.

    python make_data.py FOLDER FIRST_SEED SHARDS      # each shard holds 1024 scenes of one grid
"""
import math
import os
import sys

import numpy as np
from PIL import Image

import scenes

UNIT = 28                                        # pixels of one merged vision token
MIN_PIXELS, MAX_PIXELS = 15680, 31360            # also in preprocessor_config.json
PER_SHARD = 1024
MOST_THINGS = 5
NOTHING = 255


def smart_resize(height, width, factor=UNIT, low=MIN_PIXELS, high=MAX_PIXELS):
    """Qwen2-VL's rule: multiples of `factor` within the pixel limits, nearly the same aspect ratio."""
    tall, wide = round(height / factor) * factor, round(width / factor) * factor
    if tall * wide > high:
        shrink = math.sqrt(height * width / high)
        tall, wide = math.floor(height / shrink / factor) * factor, math.floor(width / shrink / factor) * factor
    elif tall * wide < low:
        grow = math.sqrt(low / (height * width))
        tall, wide = math.ceil(height * grow / factor) * factor, math.ceil(width * grow / factor) * factor
    return max(factor, tall), max(factor, wide)


def coverage(things, height, width, rows, columns):
    """Which thing covers each cell most: uint8 [rows, columns], NOTHING below 6 % of the cell."""
    best = np.full((rows, columns), 0.06, np.float32)
    owner = np.full((rows, columns), NOTHING, np.uint8)
    for index, thing in enumerate(things):
        small = np.asarray(Image.fromarray(thing.mask.astype(np.float32)).resize((columns, rows), Image.BOX))
        owner[small > best] = index
        best = np.maximum(best, small)
    return owner


def random_size(rng):
    """A size to draw at: height <= width, common aspect ratios most often."""
    ratio = rng.choice([1, 4 / 3, 3 / 2, 16 / 9, 0], p=[0.27, 0.22, 0.16, 0.1, 0.25]) or rng.uniform(1, 2)
    area = MAX_PIXELS * rng.uniform(1, 2.6) ** 2
    return round(math.sqrt(area / ratio)), round(math.sqrt(area * ratio))


def scene_at_model_size(rng):
    """-> uint8 [H, W, 3], boxes float32 [5, 4] as shares of width and height, classes uint8 [5, 2],
    number of things, owner by token uint8 [H/28, W/28], owner by patch uint8 [H/14, W/14]."""
    height, width = random_size(rng)
    image, things = scenes.draw(rng, height, width)
    tall, wide = smart_resize(height, width)
    small = np.asarray(Image.fromarray(image).resize((wide, tall), Image.BICUBIC))
    boxes, classes = np.zeros((MOST_THINGS, 4), np.float32), np.zeros((MOST_THINGS, 2), np.uint8)
    for index, thing in enumerate(things):
        boxes[index] = np.array(thing.box) / (width, height, width, height)
        classes[index] = scenes.ALL_COLOURS.index(thing.colour), scenes.ALL_KINDS.index(thing.kind)
    by_token = coverage(things, height, width, tall // 28, wide // 28)
    by_patch = coverage(things, height, width, tall // 14, wide // 14)
    return small, boxes, classes, len(things), by_token, by_patch


def main(folder, seed, shards):
    os.makedirs(folder, exist_ok=True)
    rng = np.random.default_rng(seed)
    waiting, written = {}, 0
    while written < shards:
        scene = scene_at_model_size(rng)
        grid = scene[4].shape
        rows = waiting.setdefault(grid, [])
        rows.append(scene)
        if len(rows) == PER_SHARD // (4 if written < 8 else 1):
            names = ("image", "boxes", "classes", "count", "by_token", "by_patch")
            base = f"{folder}/{grid[0]}x{grid[1]}-{seed}-{written:03d}"
            for name, column in zip(names, zip(*rows)):
                np.save(f"{base}.{name}.npy", np.stack(column) if name != "count" else np.array(column, np.uint8))
            open(f"{base}.done", "w").close()
            written += 1
            rows.clear()
            print(base, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
