"""mRoPE positions of the text and image tokens before the words."""
import numpy as np


def prefix_positions(before, rows, columns, after):
    """Positions (time, row, column) of `before` text tokens, rows x columns image tokens and `after` text tokens:
    int64 [3, before + rows * columns + after]. Text behind the image goes on after the image's largest position."""
    cell = np.arange(rows * columns)
    image = before + np.stack([0 * cell, cell // columns, cell % columns])
    tail = before + max(rows, columns) + np.arange(after)
    return np.concatenate([np.tile(np.arange(before), (3, 1)), image, np.tile(tail, (3, 1))], 1)
