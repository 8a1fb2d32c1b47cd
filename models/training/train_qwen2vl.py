"""Train the demo Qwen2-VL: first what each token shows, then asking and answering.  See README.md."""
import argparse
import csv
import math
import os
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import questions
from common import HIDDEN, VISION, block_order, language_forward, patchify, qwen2vl_config, vision_forward
from boxes import Score, boxes_in
from packing import DECIDES, MUTED, NUMBER, PLAIN, Packer
from data import Scenes, dense_targets
from make_data import NOTHING
from scenes import ALL_COLOURS, ALL_KINDS


POINTER_LAYER = 2                                 # the third of four language layers
SIGMA = 10                                        # of the soft number labels, in thousandths of the image


class Muon(torch.optim.Optimizer):
    """Momentum, orthogonalised by Newton-Schulz steps, for 2-D weights; matrices of one shape go as one batch.
    Scaled so that learning rates mean what they mean for AdamW."""

    def __init__(self, parameters, lr, momentum=0.95, weight_decay=0.01):
        super().__init__(parameters, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            by_shape = {}
            for weight in group["params"]:
                if weight.grad is not None:
                    by_shape.setdefault(weight.shape, []).append(weight)
            for shape, weights in by_shape.items():
                updates = []
                for weight in weights:
                    state = self.state[weight]
                    if "momentum" not in state:
                        state["momentum"] = torch.zeros_like(weight)
                    state["momentum"].lerp_(weight.grad, 1 - group["momentum"])
                    updates.append(weight.grad.lerp(state["momentum"], group["momentum"]))
                update = orthogonalise(torch.stack(updates)) * (0.2 * max(shape) ** 0.5)
                for weight, change in zip(weights, update):
                    weight.mul_(1 - group["lr"] * group["weight_decay"]).add_(change, alpha=-group["lr"])


def orthogonalise(matrices):
    """Nearest semi-orthogonal matrices, roughly: [n, rows, columns]."""
    flipped = matrices.shape[1] > matrices.shape[2]
    x = matrices.transpose(1, 2) if flipped else matrices
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(5):
        square = x @ x.transpose(1, 2)
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return x.transpose(1, 2) if flipped else x


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
            + F.smooth_l1_loss(seen[:, -4:], truth[:, 3:], beta=0.1))


def vision_losses(model, helpers, batch, figures):
    """-> (merged features [B, n, hidden], loss of the dense helpers)."""
    rows, columns = batch["by_patch"].shape[1:]
    merged, patches = vision_forward(model.model.visual, torch.from_numpy(patchify(batch["image"], frames=1)), rows, columns)
    by_token = torch.from_numpy(dense_targets(batch["by_token"], batch["boxes"], batch["classes"]))
    by_patch = torch.from_numpy(dense_targets(batch["by_patch"], batch["boxes"], batch["classes"])[:, block_order(rows, columns)])
    loss = dense_loss(helpers.token(merged), by_token, figures, "token")
    loss = loss + 0.5 * dense_loss(helpers.patch(patches), by_patch, figures, "patch")
    return merged, loss


