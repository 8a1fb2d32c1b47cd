"""Synthetic scenes with exact masks: coloured shapes, and scan phantoms with lesions.

Every length (object radius, texture cell, grain of the noise) is a share of the image's short side, so a
1200 px scene scaled down to 170 px looks like a scene drawn for 170 px. All randomness comes from the
`numpy.random.Generator` that is passed in: the same seed and size give the same scene.
"""
from dataclasses import dataclass

import cv2
import numpy as np

COLOURS = {
    "red": (214, 48, 49), "green": (39, 174, 96), "blue": (41, 98, 214), "yellow": (241, 196, 15),
    "purple": (142, 68, 173), "orange": (230, 126, 34), "white": (245, 245, 245), "black": (20, 20, 24),
}
SHAPE_KINDS = ("circle", "square", "triangle", "star", "ring", "cross")
TONES = ("dark", "bright")                       # the "colours" of lesions
ALL_COLOURS = tuple(COLOURS) + TONES             # index = class number
ALL_KINDS = SHAPE_KINDS + ("lesion",)


@dataclass
class Thing:
    """One object of a scene. `mask` is bool [H, W]; `box` is (x0, y0, x1, y1), half-open pixels."""
    kind: str
    colour: str
    mask: np.ndarray
    box: tuple

    @property
    def name(self):
        return f"{self.colour} {self.kind}"


def box_of(mask):
    """Tight half-open box of a bool mask."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def smooth_noise(rng, height, width, cell):
    """Uniform noise in [0, 1], float32 [height, width], varying over `cell` pixels."""
    rows, columns = max(2, round(height / cell) + 1), max(2, round(width / cell) + 1)
    return cv2.resize(rng.random((rows, columns), dtype=np.float32), (width, height), interpolation=cv2.INTER_LINEAR)


def grain(rng, height, width):
    """Fine normal noise, float32 [height, width]; its grain is 1/170 to 1/340 of the short side."""
    scale = rng.uniform(170, 340) / min(height, width)
    rows, columns = max(2, round(height * scale)), max(2, round(width * scale))
    return cv2.resize(rng.standard_normal((rows, columns), dtype=np.float32), (width, height), interpolation=cv2.INTER_LINEAR)


def _inside(kind, u, v):
    """Whether points in the shape's own frame (unit radius) belong to it: bool, like u and v."""
    squared = u * u + v * v
    if kind == "circle":
        return squared < 1
    if kind == "ring":
        return (squared < 1) & (squared > 0.25)
    if kind == "square":
        return (abs(u) < 0.82) & (abs(v) < 0.82)
    if kind == "cross":
        return ((abs(u) < 0.33) & (abs(v) < 1)) | ((abs(v) < 0.33) & (abs(u) < 1))
    if kind == "triangle":
        return (v < 0.6) & (v > -1 + 1.615 * abs(u))
    # A five-pointed star: the radius swings between 0.45 and 1.
    spike = np.abs((np.arctan2(v, u) / (2 * np.pi) * 5) % 1 - 0.5) * 2
    return np.sqrt(squared) < 0.45 + 0.55 * spike


def _window(cx, cy, reach, height, width):
    """Slices of the square around a centre, and its pixel centres relative to it (x [1, n], y [m, 1])."""
    x0, x1 = max(0, int(cx - reach)), min(width, int(cx + reach) + 2)
    y0, y1 = max(0, int(cy - reach)), min(height, int(cy + reach) + 2)
    x = np.arange(x0, x1, dtype=np.float32)[None] + 0.5 - cx
    y = np.arange(y0, y1, dtype=np.float32)[:, None] + 0.5 - cy
    return (slice(y0, y1), slice(x0, x1)), x, y


