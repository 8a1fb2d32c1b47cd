"""Reads a Pascal VOC export with other tools. Usage: check_voc.py FOLDER TOOL...; prints JSON.

devkit: XML and lists as the readers of the devkit have them. pil: mode, indices and palette of each mask file. datumaro: its reader of VOC as a whole, 1-based boxes. supervision: boxes.
"""
import contextlib, io, json, logging, pathlib, sys
import xml.etree.ElementTree as ET

import numpy as np
from PIL import Image

root = pathlib.Path(sys.argv[1])
logging.disable(logging.CRITICAL)


def with_devkit():
    out = {}
    for stem in (root / 'ImageSets/Main/trainval.txt').read_text('utf8').split():
        tree = ET.parse(root / 'Annotations' / f'{stem}.xml').getroot()
        objects = [(o.find('name').text, *(int(o.find('bndbox').find(k).text) for k in ('xmin', 'ymin', 'xmax', 'ymax'))) for o in tree.iter('object')]
        out[stem] = {'filename': tree.find('filename').text, 'segmented': tree.find('segmented').text, 'objects': objects}
    return out


def with_pil():
    out = {}
    for file in sorted(root.glob('Segmentation*/*.png')):
        image = Image.open(file)
        assert image.mode == 'P', image.mode
        palette = image.getpalette()
        out[f'{file.parent.name}/{file.name}'] = {'rows': [' '.join(map(str, row)) for row in np.asarray(image)],
                                                  'palette': [palette[3 * i:3 * i + 3] for i in (0, 1, 2, 3, 15, 255)], 'colours': len(palette) // 3}
    return out


def with_datumaro():
    from datumaro.components.annotation import AnnotationType
    from datumaro.components.dataset import Dataset
    with contextlib.redirect_stderr(io.StringIO()):
        dataset = Dataset.import_from(str(root), 'voc', coordinate_mode='voc-one-based')
        names = [label.name for label in dataset.categories()[AnnotationType.label]]
        out = []
        for item in dataset:
            boxes = [[names[a.label], *(float(v) for v in a.points), {k: v for k, v in sorted(a.attributes.items())}] for a in item.annotations if a.type == AnnotationType.bbox]
            masks = [[names[a.label], a.group, int(np.asarray(a.image).sum())] for a in item.annotations if a.type == AnnotationType.mask]
            flags = sorted(names[a.label] for a in item.annotations if a.type == AnnotationType.label)
            out.append({'id': item.id, 'subset': item.subset, 'boxes': boxes, 'masks': sorted(masks, key=str), 'flags': flags})
    return {'labels': names, 'items': sorted(out, key=lambda item: (item['subset'], item['id']))}


def with_supervision():
    import supervision as sv
    dataset = sv.DetectionDataset.from_pascal_voc(str(root / 'JPEGImages'), str(root / 'Annotations'))
    out = {}
    for path, _, detections in dataset:
        masks = None if detections.mask is None else [int(mask.sum()) for mask in detections.mask]
        out[pathlib.Path(path).name] = {'boxes': [[dataset.classes[c], *map(float, box)] for c, box in zip(detections.class_id, detections.xyxy)], 'masks': masks}
    return out


tools = {'devkit': with_devkit, 'pil': with_pil, 'datumaro': with_datumaro, 'supervision': with_supervision}
print(json.dumps({tool: tools[tool]() for tool in sys.argv[2:]}, indent=1, sort_keys=True))
