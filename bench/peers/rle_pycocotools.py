"""pycocotools' CPU time for the masks that bench/rle.ts makes, measured as bench/cpuTime.ts measures ours. Reads one JSON
line [{size, counts}]; prints {encode, decode, merge, iou} in ms of CPU.

`encode` starts, as ours does, from row-major pixels; pycocotools wants them column-major first (asfortranarray). `decode`
ends at its own column-major array: turning that into rows is not charged to it.
"""
import json
import sys
import time
import numpy as np
from pycocotools import mask as api

ROUNDS = 5
ROUND_S = 0.12


def cpu_ms(call):
    call()
    least = float('inf')
    for _ in range(ROUNDS):
        calls = 0
        start = time.process_time()
        while True:
            call()
            calls += 1
            spent = time.process_time() - start
            if spent >= ROUND_S:
                break
        least = min(least, spent * 1000 / calls)
    return least


def main():
    masks = json.loads(sys.stdin.readline())
    rles = [{'size': m['size'], 'counts': m['counts'].encode()} for m in masks]
    pixels = [np.ascontiguousarray(api.decode(r)) for r in rles]
    print(json.dumps({
        'encode': cpu_ms(lambda: [api.encode(np.asfortranarray(p)) for p in pixels]),
        'decode': cpu_ms(lambda: [api.decode(r) for r in rles]),
        'merge': cpu_ms(lambda: api.merge(rles)),
        'iou': cpu_ms(lambda: api.iou(rles, rles, [0] * len(rles))),
    }))


main()