def draw_shapes(rng, height, width):
    """One to five coloured shapes that don't overlap -> (uint8 [H, W, 3], [Thing])."""
    short = min(height, width)
    x = (np.arange(width, dtype=np.float32) / width - 0.5)[None, :, None]
    y = (np.arange(height, dtype=np.float32) / height - 0.5)[:, None, None]
    slope = rng.normal(0, 40, (2, 3)).astype(np.float32)
    image = rng.integers(60, 200, 3).astype(np.float32) + slope[0] * x + slope[1] * y
    image += (smooth_noise(rng, height, width, short * rng.uniform(0.025, 0.25)) - 0.5)[..., None] * rng.uniform(0, 70)
    taken = np.zeros((height, width), bool)
    things = []
    for _ in range(rng.integers(1, 6)):
        for _attempt in range(12):
            radius = rng.uniform(0.09, 0.24) * short
            cx, cy = rng.uniform(radius, width - radius), rng.uniform(radius, height - radius)
            kind, colour = SHAPE_KINDS[rng.integers(len(SHAPE_KINDS))], list(COLOURS)[rng.integers(len(COLOURS))]
            turn = rng.uniform(0, 2 * np.pi)
            part, dx, dy = _window(cx, cy, radius * 1.2, height, width)
            u = (np.cos(turn) * dx + np.sin(turn) * dy) / radius
            v = (-np.sin(turn) * dx + np.cos(turn) * dy) / radius
            inside = _inside(kind, u, v)
            paint = np.array(COLOURS[colour], np.float32)
            if (inside & taken[part]).any() or abs(image[part][inside].mean(0) - paint).sum() < 90:
                continue                                        # overlaps, or can't be told from the ground
            taken[part] |= inside | (dx * dx + dy * dy < (radius * 1.05) ** 2)
            shade = 1 + rng.uniform(-0.12, 0.12) + dx / radius * rng.uniform(-0.12, 0.12) + 0 * dy
            image[part][inside] = paint * shade[inside][:, None]
            mask = np.zeros((height, width), bool)
            mask[part] = inside
            things.append(Thing(kind, colour, mask, box_of(mask)))
            break
    image += (grain(rng, height, width) * rng.uniform(0, 9))[..., None]
    return np.clip(image, 0, 255).astype(np.uint8), things


def draw_scan(rng, height, width):
    """A grey, speckled phantom of an organ with up to three lesions -> (uint8 [H, W], [Thing])."""
    short = min(height, width)
    x = np.arange(width, dtype=np.float32)[None] + 0.5
    y = np.arange(height, dtype=np.float32)[:, None] + 0.5
    image = np.full((height, width), rng.uniform(5, 30), np.float32)
    cx, cy = width * rng.uniform(0.42, 0.58), height * rng.uniform(0.42, 0.58)
    body = ((x - cx) / (width * rng.uniform(0.34, 0.47))) ** 2 + ((y - cy) / (height * rng.uniform(0.34, 0.47))) ** 2
    inside_body = body < 1
    image[inside_body] = rng.uniform(90, 150)
    image[(body > 0.88) & inside_body] += rng.uniform(20, 60)                    # the rim
    image += inside_body * (smooth_noise(rng, height, width, short * rng.uniform(0.06, 0.18)) - 0.5) * 45
    taken = body >= 0.74
    things = []
    for _ in range(rng.integers(0, 4)):
        for _attempt in range(12):
            radius = rng.uniform(0.07, 0.16) * short
            lx, ly = rng.uniform(radius, width - radius), rng.uniform(radius, height - radius)
            part, dx, dy = _window(lx, ly, radius * 1.6, height, width)
            angle, distance = np.arctan2(dy, dx), np.hypot(dx, dy)
            outline = np.full_like(angle, radius)
            for waves in range(2, 6):
                outline += radius * rng.normal(0, 0.09) * np.cos(waves * angle + rng.uniform(0, 6.3))
            inside = distance < outline
            if inside.sum() < 30 or (inside & taken[part]).any():
                continue
            taken[part] |= distance < radius * 1.35
            tone = TONES[rng.integers(2)]
            image[part][inside] += (-1 if tone == "dark" else 1) * rng.uniform(40, 80)
            mask = np.zeros((height, width), bool)
            mask[part] = inside
            things.append(Thing("lesion", tone, mask, box_of(mask)))
            break
    image *= 1 + grain(rng, height, width) * rng.uniform(0.05, 0.16)
    return np.clip(image, 0, 255).astype(np.uint8), things


def draw(rng, height, width):
    """A scene of either sort (70 % shapes) -> (uint8 [H, W, 3], [Thing])."""
    if rng.random() < 0.7:
        return draw_shapes(rng, height, width)
    image, things = draw_scan(rng, height, width)
    return np.repeat(image[..., None], 3, 2), things
