"""Parts that only training has: helper heads, and the table of number embeddings."""
import math

import torch
import torch.nn as nn

from common import HIDDEN, VISION
from scenes import ALL_COLOURS, ALL_KINDS


class Helpers(nn.Module):
    """Heads that are only there for training: they shorten each plateau, and are dropped afterwards."""

    def __init__(self):
        super().__init__()
        dense = 1 + len(ALL_COLOURS) + len(ALL_KINDS) + 4
        self.token = nn.Linear(HIDDEN, dense)                  # merged vision features: what and where
        self.patch = nn.Linear(VISION, dense)                  # patches before merging: the same
        self.place = nn.Linear(HIDDEN, 6)                      # image tokens after layer 2: own place, edges
        self.asked = nn.Linear(HIDDEN, len(ALL_COLOURS) + len(ALL_KINDS) + 2)    # after layer 2: what is asked for
        self.box = nn.Linear(HIDDEN, 4)                        # <|box_start|> after layer 3: the box
        self.late_box = nn.Linear(HIDDEN, 4)                   # <|box_start|> at the end: the box


class NumberTable(nn.Module):
    """Embeddings of "0" to "999" as a smooth code of the value times a small trained matrix: near numbers are near,
    for reading and (the table is tied) for writing. Only the finished table is stored."""

    def __init__(self):
        super().__init__()
        value = torch.arange(1000)[:, None] / 1000
        cycles = 0.5 * 1.3 ** torch.arange(14)[None]                            # 0.5 to 15 over the range
        turn = 2 * math.pi * value * cycles
        weight = (1 + cycles) ** -0.5
        code = torch.cat([torch.ones(1000, 1) / 2, value - 0.5, turn.cos() * weight, turn.sin() * weight], -1)
        self.register_buffer("code", code)
        self.mix = nn.Parameter(torch.linalg.qr(torch.randn(HIDDEN, code.shape[1]))[0].T * 1.2)

    def forward(self):
        return self.code @ self.mix                                             # [1000, hidden]
