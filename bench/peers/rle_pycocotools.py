"""pycocotools' times for the masks that bench/rle.ts makes. Reads one JSON line {masks: [{size, counts}], repeats}; prints {encode, decode, merge, iou} in ms.

`encode` starts, as ours does, from row-major pixels; pycocotools wants them column-major first (asfortranarray).
"""
import json, sys, time
import numpy as np
from pycocotools import mask as api


def best(call, repeats):
    times = []
    begin = time.perf_counter()
    while len(times) < repeats or time.perf_counter() - begin < 0.5:
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    return min(times)


def main():
    for line in sys.stdin:
        job = json.loads(line)
        rles = [{'size': m['size'], 'counts': m['counts'].encode()} for m in job['masks']]
        pixels = [np.ascontiguousarray(api.decode(r)) for r in rles]
        repeats = job['repeats']
        print(json.dumps({
            'encode': best(lambda: [api.encode(np.asfortranarray(p)) for p in pixels], repeats),
            'decode': best(lambda: [api.decode(r) for r in rles], repeats),
            'merge': best(lambda: api.merge(rles), repeats),
            'iou': best(lambda: api.iou(rles, rles, [0] * len(rles)), repeats),
        }), flush=True)


main()
