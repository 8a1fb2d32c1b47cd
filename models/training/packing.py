"""Several questions about each image in one sequence: a shared prefix, then one block per question that sees
only the prefix and itself."""
import numpy as np

import questions
from positions import prefix_positions
from questions import ANY
from scenes import ALL_COLOURS, ALL_KINDS

MUTED, DECIDES, NUMBER, PLAIN = -1, 0, 1, 2       # what the label of a position is


class Packer:
    """Turns scenes into training sequences: about `room` tokens of questions and answers for each image."""

    def __init__(self, tokenizer, rng, room=180):
        self.tokenizer, self.rng, self.room, self.cache = tokenizer, rng, room, {}
        self.image_pad, self.box_start = (tokenizer.token_to_id(t) for t in ("<|image_pad|>", "<|box_start|>"))
        self.box_end, self.opening = tokenizer.token_to_id("<|box_end|>"), tokenizer.token_to_id("(")
        self.number_ids = np.array([tokenizer.token_to_id(str(n)) for n in range(1000)])
        self.number = {tokenizer.token_to_id(str(n)): n for n in range(1000)}

    def encode(self, text):
        if text not in self.cache:
            self.cache[text] = self.tokenizer.encode(text).ids
        return self.cache[text]

    def near(self, token):
        """A number token a little off, as the model's own numbers will be; other tokens as they are."""
        if token not in self.number:
            return token
        return self.number_ids[int(np.clip(round(self.rng.normal(self.number[token], 6)), 0, 999))]

    def prefix_positions(self, prefix, rows, columns):
        """-> (place of the first image token, mRoPE positions of the prefix [3, P])."""
        start, count = prefix.index(self.image_pad), rows * columns
        return start, prefix_positions(start, rows, columns, len(prefix) - start - count)

    def question(self, batch, image):
        """-> (question ids, answer ids, indices of the things in answer order, asked colour and kind classes)."""
        classes = [(ALL_COLOURS[c], ALL_KINDS[k]) for c, k in batch["classes"][image, :batch["count"][image]]]
        words, colour, kind = questions.ask(self.rng, classes)
        hits = [i for i, thing in enumerate(classes) if questions.names(colour, kind, *thing)]
        boxes = np.clip(np.round(batch["boxes"][image] * 1000), 0, 999).astype(int)
        hits.sort(key=lambda i: tuple(boxes[i]))
        reply = []
        for x0, y0, x1, y1 in boxes[hits]:
            reply += self.encode("<|box_start|>(") + self.encode(str(x0)) + self.encode(",") + self.encode(str(y0))
            reply += self.encode("),(") + self.encode(str(x1)) + self.encode(",") + self.encode(str(y1)) + self.encode(")<|box_end|>")
        reply = reply + self.encode("<|im_end|>") if hits else self.encode(questions.answer([]))
        asked = (len(ALL_COLOURS) if colour == ANY else ALL_COLOURS.index(colour),
                 len(ALL_KINDS) if kind == ANY else ALL_KINDS.index(kind))
        return self.encode(words) + self.encode(questions.AFTER_WORDS), reply, hits, asked

    def questions_for(self, batch, image):
        """As many random questions as there is room for, somewhat more often about several things."""
        chosen, used = [], 0
        while True:
            question = self.question(batch, image)
            if len(question[2]) < 2 and self.rng.random() < 0.25:
                continue
            used += len(question[0]) + len(question[1])
            if used > self.room:
                return chosen
            chosen.append(question)

    def pack(self, batch):
        """-> dict of arrays over [B, L]: ids, label (the next token), sort, value (of a number label), block,
        positions [B, 3, L], thing (index of the thing that a pointer should find; -1 none is left; -2 no pointer),
        box_start (bool), asked [B, L, 2]; and image_at, the first image token."""
        count, rows, columns = batch["by_token"].shape
        prefix = self.encode(questions.prefix(rows * columns))
        start, prefix_positions = self.prefix_positions(prefix, rows, columns)
        packed = [self.questions_for(batch, image) for image in range(count)]
        length = len(prefix) + self.room
        full = lambda value, *shape: np.full((count, *shape, length), value, np.int64)
        out = dict(ids=full(0), label=full(0), sort=full(MUTED), value=full(0), block=full(-1), thing=full(-2),
                   positions=full(0, 3), box_start=full(0).astype(bool), asked=np.zeros((count, length, 2), np.int64))
        for image, asked_questions in enumerate(packed):
            at = len(prefix)
            out["ids"][image, :at], out["block"][image, :at] = prefix, 0
            out["positions"][image, :, :at] = prefix_positions
            for number, (question, reply, hits, asked) in enumerate(asked_questions):
                tokens = question + reply
                seen = [self.near(token) for token in tokens]
                here = slice(at, at + len(tokens))
                out["ids"][image, here], out["block"][image, here] = seen, number + 1
                out["positions"][image, :, here] = prefix_positions[0, -1] + 1 + np.arange(len(tokens))
                out["asked"][image, here] = asked
                done = 0
                for offset in range(len(question) - 1, len(tokens) - 1):
                    place, token, following = at + offset, tokens[offset], tokens[offset + 1]
                    decides = token == self.box_end or offset == len(question) - 1
                    out["label"][image, place] = following
                    out["sort"][image, place] = DECIDES if decides else NUMBER if following in self.number else PLAIN
                    out["value"][image, place] = self.number.get(following, 0)
                    out["box_start"][image, place] = token == self.box_start
                    begun = done - 1 if following in self.number and token != self.opening else done
                    if decides or token == self.box_start or following in self.number:
                        out["thing"][image, place] = hits[begun] if begun < len(hits) else -1
                    done += token == self.opening
                at += len(tokens)
        return out | dict(image_at=start, start=len(prefix) - 1, number_ids=self.number_ids)
