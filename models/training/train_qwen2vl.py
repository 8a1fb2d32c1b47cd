"""Train the demo Qwen2-VL: first what each token shows, then asking and answering.  See README.md.

    python train_qwen2vl.py STAGE --minutes M [--bf16]        # STAGE: vision, then language, then joint
"""
import argparse
import csv
import os
import time

import numpy as np
import torch
import torch.nn as nn

import questions
from common import qwen2vl_config
from data import Scenes
from held_out import held_out_f1
from helpers import Helpers, NumberTable
from language_losses import language_losses
from muon import Muon
from packing import Packer
from vision_losses import vision_losses


def warm_start(model, numbers, folder, tokenizer):
    """Take the weights of an earlier checkpoint of the same architecture; embeddings by the tokens' spelling.
    Where the checkpoint has number tokens, `numbers` is fitted to their rows."""
    from safetensors.torch import load_file
    from tokenizers import Tokenizer
    old = {name: weight.float() for name, weight in load_file(f"{folder}/model.safetensors").items()}
    spelled = Tokenizer.from_file(f"{folder}/tokenizer.json").get_vocab()
    name = next(key for key in old if key.endswith("embed_tokens.weight"))
    table = old.pop(name)
    inner = {name.replace("visual.", "model.visual.", 1) if name.startswith("visual.")
             else name.replace("model.", "model.language_model.", 1): weight for name, weight in old.items()}
    missing, unknown = model.load_state_dict(inner, strict=False)
    if unknown or not all(name.endswith(("embed_tokens.weight", "lm_head.weight")) for name in missing):
        raise ValueError(f"{folder} holds another architecture: missing {missing}, unknown {unknown}")
    embeddings = model.get_input_embeddings().weight.data
    embeddings.normal_(0, table.std().item())
    for token, index in tokenizer.get_vocab().items():
        like = next((t for t in (token, token.lstrip("Ġ"), "Ġ" + token) if t in spelled), None)
        if like is not None:
            embeddings[index] = table[spelled[like]]
    if "999" in spelled:
        rows = table[[spelled[str(number)] for number in range(1000)]]
        numbers.mix.data = torch.linalg.lstsq(numbers.code.double(), rows.double(), rcond=1e-4, driver="gelsd").solution.float()


def parse_options():
    options = argparse.ArgumentParser()
    options.add_argument("stage", choices=("vision", "language", "joint"))
    options.add_argument("--data", default="/tmp/train/data")
    options.add_argument("--held-out", default="/tmp/train/val")
    options.add_argument("--start", help="folder of an earlier checkpoint, for the first stage")
    options.add_argument("--checkpoint", default="/tmp/train/model.pt")
    options.add_argument("--curve", default="/tmp/train/curve.csv")
    options.add_argument("--minutes", type=float, required=True)
    options.add_argument("--lr", type=float, default=2e-3)
    options.add_argument("--lr-end", type=float, default=0.02, help="share of the learning rate left at the end")
    options.add_argument("--vision-part", type=float, default=0.5, help="of the learning rate, in the joint stage")
    options.add_argument("--warm-up", type=int, default=100, help="steps")
    options.add_argument("--batch", type=int, default=32)
    options.add_argument("--room", type=int, default=180, help="tokens of questions and answers per image")
    options.add_argument("--test-every", type=float, default=6.0, help="minutes")
    options.add_argument("--bf16", action="store_true", help="bfloat16 matrix products (faster where the CPU has them)")
    options.add_argument("--seed", type=int, default=0)
    return options.parse_args()