def language_losses(model, helpers, numbers, features, batch, packed, figures):
    """Answering, with helpers inside the language layers -> (loss of the answers, loss of the helpers).

    features [B, n, hidden] are the merged vision features; `numbers` a NumberTable.
    """
    packed = {name: torch.from_numpy(a) if isinstance(a, np.ndarray) else a for name, a in packed.items()}
    count, tokens = features.shape[:2]
    first, last, start = packed["image_at"], packed["image_at"] + tokens, packed["start"]
    number_ids = packed["number_ids"]
    table = model.get_input_embeddings().weight.index_copy(0, number_ids, numbers())
    x = F.embedding(packed["ids"], table)
    x = torch.cat([x[:, :first], features.to(x.dtype), x[:, last:]], 1)
    block, length = packed["block"], x.shape[1]
    allowed = ((block[:, None] == block[:, :, None]) | (block[:, None] == 0)) & torch.ones(length, length).tril().bool()
    thing = packed["thing"]
    image, place = torch.nonzero(thing > -2, as_tuple=True)
    final, states, seen = language_forward(model.model.language_model, x, packed["positions"], allowed, start,
                                           (POINTER_LAYER, image, place))

    # The answers. Numbers are learned with soft labels: a bell over the neighbouring values.
    where = packed["sort"][:, start:] != MUTED
    logits = (final[where] @ table.T.to(final.dtype)).float()
    label, sort, value = (packed[name][:, start:][where] for name in ("label", "sort", "value"))
    words = F.cross_entropy(logits, label, reduction="none")
    is_number, decides = sort == NUMBER, sort == DECIDES
    log_chance = torch.log_softmax(logits[is_number], -1)[:, number_ids]
    distance = torch.arange(1000) - value[is_number][:, None]
    soft = torch.softmax(-0.5 * (distance / SIGMA) ** 2, -1)
    number_loss = -(soft * log_chance).sum(-1).mean()
    decision_loss = words[decides].mean()
    plain_loss = words[sort == PLAIN].mean()
    right = (logits[decides].argmax(-1) == label[decides]).float().mean()
    error = (log_chance.argmax(-1) - value[is_number]).abs().float()

    # Pointing: two heads find the thing that comes next, or <|vision_end|> when none is left.
    owner = torch.from_numpy(batch["by_token"].reshape(count, -1).astype(np.int64))
    target = torch.zeros(len(image), length, dtype=torch.bool)
    target[:, first:last] = owner[image] == thing[image, place][:, None]
    target[:, last] = thing[image, place] == -1
    some = target.any(-1)
    mass = seen[some].float().masked_fill(~target[some][:, None], -1e9).logsumexp(-1)
    pointer = -mass.clamp(min=-8).mean()

    # What is asked, after two layers; the box at <|box_start|>, after three and at the end.
    asked = helpers.asked(states[1][image, place]).float()
    colours, truth = len(ALL_COLOURS) + 1, packed["asked"][image, place]
    asked = F.cross_entropy(asked[:, :colours], truth[:, 0]) + F.cross_entropy(asked[:, colours:], truth[:, 1])
    image, place = torch.nonzero(packed["box_start"], as_tuple=True)
    boxes = torch.from_numpy(batch["boxes"])[image, thing[image, place]]
    early = helpers.box(states[POINTER_LAYER][image, place]).float()
    late = helpers.late_box(final[image, place - start]).float()
    regression = F.smooth_l1_loss(early, boxes, beta=0.03) + F.smooth_l1_loss(late, boxes, beta=0.03)

    # Image tokens after two layers: where they are, and where their thing's edges are, in merged tokens.
    rows, columns = batch["by_token"].shape[1:]
    cell = torch.arange(tokens)
    centre = torch.stack([cell % columns, cell // columns], -1) + 0.5
    told = helpers.place(states[1][:, first:last]).float()
    place_loss = F.smooth_l1_loss(told[..., :2], centre.expand(count, -1, -1), beta=0.1)
    present = owner != NOTHING
    edges = torch.from_numpy(dense_targets(batch["by_token"], batch["boxes"], batch["classes"]))[..., 3:] + centre.repeat(1, 2)
    place_loss = place_loss + F.smooth_l1_loss(told[..., 2:][present], edges[present], beta=0.1)

    figures.update(number=number_loss.item(), decision=decision_loss.item(), plain=plain_loss.item(), decided=right.item(),
                   units=error.mean().item(), pointed=mass.exp().mean().item(), asked=asked.item(),
                   early=(early - boxes).abs().mean().item() * 1000, late=(late - boxes).abs().mean().item() * 1000,
                   place=place_loss.item())
    answers = number_loss + 2 * decision_loss + 0.3 * plain_loss
    return answers, 0.7 * pointer + 0.3 * asked + 10 * regression + place_loss


def held_out_f1(model, scenes, packer, seed=5, groups=5, size=24):
    """Greedy answers to one question per held-out image -> (F1 at IoU 0.5, share of right "none", IoU of matches)."""
    scenes.rng = packer.rng = np.random.default_rng(seed)
    score = Score()
    with torch.no_grad():
        for _ in range(groups):
            batch = scenes.batch(size)
            rows, columns = batch["by_token"].shape[1:]
            features, _ = vision_forward(model.model.visual, torch.from_numpy(patchify(batch["image"], frames=1)), 2 * rows, 2 * columns)
            asked = [packer.question(batch, image) for image in range(size)]
            texts = greedy(model, packer, features, rows, columns, [question for question, _, _, _ in asked])
            for image, (_, _, hits, _) in enumerate(asked):
                score.add(batch["boxes"][image][hits] * 1000, boxes_in(texts[image]))
    return score.f1(), score.none_right(), score.mean_iou()


def greedy(model, packer, features, rows, columns, asked, most=70):
    """Answers by full passes (no cache), all questions at once; asked: lists of ids -> texts."""
    prefix = packer.encode(questions.prefix(rows * columns))
    first, positions = packer.prefix_positions(prefix, rows, columns)
    last = first + rows * columns
    done, out = [False] * len(asked), [list(ids) for ids in asked]
    end = packer.tokenizer.token_to_id("<|im_end|>")
    for _ in range(most):
        longest = max(map(len, out))
        ids = torch.tensor([prefix + o + [0] * (longest - len(o)) for o in out])
        place = np.concatenate([positions, np.tile(positions[0, -1] + 1 + np.arange(longest), (3, 1))], 1)
        place = torch.from_numpy(place)[None].expand(len(out), -1, -1)
        x = model.get_input_embeddings()(ids)
        x = torch.cat([x[:, :first], features, x[:, last:]], 1)
        allowed = torch.ones(x.shape[1], x.shape[1]).tril().bool()[None].expand(len(out), -1, -1)
        final, _, _ = language_forward(model.model.language_model, x, place, allowed, 0)
        following = model.lm_head(final[torch.arange(len(out)), torch.tensor([len(prefix) + len(o) - 1 for o in out])]).argmax(-1)
        for index, token in enumerate(following.tolist()):
            done[index] = done[index] or token == end
            if not done[index]:
                out[index].append(token)
        if all(done):
            break
    return [packer.tokenizer.decode(o[len(a):], skip_special_tokens=False) for o, a in zip(out, asked)]


def warm_start(model, folder, tokenizer):
    """Take the weights of an earlier checkpoint of the same architecture; embeddings by the tokens' spelling."""
    from safetensors.torch import load_file
    from tokenizers import Tokenizer
    old = load_file(f"{folder}/model.safetensors")
    spelled = Tokenizer.from_file(f"{folder}/tokenizer.json").get_vocab()
    name = next(key for key in old if key.endswith("embed_tokens.weight"))
    table = old.pop(name)
    model.load_state_dict(old, strict=False)
    embeddings = model.get_input_embeddings().weight.data
    scale = table.std()
    embeddings.normal_(0, scale.item())
    for token, index in tokenizer.get_vocab().items():
        if token in spelled:
            embeddings[index] = table[spelled[token]]
        elif token.lstrip("Ġ") in spelled or "Ġ" + token in spelled:
            embeddings[index] = table[spelled.get(token.lstrip("Ġ"), spelled.get("Ġ" + token))]
    return model


def main():
    options = argparse.ArgumentParser()
    options.add_argument("stage", choices=("vision", "language", "joint"))
    options.add_argument("--data", default="/tmp/train/data")
    options.add_argument("--start", help="folder of an earlier checkpoint, for the first stage")
    options.add_argument("--checkpoint", default="/tmp/train/model.pt")
    options.add_argument("--minutes", type=float, required=True)
    options.add_argument("--lr", type=float, default=2e-3)
    options.add_argument("--batch", type=int, default=32)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--lr-end", type=float, default=0.02, help="share of the learning rate left at the end")
    options.add_argument("--room", type=int, default=180, help="tokens of questions and answers per image")
    options.add_argument("--helpers", type=float, default=1.0, help="weight of the helper losses")
    options.add_argument("--held-out", default="/tmp/train/val")
    options.add_argument("--curve", default="/tmp/train/curve.csv")
    options.add_argument("--test-every", type=float, default=6.0, help="minutes")
    options.add_argument("--bf16", action="store_true", help="bfloat16 matrix products (faster where the CPU has them)")
    options = options.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    from transformers import Qwen2VLForConditionalGeneration
    tokenizer = questions.build_tokenizer()
    model, helpers, numbers = Qwen2VLForConditionalGeneration(qwen2vl_config(tokenizer)), Helpers(), NumberTable()
    if os.path.exists(options.checkpoint):
        saved = torch.load(options.checkpoint, weights_only=True)
        model.load_state_dict(saved["model"])
        helpers.load_state_dict(saved["helpers"], strict=False)
        if "numbers" in saved:
            numbers.load_state_dict(saved["numbers"])
    else:
        warm_start(model, options.start, tokenizer)
    rng = np.random.default_rng(options.seed)
    scenes, packer = Scenes(options.data, rng), Packer(tokenizer, rng, options.room)
    held_out = Scenes(options.held_out, rng), Packer(tokenizer, rng)
    visual, language = list(model.model.visual.parameters()), list(model.model.language_model.parameters())
    trained = {"vision": visual, "language": language, "joint": visual + language}[options.stage]
    embeddings = model.get_input_embeddings().weight
    matrices = [w for w in trained if w.dim() == 2 and w is not embeddings]
    others = [w for w in trained if w.dim() != 2 or w is embeddings] + [*helpers.parameters(), *numbers.parameters()]
    optimizers = [Muon(matrices, options.lr), torch.optim.AdamW(others, options.lr, (0.9, 0.98), weight_decay=0.0)]
    begin, step, figures, recent, last_save, last_test = time.time(), 0, {}, [], time.time(), time.time()

    def save():
        with torch.no_grad():
            embeddings.index_copy_(0, torch.from_numpy(packer.number_ids), numbers())
        parts = dict(model=model.state_dict(), helpers=helpers.state_dict(), numbers=numbers.state_dict())
        torch.save(parts, options.checkpoint + ".new")
        os.replace(options.checkpoint + ".new", options.checkpoint)

    def test(spent):
        save()
        f1, none, iou = held_out_f1(model, *held_out)
        row = [options.stage, round(spent, 1), step * options.batch, round(f1, 4), round(none, 4), round(iou, 4)]
        print("held out: f1 %.3f none %.3f iou %.3f" % (f1, none, iou), flush=True)
        with open(options.curve, "a", newline="") as file:
            csv.writer(file).writerow(row)

    while (spent := (time.time() - begin) / 60) < options.minutes:
        share = spent / options.minutes
        rate = options.lr * min(1, (step + 1) / 100) * (1 - (1 - options.lr_end) * share)
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate
        batch = scenes.batch(options.batch)
        with torch.autocast("cpu", torch.bfloat16, enabled=options.bf16):
            if options.stage == "language":
                with torch.no_grad():
                    features, _ = vision_losses(model, helpers, batch, {})
                loss = 0
            else:
                features, loss = vision_losses(model, helpers, batch, figures)
            if options.stage != "vision":
                answers, help_loss = language_losses(model, helpers, numbers, features, batch, packer.pack(batch), figures)
                loss = answers + options.helpers * (help_loss + loss)
        for optimizer in optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(matrices + others, 5.0)
        for optimizer in optimizers:
            optimizer.step()
        step += 1
        recent.append((loss.item(), *figures.values()))
        if step % 25 == 0:
            mean = np.mean(recent[-25:], 0)
            print(f"{spent:.1f} min, step {step}, {step * options.batch / 1000:.1f}k, loss {mean[0]:.4f}",
                  {k: round(float(v), 3) for k, v in zip(figures, mean[1:])}, flush=True)
            scenes.refresh()
        if time.time() - last_save > 120:
            save()
            last_save = time.time()
        if options.stage != "vision" and time.time() - last_test > options.test_every * 60:
            test(spent)
            last_test = time.time()
    save()
    if options.stage != "vision":
        test(options.minutes)


if __name__ == "__main__":
    main()
