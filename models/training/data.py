"""Batches of stored scenes (see make_data.py), flipped, turned and slightly re-lit at random."""
import glob

import numpy as np

from make_data import NOTHING


class Scenes:
    """All finished shards of a folder, memory mapped; look again with `refresh` while they are being made."""

    def __init__(self, folder, rng):
        self.folder, self.rng, self.shards = folder, rng, {}
        self.refresh()

    def refresh(self):
        for done in glob.glob(f"{self.folder}/*.done"):
            base = done[:-5]
            if base not in self.shards:
                names = ("image", "boxes", "classes", "count", "by_token", "by_patch")
                self.shards[base] = {name: np.load(f"{base}.{name}.npy", mmap_mode="r") for name in names}
        self.bases = sorted(self.shards)
        sizes = np.array([len(self.shards[base]["count"]) for base in self.bases], float)
        self.chance = sizes / max(1, sizes.sum())

    def batch(self, size):
        """-> dict of image uint8 [B, H, W, 3], boxes float32 [B, 5, 4] (shares of the sides), classes [B, 5, 2],
        count [B], by_token uint8 [B, rows, columns], by_patch uint8 [B, 2 rows, 2 columns]."""
        rng = self.rng
        shard = self.shards[self.bases[rng.choice(len(self.bases), p=self.chance)]]
        picked = np.sort(rng.choice(len(shard["count"]), size, replace=False))
        out = {name: np.array(column[picked]) for name, column in shard.items()}
        spatial, boxes = ("image", "by_token", "by_patch"), out["boxes"]
        for axis, (low, high) in ((2, (0, 2)), (1, (1, 3))):             # mirror left-right, then up-down
            flip = rng.random(size) < 0.5
            for name in spatial:
                out[name][flip] = np.flip(out[name][flip], axis)
            boxes[flip, :, low], boxes[flip, :, high] = 1 - boxes[flip, :, high], 1 - boxes[flip, :, low]
        if rng.random() < 0.5:                                           # a quarter turn, together with the mirrors
            for name in spatial:
                out[name] = np.swapaxes(out[name], 1, 2)
            out["boxes"] = boxes[:, :, [1, 0, 3, 2]]
        light = rng.uniform(0.95, 1.05, (size, 1, 1, 1)).astype(np.float32)
        shift = rng.uniform(-5, 5, (size, 1, 1, 1)).astype(np.float32)
        out["image"] = np.clip(out["image"] * light + shift, 0, 255)
        return out


def dense_targets(owner, boxes, classes):
    """Per cell: what it shows. owner uint8 [B, rows, columns] -> float32 [B, rows * columns, 7]:
    anything?, colour, kind, and the four edges of its box relative to the cell's centre, in merged tokens."""
    count, rows, columns = owner.shape
    index = np.where(owner == NOTHING, 0, owner).reshape(count, -1)
    image = np.arange(count)[:, None]
    scale = 1 if rows * columns < 60 else 2                              # patches are half a merged token
    y, x = np.divmod(np.arange(rows * columns), columns)
    centre = np.stack([x + 0.5, y + 0.5, x + 0.5, y + 0.5], -1)
    edges = (boxes[image, index] * [columns, rows, columns, rows] - centre) / scale
    present = (owner != NOTHING).reshape(count, -1, 1)
    return (np.concatenate([present, classes[image, index] * present, edges * present], -1)).astype(np.float32)
