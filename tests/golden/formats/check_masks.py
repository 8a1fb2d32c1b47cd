"""Reads the masks of a folder with PIL and OpenCV, by what its tables say. Usage: check_masks.py FOLDER; prints JSON."""
import collections, csv, json, pathlib, sys

import cv2
import numpy as np
from PIL import Image

root = pathlib.Path(sys.argv[1])


def table(name):
    file = root / name
    return list(csv.DictReader(file.open(encoding='utf-8-sig', newline=''))) if file.exists() else []


files, pixels = {}, collections.Counter()
labels = table('labels.csv')
of_object = {row['mask']: row['label'] for row in table('objects.csv') if row['mask']}
of_folder = {row['folder']: row['label'] for row in labels if row['folder']}
of_number = {int(row['number']): row['label'] for row in labels if not row['folder']}
for file in sorted((root / 'masks').rglob('*.png')):
    name = file.relative_to(root).as_posix()
    image = Image.open(file)
    values = np.asarray(image)
    seen = cv2.imdecode(np.fromfile(file, np.uint8), cv2.IMREAD_UNCHANGED)
    palette = image.getpalette()
    files[name] = {'mode': image.mode, 'size': list(image.size), 'rows': [' '.join(map(str, row)) for row in values], 'cv2': [str(seen.dtype), *seen.shape]}
    if palette:
        files[name]['palette'] = [palette[3 * n:3 * n + 3] for n in (0, 1, 2, 3, 255)]
        # OpenCV gives the colours of the palette, blue first.
        files[name]['colours'] = len(np.unique(seen.reshape(-1, 3), axis=0))
        for number in np.unique(values[values > 0]):
            pixels[of_number[int(number)]] += int((values == number).sum())
            red, green, blue = (int(row['color'][at:at + 2], 16) for row in labels if int(row['number']) == number for at in (1, 3, 5))
            assert (seen[values == number] == [blue, green, red]).all(), name
    else:
        assert (seen == values).all() and set(np.unique(values)) <= {0, 255}, name
        pixels[of_object.get(name) or of_folder[file.parent.name]] += int((values == 255).sum())
print(json.dumps({'files': files, 'pixels': pixels}, indent=1, sort_keys=True, ensure_ascii=False))
