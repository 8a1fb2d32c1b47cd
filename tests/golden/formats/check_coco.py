"""Reads COCO exports with other tools; prints JSON.

check_coco.py INSTANCES_FILE: pycocotools alone, every mask as rows, and COCOeval of the file against itself.
check_coco.py INSTANCES_FOLDER RESULTS_FOLDER PANOPTIC_FOLDER: pycocotools, every mask as rows, and results scored against the
instances. datumaro: instances and panoptic. supervision: instances.
"""
import contextlib, io, json, logging, pathlib, sys

import numpy as np
from PIL import Image

instances, results, panoptic = (*map(pathlib.Path, sys.argv[1:]), None, None)[:3]
logging.disable(logging.CRITICAL)


def rows(mask):
    return [''.join('#' if v else '.' for v in row) for row in mask]


def objects_of(gt):
    names = {c['id']: c['name'] for c in gt.loadCats(gt.getCatIds())}
    return {gt.imgs[i]['file_name']: [[names[a['category_id']], a['bbox'], a['iscrowd'], rows(gt.annToMask(a)) if a['segmentation'] else None]
                                      for a in gt.imgToAnns[i]] for i in sorted(gt.imgs)}


def against_itself(file):
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval
    with contextlib.redirect_stdout(io.StringIO()):
        out = {'objects': objects_of(COCO(file)), 'ap': {}}
        for kind in ('bbox', 'segm'):
            gt = COCO(file)
            gt.dataset['annotations'] = [a for a in gt.anns.values() if kind == 'bbox' or a['segmentation']]
            gt.createIndex()
            plain = lambda a: {k: a[k] for k in ('image_id', 'category_id', 'bbox')}
            found = [{**plain(a), 'score': 1.0, **({'segmentation': gt.annToRLE(a)} if kind == 'segm' else {})} for a in gt.anns.values()]
            run = COCOeval(gt, gt.loadRes(found), kind)
            run.evaluate()
            run.accumulate()
            run.summarize()
            out['ap'][kind] = float(run.stats[0])
    return out


def with_pycocotools():
    from pycocotools.coco import COCO
    with contextlib.redirect_stdout(io.StringIO()):
        out = {file.name: objects_of(COCO(str(file))) for file in sorted((instances / 'annotations').glob('*.json'))}
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


everything = lambda: {'pycocotools': with_pycocotools(), 'datumaro': with_datumaro(), 'supervision': with_supervision(), 'pil': with_pil()}
print(json.dumps(everything() if panoptic else against_itself(sys.argv[1]), indent=1, sort_keys=True, ensure_ascii=False))
