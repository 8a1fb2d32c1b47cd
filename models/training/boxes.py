"""Reading boxes out of answers, and counting how many are right."""
import re


def boxes_in(text):
    """All `(x0,y0),(x1,y1)` of an answer, as numbers of 0 to 1000."""
    return [tuple(map(int, found)) for found in re.findall(r"\((\d+), ?(\d+)\),\((\d+), ?(\d+)\)", text)]


def iou(a, b):
    """Intersection over union of two boxes (x0, y0, x1, y1)."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(0, width) * max(0, height)
    either = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both
    return both / either if either > 0 else 0.0


class Score:
    """F1 at IoU 0.5 (boxes matched greedily, best first), the share of absent things told, IoU of the matches."""

    def __init__(self):
        self.right = self.wrong = self.missed = self.absent = self.absent_right = 0
        self.ious = []

    def add(self, truth, found):
        """-> {index of a found box: index of its true box} for the matches."""
        pairs = sorted(((iou(f, t), i, j) for i, f in enumerate(found) for j, t in enumerate(truth)), reverse=True)
        matched = {}
        for value, i, j in pairs:
            if value >= 0.5 and i not in matched and j not in matched.values():
                matched[i] = j
                self.ious.append(float(value))
        self.right += len(matched)
        self.wrong += len(found) - len(matched)
        self.missed += len(truth) - len(matched)
        if len(truth) == 0:
            self.absent += 1
            self.absent_right += not found
        return matched

    def f1(self):
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)

    def none_right(self):
        return self.absent_right / max(1, self.absent)

    def mean_iou(self):
        return sum(self.ious) / max(1, len(self.ious))
