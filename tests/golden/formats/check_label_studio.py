"""Reads a Label Studio export with label-studio-converter. Usage: check_label_studio.py FOLDER; prints JSON.

config: what its parser of labeling configurations finds. coco: boxes and polygons as it converts them to COCO.
brush: the masks it unpacks, rows of '.' and '#', by task and label.
"""
import json, logging, pathlib, sys, tempfile

import numpy as np
logging.disable(logging.CRITICAL)
from label_studio_converter import Converter
from label_studio_converter.brush import decode_from_annotation
from label_studio_converter.utils import parse_config

root = pathlib.Path(sys.argv[1])
config = (root / 'labeling_config.xml').read_text('utf8')
tasks = str(root / 'tasks.json')
converter = Converter(config, str(root), download_resources=False)
with tempfile.TemporaryDirectory() as folder:
    converter.convert_to_coco(tasks, folder, output_image_dir=folder, is_dir=False)
    coco = json.loads((pathlib.Path(folder) / 'result.json').read_text('utf8'))
coco.pop('info', None)
brush = {}
for item in converter.iter_from_json_file(tasks):
    for control, results in item['output'].items():
        for name, alpha in decode_from_annotation(control, results).items():
            brush[f"{item['input']['marquee_path']} {name}"] = [''.join('.#'[int(v > 0)] for v in row) for row in alpha]
parsed = {name: {'type': info['type'], 'to_name': info['to_name'], 'labels': info['labels']} for name, info in parse_config(config).items()}
print(json.dumps({'config': parsed, 'coco': coco, 'brush': brush}, indent=1, sort_keys=True))
