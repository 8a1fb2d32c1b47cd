"""OpenCV's own GrabCut (cv2, full size, 5 iterations, started from a box) on textured scenes made here, on composites (wavy
cut-outs of one photo pasted on another, so that the truth is known) and on the photos of ../shared/testdata/photos where they
are; for the photos also how far it agrees with itself. The photos are of facebookresearch/sam2 (notebooks/images), Apache-2.0.
usage: python3 make_goldens.py"""
import hashlib
import json
import os
import cv2
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
PHOTOS = os.path.normpath(os.path.join(HERE, "../../../../shared/testdata/photos"))
PHOTO_BOXES = {
    "truck.jpg": [[75, 275, 1725, 850], [425, 600, 700, 875], [1375, 550, 1650, 800], [1240, 675, 1400, 750]],
    "cars.jpg": [[260, 500, 1355, 1060], [1325, 280, 2250, 1420], [80, 505, 185, 885]],
    "groceries.jpg": [[364, 164, 446, 344], [438, 172, 510, 344], [504, 150, 590, 342]],
}


def texture(rng, height, width, colours, scale):
    """Blurred noise that runs through a few colours."""
    noise = cv2.GaussianBlur(rng.normal(size=(height, width)).astype(np.float32), (0, 0), scale)
    noise = (noise - noise.mean()) / noise.std()
    share = np.clip(noise * 0.4 + 0.5, 0, 1)[..., None]
    return np.float32(colours[0]) * (1 - share) + np.float32(colours[1]) * share


def blob(rng, height, width, centre, radius):
    """A wavy disc: bool [height, width]."""
    y, x = np.mgrid[:height, :width]
    angle = np.arctan2(y - centre[1], x - centre[0])
    wave = sum(rng.uniform(-0.13, 0.13) * np.cos(k * angle + rng.uniform(0, 6)) for k in range(2, 6))
    return np.hypot(x - centre[0], y - centre[1]) < radius * (1 + wave)


def scene(seed, width, height):
    """An image with three wavy objects on a textured ground; truth masks in order."""
    rng = np.random.default_rng(seed)
    image = texture(rng, height, width, rng.integers(40, 120, (2, 3)), rng.uniform(4, 20))
    masks = []
    for i in range(3):
        radius = min(width / 3, height) * rng.uniform(0.24, 0.34)
        mask = blob(rng, height, width, (width * (i + 0.5) / 3, height * rng.uniform(0.42, 0.58)), radius)
        colours = rng.integers(60, 150, 3) + np.array([[0], [30]]) + rng.permutation([70, 20, -40])
        soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1)[..., None]
        image = image * (1 - soft) + texture(rng, height, width, colours, rng.uniform(2, 10)) * soft
        masks.append(mask)
    image += rng.normal(0, 6, image.shape)
    return np.clip(image, 0, 255).astype(np.uint8), masks


def composite(seed, ground, sources, width, height):
    """A photo with three wavy cut-outs of other photos pasted on, rims one pixel soft; truth masks in order."""
    rng = np.random.default_rng(seed)
    image = np.float32(cv2.resize(ground, (width, height), interpolation=cv2.INTER_AREA))
    masks = []
    for i in range(3):
        source = np.float32(cv2.resize(sources[i % len(sources)], (width, height), interpolation=cv2.INTER_AREA))
        radius = min(width / 3, height) * rng.uniform(0.22, 0.34)
        mask = blob(rng, height, width, (width * (i + 0.5) / 3, height * rng.uniform(0.42, 0.58)), radius)
        soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1)[..., None]
        image = image * (1 - soft) + np.roll(source, rng.integers(width), axis=1) * soft
        masks.append(mask)
    return np.clip(image, 0, 255).astype(np.uint8), masks


def box_of(mask):
    y, x = np.nonzero(mask)
    pad = 4
    return [int(max(0, x.min() - pad)), int(max(0, y.min() - pad)), int(min(mask.shape[1], x.max() + 1 + pad)), int(min(mask.shape[0], y.max() + 1 + pad))]


def grabcut(image, box, seed=1):
    classes = np.zeros(image.shape[:2], np.uint8)
    cv2.setRNGSeed(seed)
    x0, y0, x1, y1 = box
    cv2.grabCut(image, classes, (x0, y0, x1 - x0, y1 - y0), np.zeros((1, 65)), np.zeros((1, 65)), 5, cv2.GC_INIT_WITH_RECT)
    return classes & 1 == 1


def runs(mask):
    """Lengths of the runs of 0, 1, 0, ... row by row."""
    flat = np.concatenate([[0], mask.ravel().astype(np.int8), [-1]])
    cuts = np.flatnonzero(flat[1:] != flat[:-1])
    return np.diff(np.concatenate([[0], cuts])).tolist()


def iou(a, b):
    return float((a & b).sum() / max(1, (a | b).sum()))


def with_truth(name, image, truths):
    """Writes the image; its objects as OpenCV sees them in the file."""
    file = os.path.join(HERE, f"{name}.jpg")
    cv2.imwrite(file, image, [cv2.IMWRITE_JPEG_QUALITY, 80])
    image = cv2.imread(file)
    masks = [grabcut(image, box_of(t)) for t in truths]
    print(name, [round(iou(t, m), 3) for t, m in zip(truths, masks)], os.path.getsize(file) // 1000, "KB", flush=True)
    return [dict(box=box_of(t), truth=runs(t), grabcut=runs(m)) for t, m in zip(truths, masks)]


def make_composites():
    truck, cars, groceries = (cv2.imread(os.path.join(PHOTOS, name)) for name in PHOTO_BOXES)
    return {
        "on_groceries": with_truth("on_groceries", *composite(11, groceries, [truck, cars], 800, 534)),
        "on_cars": with_truth("on_cars", *composite(12, cars, [groceries, truck], 900, 600)),
        "on_truck": with_truth("on_truck", *composite(13, truck, [groceries, cars], 1350, 900)),
    }


def on_photo(image, box):
    """OpenCV's mask, and its least IoU with its own of another random seed and of the box one pixel to the right and down."""
    mask = grabcut(image, box)
    others = [grabcut(image, box, 2), grabcut(image, [side + 1 for side in box])]
    agreement = min(iou(mask, other) for other in others)
    print("  agrees with itself", round(agreement, 3), flush=True)
    return dict(box=box, grabcut=runs(mask), self=round(agreement, 3))


def main():
    out = {"scenes": {}, "composites": {}, "photos": {}}
    for name, size in {"small": (420, 311), "middle": (901, 640), "large": (1600, 1103)}.items():
        out["scenes"][name] = with_truth(name, *scene({"small": 3, "middle": 5, "large": 8}[name], *size))
    if os.path.exists(PHOTOS):
        out["composites"] = make_composites()
        for name, boxes in PHOTO_BOXES.items():
            file = os.path.join(PHOTOS, name)
            print(name, flush=True)
            digest = hashlib.sha256(open(file, "rb").read()).hexdigest()
            out["photos"][name] = dict(sha256=digest, objects=[on_photo(cv2.imread(file), box) for box in boxes])
    json.dump(out, open(os.path.join(HERE, "goldens.json"), "w"))


if __name__ == "__main__":
    main()
