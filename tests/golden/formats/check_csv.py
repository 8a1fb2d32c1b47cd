"""Reads a table of objects with pandas, and its masks with pycocotools. Usage: check_csv.py FILE; prints JSON."""
import json, sys

import numpy as np
import pandas
from pycocotools import mask as coco_mask

table = pandas.read_csv(sys.argv[1])
objects = table.dropna(subset=['label'])


def area(text):
    return None if pandas.isna(text) else int(coco_mask.decode(json.loads(text)).sum())


def plain(value):
    return None if pandas.isna(value) else value.item() if isinstance(value, np.generic) else value


print(json.dumps({
    'columns': list(table.columns),
    'images': {row.image: [int(row.width), int(row.height), plain(row.split)] for row in table.drop_duplicates('image').itertuples()},
    'counts': objects.groupby('label').size().to_dict(),
    'numbers': {name: pandas.api.types.is_numeric_dtype(table[name]) for name in ('width', 'height', 'x0', 'y0', 'x1', 'y1', 'area', 'score', 'z', 'iscrowd')},
    'boxes': [[row.image, row.label, *(float(edge) for edge in (row.x0, row.y0, row.x1, row.y1))] for row in objects.itertuples()],
    'values': [[row.state, plain(row.score), plain(row.group), int(row.iscrowd), int(row.difficult), int(row.truncated), int(row.occluded)] for row in objects.itertuples()],
    'attributes': [json.loads(text) for text in objects['attributes'].dropna()],
    'polygons': [json.loads(text) for text in objects['polygon'].dropna()],
    'masks': [area(text) for text in objects['rle']],
}, indent=1, sort_keys=True, ensure_ascii=False))
