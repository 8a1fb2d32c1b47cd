"""Makes masks.json: what pycocotools answers for generated masks. Run: python3 make_masks.py (numpy, pycocotools)."""
import base64, json, pathlib
import numpy as np
from pycocotools import mask as api

rng = np.random.default_rng(7)


def blob(h, w):
    yy, xx = np.mgrid[:h, :w]
    m = np.zeros((h, w), bool)
    for _ in range(rng.integers(1, 5)):
        cy, cx = rng.uniform(0, h), rng.uniform(0, w)
        ry, rx = rng.uniform(0.5, h / 2 + 1), rng.uniform(0.5, w / 2 + 1)
        m ^= ((yy - cy) / ry) ** 2 + ((xx - cx) / rx) ** 2 < 1
    return m ^ (rng.random((h, w)) < 0.01)


def main():
    sets = []
    for h, w in [(1, 1), (1, 9), (9, 1), (7, 13), (32, 32), (61, 47), (48, 120), (200, 150)]:
        masks = [blob(h, w) for _ in range(6)]
        rles = [api.encode(np.asfortranarray(m.astype(np.uint8))) for m in masks]
        crowd = [0, 1, 0, 1, 0, 0]
        text = lambda r: r['counts'].decode()
        sets.append({
            'size': [h, w],
            'bits': [base64.b64encode(np.packbits(m)).decode() for m in masks],
            'counts': [text(r) for r in rles],
            'area': [int(a) for a in api.area(rles)],
            'bbox': api.toBbox(rles).tolist(),
            'union': text(api.merge(rles)),
            'intersection': text(api.merge(rles[:3], intersect=True)),
            'crowd': crowd,
            'iou': api.iou(rles, rles, crowd).tolist(),
        })
    pathlib.Path(__file__).with_name('masks.json').write_text(json.dumps(sets) + '\n')


main()
