"""A quick look during training: greedy answers to one question about each of some held-out scenes."""
import numpy as np
import torch

import questions
from boxes import Score, boxes_in
from common import language_forward, patchify, vision_forward


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
