"""Makes resize.json and grid.json: what Pillow gives for Image.resize and for the 9 x 9 grid of arXiv 2411.18270.

Run: python3 tests/golden/media/make.py   (written with Pillow 13.0.0)
The input pictures are not stored: `picture(width, height)` is the same few lines in media.test.ts beside this file.
Outputs are stored as SHA-256 of their RGB bytes.
"""
import hashlib
import json
import pathlib

from PIL import Image, ImageDraw

HERE = pathlib.Path(__file__).parent


def picture(width, height):
    """Noise with hard edges from a linear congruential generator (Numerical Recipes), RGB."""
    state, out = 1, bytearray()
    for i in range(width * height * 3):
        state = (state * 1664525 + 1013904223) % 2**32
        noise = state >> 24
        out.append(0 if noise < 40 else 255 if noise > 215 else (noise + i // 7) % 256)
    return Image.frombytes("RGB", (width, height), bytes(out))


def digest(image):
    return {"sha256": hashlib.sha256(image.tobytes()).hexdigest()}


RESIZES = [
    ((64, 48), (28, 28)), ((61, 47), (17, 13)), ((17, 13), (61, 47)), ((33, 29), (33, 11)), ((33, 29), (12, 29)),
    ((5, 7), (28, 56)), ((1, 1), (9, 4)), ((2, 300), (1, 28)), ((101, 97), (100, 98)), ((640, 427), (252, 168)),
    ((333, 250), (504, 392)), ((1600, 1201), (1024, 1024)), ((23, 19), (1, 1)),
    ((60, 30), (50, 9)), ((60, 30), (50, 10)), ((20, 40), (10, 19)), ((20, 40), (10, 20)), ((20, 150), (40, 149)),
]
FILTERS = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}
GRIDS = [(9, 9), (10, 7), (61, 47), (3, 5), (18, 100), (640, 427), (1, 1), (513, 129), (1201, 801)]


def grid(image):
    width, height = image.size
    layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    for i in range(1, 9):
        x, y = i * (width / 9), i * (height / 9)
        draw.line([(x, 0), (x, height)], fill=(0, 0, 0, int(255 * 0.3)), width=1)
        draw.line([(0, y), (width, y)], fill=(0, 0, 0, int(255 * 0.3)), width=1)
    return Image.alpha_composite(image.convert("RGBA"), layer).convert("RGB")


def write(name, rows):
    (HERE / name).write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


write("resize.json", [
    {"from": source, "to": target, "filter": name, **digest(picture(*source).resize(target, which))}
    for source, target in RESIZES for name, which in FILTERS.items()
])
write("grid.json", [{"size": size, **digest(grid(picture(*size)))} for size in GRIDS])
