"""Draw the sample images and their truth (COCO instances with exact masks).

    python make_samples.py ../../samples

Each sample has a wish ("two red circles and a star"); scenes of successive seeds, none of them ever trained or measured
on, are drawn until one grants it. Masks, boxes and sizes are in upright pixels: one JPEG is stored lying on its
side with EXIF orientation 6, and `truth.json` speaks of it as it is shown.
"""
import json
import os
import sys

import numpy as np
from PIL import Image
from pycocotools import mask as rle

import scenes

FIRST_SEED = 5_000_000
ORIENTATION, TURN_RIGHT = 0x0112, 6            # EXIF tag; value 6: turn the stored pixels clockwise to show them


def having(*names, least=1):
    """A wish: each of the names appears, and there are at least so many things."""
    return lambda things: all(name in [n for thing in things for n in (thing.name, thing.kind)] for name in names) and len(things) >= least


def two(name, least=2):
    """A wish: a name appears at least twice."""
    return lambda things: sum(name in (thing.name, thing.kind) for thing in things) >= 2 and len(things) >= least


# file, height, width, what draws it, wish, how it is stored
SAMPLES = [
    ("shapes-01.png", 900, 1200, scenes.draw_shapes, two("red circle", 4), "colour"),
    ("shapes-02.jpg", 1067, 1600, scenes.draw_shapes, having("red circle", "star", "ring", least=4), "colour"),
    ("shapes-03.jpg", 1000, 1000, scenes.draw_shapes, having("red circle", "blue square", least=4), "colour"),
    ("shapes-04.png", 800, 1200, scenes.draw_shapes, two("star", 4), "colour"),
    ("shapes-05.jpg", 900, 1600, scenes.draw_shapes, two("ring", 5), "colour"),
    ("shapes-06.jpg", 1200, 900, scenes.draw_shapes, having("red circle", "green triangle", least=3), "turned"),
    ("shapes-07.jpg", 960, 1280, scenes.draw_shapes, having("yellow star", "cross", least=5), "colour"),
    ("shapes-08.png", 800, 800, scenes.draw_shapes, having("purple ring", "orange square", least=3), "colour"),
    ("slice-01.png", 900, 1200, scenes.draw_scan, having("dark lesion", "bright lesion", least=3), "grey"),
    ("slice-02.png", 800, 800, scenes.draw_scan, two("dark lesion"), "grey16"),
    ("slice-03.jpg", 1024, 1024, scenes.draw_scan, two("bright lesion"), "grey"),
    ("slice-04.jpg", 800, 1200, scenes.draw_scan, having("dark lesion"), "grey"),
]


def store(path, pixels, how, seed):
    """Write uint8 pixels [H, W] or [H, W, 3] as PNG or JPEG."""
    if how == "grey16":                                      # 256 levels spread over 16 bits, with noise below one level
        fine = np.random.default_rng(seed).integers(0, 257, pixels.shape)
        Image.fromarray((pixels.astype(np.int64) * 256 + np.minimum(fine, 255)).astype(np.uint16)).save(path)
        return
    image, options = Image.fromarray(pixels), dict(quality=88) if path.endswith(".jpg") else dict(optimize=True)
    if how == "turned":
        image = Image.fromarray(np.ascontiguousarray(np.rot90(pixels)))        # a quarter turn to the left
        options["exif"] = Image.Exif()
        options["exif"][ORIENTATION] = TURN_RIGHT
    image.save(path, **options)


def main(folder):
    os.makedirs(folder, exist_ok=True)
    categories = [name for name in (f"{c} {k}" for c in scenes.COLOURS for k in scenes.SHAPE_KINDS)]
    categories += [f"{tone} lesion" for tone in scenes.TONES]
    images, annotations, used = [], [], set()
    for number, (name, height, width, draw, wish, how) in enumerate(SAMPLES, 1):
        seed = FIRST_SEED + number * 10_000
        while True:
            pixels, things = draw(np.random.default_rng(seed), height, width)
            if wish(things):
                break
            seed += 1
        store(f"{folder}/{name}", pixels, how, seed)
        images.append(dict(id=number, file_name=name, width=width, height=height))
        for thing in things:
            code = rle.encode(np.asfortranarray(thing.mask.astype(np.uint8)))
            x0, y0, x1, y1 = thing.box
            used.add(thing.name)
            annotations.append(dict(
                id=len(annotations) + 1, image_id=number, category_id=categories.index(thing.name) + 1, iscrowd=0,
                bbox=[x0, y0, x1 - x0, y1 - y0], area=int(thing.mask.sum()),
                segmentation=dict(size=[height, width], counts=code["counts"].decode("ascii"))))
        print(name, seed, [thing.name for thing in things], f"{os.path.getsize(f'{folder}/{name}') / 1e3:.0f} kB", flush=True)
    truth = dict(
        info=dict(description="Sample images drawn by models/training/make_samples.py", version="1"),
        licenses=[], images=images, annotations=annotations,
        categories=[dict(id=i, name=name, supercategory="lesion" if "lesion" in name else "shape")
                    for i, name in enumerate(categories, 1) if name in used])
    with open(f"{folder}/truth.json", "w") as file:
        json.dump(truth, file, indent=1)


if __name__ == "__main__":
    main(sys.argv[1])
