"""Reads a YOLO dataset as its users do. Usage: check_yolo.py ultralytics|supervision|datumaro FOLDER [TASK]; prints JSON.

{image path: [[class name, [x0, y0, x1, y1] in pixels to 3 decimals, number of outline points]]}, and what was refused.
"""
import contextlib, io, json, logging, os, pathlib, sys

tool, folder, *rest = sys.argv[1:]
root = pathlib.Path(folder).resolve()
out = {}


def rounded(values):
    return [round(float(v), 3) + 0.0 for v in values]


def by_ultralytics(task):
    os.environ['YOLO_CONFIG_DIR'] = str(root.parent)
    from ultralytics.data.dataset import YOLODataset
    from ultralytics.data.utils import check_det_dataset
    from ultralytics.utils import LOGGER
    LOGGER.setLevel(logging.ERROR)
    data = check_det_dataset(str(root / 'data.yaml'), autodownload=False)
    for split in ('train', 'val', 'test'):
        if not data.get(split):
            continue
        dataset = YOLODataset(img_path=data[split], data=data, task=task, augment=False, rect=False)
        for entry in dataset.labels:
            (h, w) = entry['shape']
            boxes = entry['bboxes']
            objects = []
            for i, (cls, (x, y, bw, bh)) in enumerate(zip(entry['cls'][:, 0], boxes)):
                points = len(entry['segments'][i]) if entry['segments'] else 0
                if entry.get('keypoints') is not None:
                    points = entry['keypoints'].shape[1]
                box = [(x - bw / 2) * w, (y - bh / 2) * h, (x + bw / 2) * w, (y + bh / 2) * h]
                objects.append([data['names'][int(cls)], rounded(box), points])
            out.setdefault(str(pathlib.Path(entry['im_file']).relative_to(root)), {})[split] = sorted(objects)


def by_supervision(_task):
    import supervision as sv
    for images in sorted({p.parent for p in (root / 'images').rglob('*.*')}):
        labels = pathlib.Path(str(images).replace('/images', '/labels'))
        dataset = sv.DetectionDataset.from_yolo(str(images), str(labels), str(root / 'data.yaml'))
        for path, _image, found in dataset:
            objects = [[dataset.classes[c], rounded(box), int(found.mask is not None)] for c, box in zip(found.class_id, found.xyxy)]
            out[str(pathlib.Path(path).relative_to(root))] = sorted(objects)


def by_datumaro(_task):
    import datumaro
    dataset = datumaro.Dataset.import_from(str(root), 'yolo')
    names = [label.name for label in dataset.categories()[datumaro.AnnotationType.label]]
    for item in dataset:
        boxes = [[names[a.label], rounded([a.x, a.y, a.x + a.w, a.y + a.h]), 0] for a in item.annotations]
        out[f'{item.subset}/{item.id}'] = sorted(boxes)


with contextlib.redirect_stdout(io.StringIO()):
    {'ultralytics': by_ultralytics, 'supervision': by_supervision, 'datumaro': by_datumaro}[tool](rest[0] if rest else 'detect')
print(json.dumps(out, sort_keys=True, ensure_ascii=False))
