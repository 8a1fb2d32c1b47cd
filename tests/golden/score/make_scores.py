"""Makes truth.json, results.json and scores.json: what pycocotools' COCOeval gives. Run: python3 make_scores.py (numpy, pycocotools)."""
import contextlib, copy, io, json, pathlib
import numpy as np
from pycocotools import mask as api
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

HERE = pathlib.Path(__file__).parent
rng = np.random.default_rng(3)
NAMES = ['red circle', 'blue box', 'lesion']


def rle_of(box, h, w):
    x, y, bw, bh = box
    yy, xx = np.mgrid[:h, :w] + 0.5
    m = ((xx - x - bw / 2) / (bw / 2)) ** 2 + ((yy - y - bh / 2) / (bh / 2)) ** 2 < 1
    rle = api.encode(np.asfortranarray(m.astype(np.uint8)))
    return {'size': rle['size'], 'counts': rle['counts'].decode()}


def record(image, category, box, **more):
    segm = rle_of(box, image['height'], image['width'])
    return {'image_id': image['id'], 'category_id': category, 'bbox': box, 'segmentation': segm,
            'area': float(api.area(segm)), **more}


def random_box(image):
    w, h = rng.uniform(8, 60, 2)
    return [round(float(v), 1) for v in (rng.uniform(0, image['width'] - w), rng.uniform(0, image['height'] - h), w, h)]


def make():
    images = [{'id': int(i), 'file_name': f'sub/{n}.jpg', 'width': int(rng.integers(90, 160)), 'height': int(rng.integers(80, 120))}
              for n, i in enumerate(rng.permutation(100)[:25] + 1)]
    truth, found = [], []
    for image in images:
        for category in (1, 2, 3):
            for _ in range(rng.integers(0, 4)):
                box = random_box(image)
                truth.append(record(image, category, box, iscrowd=int(rng.random() < 0.1)))
                for _ in range(rng.integers(0, 3)):
                    near = [round(float(v), 1) for v in np.array(box) + rng.normal(0, 0.12, 4) * [box[2], box[3], box[2], box[3]]]
                    found.append(record(image, category, near[:2] + [max(4, near[2]), max(4, near[3])], score=round(float(rng.random()), 1)))
            if rng.random() < 0.3:
                found.append(record(image, category, random_box(image), score=round(float(rng.random()), 2)))
    for i, annotation in enumerate(truth):
        annotation['id'] = i + 1
    categories = [{'id': i + 1, 'name': name} for i, name in enumerate(NAMES)]
    return {'images': images, 'categories': categories, 'annotations': truth}, {'images': images, 'categories': categories, 'annotations': found}


def evaluate(truth, found, kind, categories):
    with contextlib.redirect_stdout(io.StringIO()):
        gt = COCO()
        gt.dataset = copy.deepcopy(truth)
        gt.createIndex()
        dt = gt.loadRes(copy.deepcopy(found['annotations']))
        run = COCOeval(gt, dt, kind)
        run.params.catIds = categories
        run.evaluate()
        run.accumulate()
        run.summarize()
    return dict(zip(('ap', 'ap50', 'ap75'), (float(v) for v in run.stats[:3])))


def main():
    truth, found = make()
    scores = {kind: {'overall': evaluate(truth, found, kind, [1, 2, 3]),
                     **{name: evaluate(truth, found, kind, [i + 1]) for i, name in enumerate(NAMES)}} for kind in ('bbox', 'segm')}
    for name, data in (('truth', truth), ('results', found), ('scores', scores)):
        (HERE / f'{name}.json').write_text(json.dumps(data) + '\n')


main()
