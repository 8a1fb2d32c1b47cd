"""Makes polygons.json: pycocotools' masks of generated polygons. Run: python3 make_polygons.py (numpy, pycocotools)."""
import json, pathlib
import numpy as np
from pycocotools import mask as api

rng = np.random.default_rng(11)


def main():
    cases = []
    for i in range(150):
        h, w = (int(v) for v in rng.integers(1, 60, 2))
        rings = []
        for _ in range(rng.integers(1, 4)):
            points = rng.uniform(-0.3, 1.3, (rng.integers(3, 12), 2)) * [w, h]
            rings.append(np.round(points, [0, 1, 3, 12][i % 4]).ravel().tolist())
        rle = api.merge(api.frPyObjects(rings, h, w))
        cases.append({'size': [h, w], 'polygon': rings, 'counts': rle['counts'].decode()})
    pathlib.Path(__file__).with_name('polygons.json').write_text(json.dumps(cases) + '\n')


main()
