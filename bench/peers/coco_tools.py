"""What other tools spend on a COCO file. Usage: coco_tools.py pycocotools FILE | datumaro FOLDER OUT. Prints one JSON line: CPU
milliseconds (read, write), and the most memory in MB.

pycocotools: COCO(FILE), that is json.load and its index. datumaro: Dataset.import_from and every item once; export without images.
"""
import contextlib, io, json, logging, resource, sys, time

logging.disable(logging.CRITICAL)


def pycocotools(file):
    from pycocotools.coco import COCO
    start = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        COCO(file)
    return {'read': (time.process_time() - start) * 1000}


def datumaro(folder, out):
    from datumaro.components.dataset import Dataset
    with contextlib.redirect_stderr(io.StringIO()):
        start = time.process_time()
        dataset = Dataset.import_from(folder, 'coco_instances')
        objects = sum(len(item.annotations) for item in dataset)
        read = time.process_time() - start
        start = time.process_time()
        dataset.export(out, 'coco_instances', save_media=False)
    assert objects > 0
    return {'read': read * 1000, 'write': (time.process_time() - start) * 1000}


tool, *paths = sys.argv[1:]
times = globals()[tool](*paths)
print(json.dumps({**times, 'memory': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
