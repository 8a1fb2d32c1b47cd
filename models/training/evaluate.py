"""Measure the shipped graphs on scenes that were never trained on.

    python evaluate.py ../demo [--images 500] [--seed 9000000] [--write ../demo/figures.json]

One question about each scene, answered greedily. Scenes are drawn at 400 to 900 px and scaled down by the models' own rules.
"""
import argparse
import json
import math
import time
from collections import Counter

import numpy as np

import questions
import scenes
from boxes import Score, boxes_in, iou
from runtime import Grounder, Segmenter

RATIOS = (1, 4 / 3, 3 / 2, 16 / 9, 3 / 4, 2 / 3)


def scene_of(rng):
    ratio, area = RATIOS[rng.integers(len(RATIOS))], rng.uniform(400, 900) ** 2
    return scenes.draw(rng, round(math.sqrt(area / ratio)), round(math.sqrt(area * ratio)))


def mask_iou(a, b):
    return float((a & b).sum() / max(1, (a | b).sum()))


def click_on(rng, mask):
    """A random pixel's centre (x, y) on a mask."""
    rows, columns = np.nonzero(mask)
    pick = rng.integers(len(rows))
    return columns[pick] + 0.5, rows[pick] + 0.5


def why_wrong(box, asked, others):
    """Where a box that matches nothing lies: a duplicate, loosely on an asked thing, on another thing, on nothing."""
    near = max((iou(box, b) for b in asked), default=0)
    away = max((iou(box, b) for b in others), default=0)
    if near >= 0.5:
        return "twice"
    if max(near, away) < 0.2:
        return "on nothing"
    return "loosely on the asked thing" if near > away else "on another thing"


def measure(folder, images, seed, threads):
    grounder, segmenter = Grounder(f"{folder}/qwen2-vl", threads), Segmenter(f"{folder}/sam2", threads)
    score, mistakes, by_sort, by_name = Score(), Counter(), {}, {}
    from_truth, from_clicks, through, seconds = [], [], [], {"see": [], "ask": [], "encode": [], "mask": []}

    def timed(what, function, *arguments):
        begin = time.perf_counter()
        result = function(*arguments)
        seconds[what].append(time.perf_counter() - begin)
        return result

    for index in range(images):
        rng = np.random.default_rng(seed + index)
        image, things = scene_of(rng)
        height, width = image.shape[:2]
        words, colour, kind = questions.ask(rng, [(thing.colour, thing.kind) for thing in things])
        asked = [thing for thing in things if questions.names(colour, kind, thing.colour, thing.kind)]
        others = [thing.box for thing in things if not questions.names(colour, kind, thing.colour, thing.kind)]
        text = timed("ask", grounder.ask, timed("see", grounder.see, image), words)
        found = [np.array(box) / 1000 * [width, height, width, height] for box in boxes_in(text)]
        found = [box for box in found if box[2] > box[0] and box[3] > box[1]]
        matched = score.add([thing.box for thing in asked], found)
        for i, box in enumerate(found):
            mistakes["right" if i in matched else why_wrong(box, [thing.box for thing in asked], others)] += 1
        sort = "shape" if colour == kind == questions.ANY else "colour" if kind == questions.ANY else "kind" if colour == questions.ANY else "name"
        by_sort.setdefault("lesion" if kind == "lesion" else sort, Score()).add([thing.box for thing in asked], found)
        if not things:
            continue
        embeddings = timed("encode", segmenter.see, image)
        for thing, mask in zip(things, timed("mask", segmenter.masks, embeddings, [t.box for t in things], height, width)):
            value = mask_iou(mask, thing.mask)
            from_truth.append(value)
            by_name.setdefault(thing.kind, []).append(value)
        clicks = [click_on(rng, thing.mask) for thing in things]
        from_clicks += map(mask_iou, segmenter.masks_of_clicks(embeddings, clicks, height, width), (thing.mask for thing in things))
        masks = segmenter.masks(embeddings, found, height, width) if found else []
        reached = {matched[i]: mask_iou(masks[i], asked[matched[i]].mask) for i in matched}
        through += [reached.get(j, 0.0) for j in range(len(asked))]
    return dict(
        images=images, seed=seed,
        grounding=dict(f1=score.f1(), precision=score.right / max(1, score.right + score.wrong), recall=score.right / max(1, score.right + score.missed),
                       iou_of_matches=score.mean_iou(), none_right=score.none_right(), questions_about_absent=score.absent,
                       boxes=dict(mistakes), missed=score.missed,
                       by_question={name: dict(f1=s.f1(), none_right=s.none_right() if s.absent else None, true_boxes=s.right + s.missed) for name, s in by_sort.items()}),
        masks_from_true_boxes=dict(mean_iou=float(np.mean(from_truth)), objects=len(from_truth), by_kind={k: float(np.mean(v)) for k, v in by_name.items()}),
        masks_from_one_click=dict(mean_iou=float(np.mean(from_clicks)), objects=len(from_clicks)),
        words_to_masks=dict(mean_iou=float(np.mean(through)), objects=len(through), note="a thing that is not found counts 0"),
        milliseconds={what: 1000 * float(np.median(spent)) for what, spent in seconds.items()}, threads=threads)


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return round(value, 4) if isinstance(value, float) else value


def main():
    options = argparse.ArgumentParser()
    options.add_argument("folder")
    options.add_argument("--images", type=int, default=500)
    options.add_argument("--seed", type=int, default=9_000_000)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--write")
    options = options.parse_args()
    figures = rounded(measure(options.folder, options.images, options.seed, options.threads))
    print(json.dumps(figures, indent=1))
    if options.write:
        with open(options.write, "w") as file:
            json.dump(figures, file, indent=1)


if __name__ == "__main__":
    main()
