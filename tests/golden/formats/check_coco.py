"""Reads COCO exports with other tools. Usage: check_coco.py INSTANCES_FOLDER RESULTS_FOLDER PANOPTIC_FOLDER; prints JSON.

pycocotools: every mask as rows, and results scored against the instances. datumaro: instances and panoptic. supervision: instances.
"""
import contextlib, io, json, logging, pathlib, sys

import numpy as np
from PIL import Image

instances, results, panoptic = map(pathlib.Path, sys.argv[1:])
logging.disable(logging.CRITICAL)


def rows(mask):
    return [''.join('#' if v else '.' for v in row) for row in mask]


def with_pycocotools():
    from pycocotools.coco import COCO
    out = {}
    with contextlib.redirect_stdout(io.StringIO()):
        for file in sorted((instances / 'annotations').glob('*.json')):
            gt = COCO(str(file))
            names = {c['id']: c['name'] for c in gt.loadCats(gt.getCatIds())}
            out[file.name] = {gt.imgs[i]['file_name']: [[names[a['category_id']], a['bbox'], a['iscrowd'], rows(gt.annToMask(a)) if a['segmentation'] else None]
                                                        for a in gt.imgToAnns[i]] for i in sorted(gt.imgs)}
        gt = COCO(str(results / 'image_info.json'))
        dt = gt.loadRes(str(results / 'results.json'))
        names = {c['id']: c['name'] for c in gt.loadCats(gt.getCatIds())}
        out['results'] = {gt.imgs[i]['file_name']: [[names[a['category_id']], a['bbox'], a['score'], int(gt.annToMask(a).sum())] for a in dt.imgToAnns[i]] for i in sorted(gt.imgs)}
    return out


def with_datumaro():
    from datumaro.components.annotation import AnnotationType
    from datumaro.components.dataset import Dataset
    out = {}
    with contextlib.redirect_stderr(io.StringIO()):
        for name, folder, kind in (('instances', instances, 'coco'), ('panoptic', panoptic, 'coco_panoptic')):
            dataset = Dataset.import_from(str(folder), kind)
            labels = [label.name for label in dataset.categories()[AnnotationType.label]]
            out[name] = []
            for item in dataset:
                shapes = []
                for a in item.annotations:
                    area = int(np.asarray(a.image).sum()) if a.type == AnnotationType.mask else None
                    shapes.append([a.type.name, labels[a.label], [float(v) for v in a.get_bbox()], area, {k: v for k, v in sorted(a.attributes.items())}])
                out[name].append({'id': item.id, 'subset': item.subset, 'size': list(item.media.size) if item.media else None, 'shapes': sorted(shapes, key=str)})
            out[name].sort(key=lambda item: (item['subset'], item['id']))
    return out


def with_supervision():
    import supervision as sv
    out = {}
    for file in sorted((instances / 'annotations').glob('*.json')):
        dataset = sv.DetectionDataset.from_coco(str(instances / 'images'), str(file))
        for path, _, detections in dataset:
            masks = None if detections.mask is None else [int(mask.sum()) for mask in detections.mask]
            boxes = [[dataset.classes[c], *map(float, box)] for c, box in zip(detections.class_id, detections.xyxy)]
            out[f'{file.stem}: {pathlib.Path(path).relative_to(instances / "images")}'] = {'boxes': boxes, 'masks': masks}
    return out


def with_pil():
    """As panopticapi reads them: red + 256 green + 65536 blue."""
    out = {}
    for file in sorted((panoptic / 'annotations').glob('*/*.png')):
        image = Image.open(file)
        assert image.mode == 'RGB', image.mode
        color = np.asarray(image).astype(np.int64)
        out[f'{file.parent.name}/{file.name}'] = [' '.join(map(str, row)) for row in color[:, :, 0] + 256 * color[:, :, 1] + 65536 * color[:, :, 2]]
    return out


print(json.dumps({'pycocotools': with_pycocotools(), 'datumaro': with_datumaro(), 'supervision': with_supervision(), 'pil': with_pil()}, indent=1, sort_keys=True, ensure_ascii=False))
