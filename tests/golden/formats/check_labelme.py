"""Reads an export with LabelMe's own loader. Usage: check_labelme.py FOLDER; prints JSON.

Of each file: what LabelFile says, and the classes and instances that labelme.utils.shapes_to_label paints, rows of numbers.
"""
import json, logging, os, pathlib, sys

os.environ.setdefault('QT_QPA_PLATFORM', 'offscreen')
import numpy as np
from loguru import logger
logger.remove()
logging.disable(logging.CRITICAL)
from labelme import utils
from labelme._label_file import LabelFile

root = pathlib.Path(sys.argv[1])
out = {}
for file in sorted(root.rglob('*.json')):
    loaded = LabelFile(str(file))
    picture = utils.img_data_to_arr(loaded.image_data)
    numbers = {name: n + 1 for n, name in enumerate(sorted({shape['label'] for shape in loaded.shapes}))}
    classes, instances = utils.shapes_to_label(picture.shape, loaded.shapes, numbers)
    shapes = [{key: value for key, value in shape.items() if key != 'mask'} | {'pixels': None if shape['mask'] is None else int(shape['mask'].sum())} for shape in loaded.shapes]
    out[str(file.relative_to(root))] = {
        'imagePath': loaded.image_path, 'size': list(picture.shape[:2]), 'flags': loaded.flags, 'shapes': shapes, 'numbers': numbers,
        'classes': [' '.join(map(str, row)) for row in classes], 'instances': int(np.unique(instances[instances > 0]).size),
    }
print(json.dumps(out, indent=1, sort_keys=True))
