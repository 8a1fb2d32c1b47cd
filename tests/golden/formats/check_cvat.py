"""Reads a CVAT export with datumaro's reader of CVAT. Usage: check_cvat.py FOLDER; prints JSON."""
import contextlib, io, json, logging, pathlib, sys

import numpy as np
from datumaro.components.annotation import AnnotationType
from datumaro.components.dataset import Dataset

logging.disable(logging.CRITICAL)
with contextlib.redirect_stderr(io.StringIO()):
    dataset = Dataset.import_from(sys.argv[1], 'cvat')
names = [label.name for label in dataset.categories()[AnnotationType.label]]


def plain(annotation):
    points = [float(value) for value in annotation.points] if hasattr(annotation, 'points') else None
    rows = [''.join('.#'[int(v)] for v in row) for row in np.asarray(annotation.image)] if annotation.type == AnnotationType.mask else None
    attributes = {key: value for key, value in sorted(annotation.attributes.items())}
    return {'type': annotation.type.name, 'label': names[annotation.label], 'points': points, 'rows': rows, 'z': annotation.z_order, 'group': annotation.group, 'attributes': attributes}


items = [{'id': item.id, 'subset': item.subset, 'size': list(item.media.size), 'frame': item.attributes['frame'], 'annotations': [plain(a) for a in item.annotations]} for item in dataset]
print(json.dumps({'labels': names, 'items': sorted(items, key=lambda item: (item['subset'], item['id']))}, indent=1, sort_keys=True))
