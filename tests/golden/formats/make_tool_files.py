"""Makes files as the tools themselves write them. Usage: make_tool_files.py labelme|cvat|label-studio FOLDER

Each needs the tool: labelme (LabelFile.save), datumaro (its exporter of CVAT), label-studio-converter (brush masks, and its
import of YOLO labels). Beside them `expected.json`: labels, boxes and masks as numbers, made here and not by reading them.
"""
import json, os, pathlib, sys

import numpy as np
from PIL import Image

MASK = np.array([[c == '#' for c in row] for row in ['..........', '..####....', '..#..##...', '..####....', '......#...', '..........', '..........']])
H, W = MASK.shape
rows = lambda mask: [''.join('.#'[int(v)] for v in row) for row in mask]


def extent(label, points):
    """The box around [[x, y], ...]."""
    xs, ys = zip(*points)
    return [label, *(round(float(v), 6) for v in (min(xs), min(ys), max(xs), max(ys)))]



def labelme(folder):
    os.environ.setdefault('QT_QPA_PLATFORM', 'offscreen')
    from loguru import logger
    logger.remove()
    from labelme import utils
    from labelme._label_file import LabelFile
    shape = lambda label, points, kind, **more: dict(label=label, points=points, group_id=None, description='', shape_type=kind, flags={}, mask=None) | more
    crop = MASK[1:5, 2:7]
    shapes = [
        shape('cat', [[1.5, 1.25], [6, 1], [6, 4]], 'polygon', group_id=3, description='a "cat"', flags={'wet': True}),
        shape('dog', [[8, 5], [2, 1]], 'rectangle'),
        shape('cat', [[4, 3], [6, 3]], 'circle'),
        shape('dog', [[2, 1], [6, 4]], 'mask', mask=utils.img_arr_to_b64(crop.astype(np.uint8))),
        shape('dog', [[2, 1], [6, 4]], 'mask', mask=utils.img_arr_to_b64(crop)),
        shape('cat', [[1, 2], [2, 1], [3, 2], [2, 3]], 'oriented_rectangle'),
        shape('cat', [[1, 1]], 'point'),
        shape('cat', [[1, 1], [2, 2]], 'line'),
        shape('cat', [[1, 1], [2, 2], [3, 1]], 'linestrip'),
    ]
    Image.new('RGB', (W, H), (10, 200, 30)).save(folder / 'é 1.png')
    data = (folder / 'é 1.png').read_bytes()
    LabelFile().save(str(folder / 'é 1.json'), shapes, 'é 1.png', H, W, image_data=data, other_data={'weather': ['rain']}, flags={'good': False})
    (folder / 'é 1.png').unlink()
    boxes = [['cat', 1.5, 1, 6, 4], ['dog', 2, 1, 8, 5], ['cat', 2, 1, 6, 5], ['dog', 2, 1, 7, 5], ['dog', 2, 1, 7, 5], ['cat', 1, 1, 3, 3]]
    return {'path': 'é 1.png', 'boxes': boxes, 'masks': [rows(MASK), rows(MASK)], 'explained': 3}


def cvat(folder):
    from datumaro.components.annotation import AnnotationType, Bbox, Label, LabelCategories, Mask, Points, Polygon, PolyLine, RotatedBbox
    from datumaro.components.dataset import Dataset
    from datumaro.components.dataset_base import DatasetItem
    from datumaro.components.media import Image as Picture
    labels = LabelCategories.from_iterable(['cat', 'dog <&"'])
    annotations = [
        Bbox(1, 2, 4, 3, label=0, z_order=2, group=4, attributes={'occluded': True}),
        Polygon([1, 1, 6, 1, 6, 4.5], label=1, z_order=1),
        Mask(MASK.astype(np.uint8), label=1, z_order=3),
        RotatedBbox(4, 3, 4, 2, 30, label=0, z_order=4),
        PolyLine([1, 1, 2, 2], label=0), Points([1, 1, 2, 2], label=0), Label(1),
    ]
    items = [DatasetItem('x/é 1', subset='train', media=Picture.from_numpy(np.zeros((H, W, 3), np.uint8)), annotations=annotations)]
    Dataset.from_iterable(items, categories={AnnotationType.label: labels}).export(str(folder), 'cvat', save_media=False)
    boxes = [['cat', 1, 2, 5, 5], ['dog <&"', 1, 1, 6, 4.5], ['dog <&"', 2, 1, 7, 5], extent('cat', RotatedBbox(4, 3, 4, 2, 30).as_polygon())]
    return {'path': 'x/é 1.jpg', 'boxes': boxes, 'masks': [rows(MASK)], 'explained': 3}


def label_studio(folder):
    from label_studio_converter.brush import mask2rle
    from label_studio_converter.imports.yolo import convert_yolo_to_ls
    from label_studio_converter.utils import convert_annotation_to_yolo_obb
    rle = mask2rle(MASK.astype(np.uint8) * 255)
    frame = {'original_width': W, 'original_height': H, 'image_rotation': 0, 'from_name': 'label', 'to_name': 'image'}
    source = folder / 'yolo'
    (source / 'images').mkdir(parents=True)
    (source / 'labels').mkdir()
    Image.new('RGB', (W, H)).save(source / 'images/a.jpg')
    (source / 'labels/a.txt').write_text('1 0.5 0.5 0.2 0.4\n')
    (source / 'classes.txt').write_text('cat\ndog\n')
    convert_yolo_to_ls(str(source), str(folder / 'yolo.json'), out_type='annotations', image_root_url='/data/local-files/?d=images', image_ext='.jpg')
    tasks = json.loads((folder / 'yolo.json').read_text())
    tasks[0]['annotations'][0]['result'].append({'id': 'brush', 'type': 'brushlabels', **frame, 'value': {'format': 'rle', 'rle': rle, 'brushlabels': ['cat']}})
    turned = {'x': 20, 'y': 10, 'width': 40, 'height': 50, 'rotation': 30}
    corners = [(x * W, y * H) for x, y in convert_annotation_to_yolo_obb({**turned, **frame})]
    tasks[0]['annotations'][0]['result'].append({'type': 'rectanglelabels', **frame, 'value': {**turned, 'rectanglelabels': ['dog']}})
    for n, result in enumerate(tasks[0]['annotations'][0]['result']):
        result['id'] = f'region{n}'
    (folder / 'tasks.json').write_text(json.dumps(tasks, indent=1) + '\n')
    (folder / 'yolo.label_config.xml').rename(folder / 'label_config.xml')
    for file in [*source.rglob('*.*'), folder / 'yolo.json']:
        file.unlink()
    for path in [source / 'images', source / 'labels', source]:
        path.rmdir()
    boxes = [['dog', 4, 2.1, 6, 4.9], ['cat', 2, 1, 7, 5], extent('dog', corners)]
    return {'path': 'images/a.jpg', 'boxes': boxes, 'masks': [rows(MASK)], 'explained': 0}


folder = pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
expected = {'labelme': labelme, 'cvat': cvat, 'label-studio': label_studio}[sys.argv[1]](folder)
(folder / 'expected.json').write_text(json.dumps(expected, ensure_ascii=False, indent=1) + '\n')
