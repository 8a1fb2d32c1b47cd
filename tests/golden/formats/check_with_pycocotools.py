"""Reads an export as its users do. Usage: check_with_pycocotools.py coco FILE | voc FOLDER; prints JSON.

coco: every annotation with a segmentation -> its mask (rows of 0/1) by annToMask; COCOeval of the file against itself.
voc: like the devkit's readers: XML, lists, indexed masks.
"""
import contextlib, io, json, pathlib, sys
import xml.etree.ElementTree as ET


def rows(mask):
    return [''.join(str(int(v)) for v in row) for row in mask]


def coco(path):
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval
    with contextlib.redirect_stdout(io.StringIO()):
        gt = COCO(path)
        anns = list(gt.anns.values())
        masks = {a['id']: rows(gt.annToMask(a)) for a in anns if a['segmentation']}
        stats = {}
        for kind in ('bbox', 'segm'):
            wanted = [a for a in anns if kind == 'bbox' or a['segmentation']]
            dt = gt.loadRes([{**a, 'segmentation': gt.annToRLE(a), 'score': 1.0} if kind == 'segm'
                             else {k: a[k] for k in ('image_id', 'category_id', 'bbox')} | {'score': 1.0} for a in wanted])
            if kind == 'segm':
                gt = COCO(path)
                gt.dataset['annotations'] = wanted
                gt.createIndex()
            run = COCOeval(gt, dt, kind)
            run.evaluate()
            run.accumulate()
            run.summarize()
            stats[kind] = float(run.stats[0])
    return {'masks': masks, 'ap': stats}


def voc(folder):
    import numpy as np
    from PIL import Image
    root = pathlib.Path(folder)
    out = {}
    for stem in (root / 'ImageSets/Main/trainval.txt').read_text('utf8').split():
        tree = ET.parse(root / 'Annotations' / f'{stem}.xml').getroot()
        objects = [(o.find('name').text, *(int(o.find('bndbox').find(k).text) for k in ('xmin', 'ymin', 'xmax', 'ymax'))) for o in tree.iter('object')]
        entry = {'filename': tree.find('filename').text, 'segmented': tree.find('segmented').text, 'objects': objects}
        for kind in ('Class', 'Object'):
            file = root / f'Segmentation{kind}' / f'{stem}.png'
            if file.exists():
                image = Image.open(file)
                assert image.mode == 'P', image.mode
                entry[kind] = np.asarray(image).tolist()
                entry['palette15'] = image.getpalette()[45:48]
        out[stem] = entry
    return out


print(json.dumps(coco(sys.argv[2]) if sys.argv[1] == 'coco' else voc(sys.argv[2])))