class Training:
    """A model with its helpers, optimizers and data."""

    def __init__(self, options):
        from transformers import Qwen2VLForConditionalGeneration
        self.options, tokenizer = options, questions.build_tokenizer()
        self.model = Qwen2VLForConditionalGeneration(qwen2vl_config(tokenizer))
        self.helpers, self.numbers = Helpers(), NumberTable()
        self.parts = dict(model=self.model, helpers=self.helpers, numbers=self.numbers)
        if os.path.exists(options.checkpoint):
            saved = torch.load(options.checkpoint, weights_only=True)
            for name, part in self.parts.items():
                part.load_state_dict(saved[name])
        elif options.start:
            warm_start(self.model, self.numbers, options.start, tokenizer)
        rng = np.random.default_rng(options.seed)
        self.scenes, self.packer = Scenes(options.data, rng), Packer(tokenizer, rng, options.room)
        self.held_out = Scenes(options.held_out, rng), Packer(tokenizer, rng)
        self.optimizers = self.make_optimizers()

    def make_optimizers(self):
        """[(optimizer, its part of the learning rate)]: Muon for weight matrices, AdamW for the rest."""
        visual, language = self.model.model.visual.parameters(), self.model.model.language_model.parameters()
        seeing = list(visual) if self.options.stage != "language" else []
        speaking = list(language) if self.options.stage != "vision" else []
        embeddings = self.model.get_input_embeddings().weight
        is_matrix = lambda weight: weight.dim() == 2 and weight is not embeddings
        others = [w for w in seeing + speaking if not is_matrix(w)] + [*self.helpers.parameters(), *self.numbers.parameters()]
        vision_part = self.options.vision_part if self.options.stage == "joint" else 1
        groups = [(list(filter(is_matrix, weights)), part) for weights, part in ((seeing, vision_part), (speaking, 1)) if weights]
        made = [(Muon(weights, self.options.lr), part) for weights, part in groups]
        self.trained = [w for weights, _ in groups for w in weights] + others
        return made + [(torch.optim.AdamW(others, self.options.lr, (0.9, 0.98), weight_decay=0.0), 1)]

    def losses(self, figures):
        """The loss of one new batch."""
        options, batch = self.options, self.scenes.batch(self.options.batch)
        with torch.autocast("cpu", torch.bfloat16, enabled=options.bf16):
            with torch.set_grad_enabled(options.stage != "language"):
                features, loss = vision_losses(self.model, self.helpers, batch, figures)
            if options.stage == "vision":
                return loss
            answers, help_loss = language_losses(
                self.model, self.helpers, self.numbers, features, batch, self.packer.pack(batch), figures)
            return answers + help_loss + loss

    def step(self, rate, figures):
        """One step at a learning rate -> the loss."""
        for optimizer, part in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate * part
            optimizer.zero_grad(set_to_none=True)
        loss = self.losses(figures)
        loss.backward()
        nn.utils.clip_grad_norm_(self.trained, 5.0)
        for optimizer, _ in self.optimizers:
            optimizer.step()
        return loss.item()

    def save(self):
        """Write the checkpoint in one move, the number embeddings in their place in the table."""
        with torch.no_grad():
            ids = torch.from_numpy(self.packer.number_ids)
            self.model.get_input_embeddings().weight.index_copy_(0, ids, self.numbers())
        path = self.options.checkpoint
        torch.save({name: part.state_dict() for name, part in self.parts.items()}, path + ".new")
        os.replace(path + ".new", path)

    def test(self, minutes, images):
        """Add a row to the learning curve: stage, minutes, images, F1, share of right "none", IoU of matches."""
        self.save()
        result = [round(figure, 4) for figure in held_out_f1(self.model, *self.held_out)]
        print("held out: f1, none, iou", *result, flush=True)
        with open(self.options.curve, "a", newline="") as file:
            csv.writer(file).writerow([self.options.stage, round(minutes, 1), images, *result])


def main():
    options = parse_options()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    training = Training(options)
    begin, step, figures, recent, last_test = time.time(), 0, {}, [], time.time()
    while (minutes := (time.time() - begin) / 60) < options.minutes:
        falling = 1 - (1 - options.lr_end) * minutes / options.minutes
        loss = training.step(options.lr * min(1, (step + 1) / options.warm_up) * falling, figures)
        step += 1
        recent = recent[-24:] + [(loss, *figures.values())]
        if step % 25 == 0:
            told = {name: round(float(value), 3) for name, value in zip(("loss", *figures), np.mean(recent, 0))}
            print(f"{minutes:.1f} min, step {step}, {step * options.batch / 1000:.1f}k images", told, flush=True)
            training.scenes.refresh()
        if step % 80 == 0:
            training.save()
        if options.stage != "vision" and time.time() - last_test > options.test_every * 60:
            training.test(minutes, step * options.batch)
            last_test = time.time()
    training.save()
    if options.stage != "vision":
        training.test(options.minutes, step * options.batch)


if __name__ == "__main__":
    main()
