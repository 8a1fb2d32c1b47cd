"""What each vision token and patch shows: dense helper losses on the vision tower."""
import torch
import torch.nn.functional as F

from common import block_order, patchify, vision_forward
from data import dense_targets
from scenes import ALL_COLOURS, ALL_KINDS


def dense_loss(predicted, target, figures, name):
    """predicted [B, n, 1 + colours + kinds + 4], target [B, n, 7]."""
    predicted, target = predicted.flatten(0, 1).float(), target.flatten(0, 1)
    present = target[:, 0] > 0.5
    colours, kinds = len(ALL_COLOURS), len(ALL_KINDS)
    loss = F.binary_cross_entropy_with_logits(predicted[:, 0], target[:, 0])
    seen, truth = predicted[present], target[present]
    colour, kind = seen[:, 1:1 + colours], seen[:, 1 + colours:1 + colours + kinds]
    figures[name + "_colour"] = (colour.argmax(-1) == truth[:, 1]).float().mean().item()
    figures[name + "_kind"] = (kind.argmax(-1) == truth[:, 2]).float().mean().item()
    figures[name + "_edge_px"] = (seen[:, -4:] - truth[:, 3:]).abs().mean().item() * 28
    return (loss + 0.3 * F.cross_entropy(colour, truth[:, 1].long()) + 0.6 * F.cross_entropy(kind, truth[:, 2].long())
            + 2 * F.smooth_l1_loss(seen[:, -4:], truth[:, 3:], beta=0.1))


def vision_losses(model, helpers, batch, figures):
    """-> (merged features [B, n, hidden], loss of the dense helpers)."""
    rows, columns = batch["by_patch"].shape[1:]
    merged, patches = vision_forward(model.model.visual, torch.from_numpy(patchify(batch["image"], frames=1)), rows, columns)
    by_token = torch.from_numpy(dense_targets(batch["by_token"], batch["boxes"], batch["classes"]))
    by_patch = torch.from_numpy(dense_targets(batch["by_patch"], batch["boxes"], batch["classes"])[:, block_order(rows, columns)])
    loss = dense_loss(helpers.token(merged), by_token, figures, "token")
    loss = loss + 0.5 * dense_loss(helpers.patch(patches), by_patch, figures, "patch")
    return merged, loss
