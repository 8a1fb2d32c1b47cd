"""Losses of the language layers: the answers, and helpers that point at what comes next."""
import numpy as np
import torch
import torch.nn.functional as F

from common import language_forward
from data import dense_targets
from make_data import NOTHING
from packing import DECIDES, MUTED, NUMBER, PLAIN
from scenes import ALL_COLOURS

POINTER_LAYER = 2                                 # the third of four language layers
SIGMA = 10                                        # of the soft number labels, in thousandths of the image


def language_losses(model, helpers, numbers, features, batch, packed, figures):
    """Answering, with helpers inside the language layers -> (loss of the answers, loss of the helpers).

    features [B, n, hidden] are the merged vision features; `numbers` a NumberTable; `packed` from Packer.pack.
    """
    packed = {name: torch.from_numpy(a) if isinstance(a, np.ndarray) else a for name, a in packed.items()}
    first, start = packed["image_at"], packed["start"]
    last = first + features.shape[1]
    table = model.get_input_embeddings().weight.index_copy(0, packed["number_ids"], numbers())
    x = F.embedding(packed["ids"], table)
    x = torch.cat([x[:, :first], features.to(x.dtype), x[:, last:]], 1)
    block, length = packed["block"], x.shape[1]
    allowed = ((block[:, None] == block[:, :, None]) | (block[:, None] == 0)) & torch.ones(length, length).tril().bool()
    asking = torch.nonzero(packed["thing"] > -2, as_tuple=True)                     # (sequence, position), [M] each
    final, states, seen = language_forward(model.model.language_model, x, packed["positions"], allowed, start,
                                           (POINTER_LAYER, *asking))
    answers = answer_loss(final, table, packed, figures)
    pointer = pointer_loss(seen, asking, batch, packed, figures)
    asked = asked_loss(helpers, states[1][asking], packed["asked"][asking], figures)
    boxes = box_loss(helpers, states[POINTER_LAYER], final, batch, packed, figures)
    place = place_loss(helpers, states[1][:, first:last], batch, figures)
    return answers, pointer + 0.3 * asked + 20 * boxes + 2 * place


def answer_loss(final, table, packed, figures):
    """The next token. Numbers are learned with soft labels: a bell over the neighbouring values."""
    start, number_ids = packed["start"], packed["number_ids"]
    where = packed["sort"][:, start:] != MUTED
    logits = (final[where] @ table.T.to(final.dtype)).float()
    label, sort, value = (packed[name][:, start:][where] for name in ("label", "sort", "value"))
    words = F.cross_entropy(logits, label, reduction="none")
    is_number, decides = sort == NUMBER, sort == DECIDES
    log_chance = torch.log_softmax(logits[is_number], -1)[:, number_ids]
    distance = torch.arange(1000) - value[is_number][:, None]
    soft = torch.softmax(-0.5 * (distance / SIGMA) ** 2, -1)
    number = -(soft * log_chance).sum(-1).mean()
    decision, plain = words[decides].mean(), words[sort == PLAIN].mean()
    figures["number"], figures["decision"], figures["plain"] = number.item(), decision.item(), plain.item()
    figures["decided"] = (logits[decides].argmax(-1) == label[decides]).float().mean().item()
    figures["units"] = (log_chance.argmax(-1) - value[is_number]).abs().float().mean().item()
    return number + 2 * decision + 0.3 * plain


def pointer_loss(seen, asking, batch, packed, figures):
    """Two attention heads find the thing that comes next, or <|vision_end|> when none is left.
    seen [M, 2, L]: log attention from the M places where an answer goes on."""
    owner = torch.from_numpy(batch["by_token"].astype(np.int64)).flatten(1)
    first, last = packed["image_at"], packed["image_at"] + owner.shape[1]
    thing = packed["thing"][asking]
    target = torch.zeros(seen.shape[0], seen.shape[2], dtype=torch.bool)
    target[:, first:last] = owner[asking[0]] == thing[:, None]
    target[:, last] = thing == -1
    some = target.any(-1)                                                           # too thin a thing owns no token
    mass = seen[some].float().masked_fill(~target[some][:, None], -1e9).logsumexp(-1)
    figures["pointed"] = mass.exp().mean().item()
    return -mass.clamp(min=-8).mean()


def asked_loss(helpers, states, truth, figures):
    """What colour and kind is asked for; states [M, hidden], truth [M, 2]."""
    told, colours = helpers.asked(states).float(), len(ALL_COLOURS) + 1
    loss = F.cross_entropy(told[:, :colours], truth[:, 0]) + F.cross_entropy(told[:, colours:], truth[:, 1])
    figures["asked"] = loss.item()
    return loss


def box_loss(helpers, early_states, final, batch, packed, figures):
    """The whole box at <|box_start|>, right after pointing and at the end."""
    image, place = torch.nonzero(packed["box_start"], as_tuple=True)
    truth = torch.from_numpy(batch["boxes"])[image, packed["thing"][image, place]]
    early = helpers.box(early_states[image, place]).float()
    late = helpers.late_box(final[image, place - packed["start"]]).float()
    figures["early"], figures["late"] = (1000 * (told - truth).abs().mean().item() for told in (early, late))
    return F.smooth_l1_loss(early, truth, beta=0.03) + F.smooth_l1_loss(late, truth, beta=0.03)


def place_loss(helpers, states, batch, figures):
    """Image tokens [B, n, hidden] tell their own place and their thing's edges, in merged tokens."""
    rows, columns = batch["by_token"].shape[1:]
    cell = torch.arange(rows * columns)
    centre = torch.stack([cell % columns, cell // columns], -1) + 0.5
    told = helpers.place(states).float()
    loss = F.smooth_l1_loss(told[..., :2], centre.expand(len(told), -1, -1), beta=0.1)
    present = torch.from_numpy(batch["by_token"]).flatten(1) != NOTHING
    edges = torch.from_numpy(dense_targets(batch["by_token"], batch["boxes"], batch["classes"]))[..., 3:] + centre.repeat(1, 2)
    loss = loss + F.smooth_l1_loss(told[..., 2:][present], edges[present], beta=0.1)
    figures["place"] = loss.item()
    return loss
