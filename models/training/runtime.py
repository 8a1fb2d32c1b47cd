"""The shipped graphs, run by onnxruntime the way the application runs them: words -> boxes, boxes -> masks."""
import json

import cv2
import numpy as np
import onnxruntime
from PIL import Image
from tokenizers import Tokenizer

import questions
from common import patchify
from make_data import smart_resize
from positions import prefix_positions

MOST_TOKENS = 160


def open_graph(folder, name, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(f"{folder}/onnx/{name}.onnx", options, providers=["CPUExecutionProvider"])


class Grounder:
    """Qwen2-VL: an image is read once (`see`), then asked any number of times (`ask`)."""

    def __init__(self, folder, threads=1):
        self.vision, self.embed, self.decoder = (
            open_graph(folder, name, threads) for name in ("vision_encoder", "embed_tokens", "decoder_model_merged"))
        self.tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
        with open(f"{folder}/preprocessor_config.json") as file:
            limits = json.load(file)
        self.low, self.high = limits["min_pixels"], limits["max_pixels"]
        self.end, self.pad = self.tokenizer.token_to_id("<|im_end|>"), self.tokenizer.token_to_id("<|image_pad|>")

    def step(self, embeds, positions, cache):
        """embeds [1, S, hidden], positions [3, 1, S] -> logits of the last token, longer cache."""
        total = next(iter(cache.values())).shape[2] + embeds.shape[1]
        logits, *present = self.decoder.run(None, dict(
            inputs_embeds=embeds, attention_mask=np.ones((1, total), np.int64), position_ids=positions, **cache))
        return logits[0, -1], dict(zip(cache, present))

    def embedded(self, ids):
        return self.embed.run(None, {"input_ids": np.array([ids], np.int64)})[0]

    def see(self, image):
        """image uint8 [H, W, 3] -> (cache, next position) after the prefix up to the words."""
        tall, wide = smart_resize(*image.shape[:2], low=self.low, high=self.high)
        small = np.asarray(Image.fromarray(image).resize((wide, tall), Image.BICUBIC))
        rows, columns = tall // 28, wide // 28
        features = self.vision.run(None, dict(pixel_values=patchify(small[None])[0], grid_thw=np.array([[1, 2 * rows, 2 * columns]], np.int64)))[0]
        ids = self.tokenizer.encode(questions.prefix(rows * columns)).ids
        first, embeds = ids.index(self.pad), self.embedded(ids)
        embeds[0, first:first + rows * columns] = features
        positions = prefix_positions(first, rows, columns, len(ids) - first - rows * columns)
        empty = {i.name: np.zeros((1, i.shape[1], 0, i.shape[3]), np.float32) for i in self.decoder.get_inputs() if i.name.startswith("past")}
        return self.step(embeds, positions[:, None], empty)[1], int(positions[0, -1]) + 1

    def ask(self, seen, words):
        """-> the answer's text, greedily."""
        (cache, position), ids, answer = seen, self.tokenizer.encode(words + questions.AFTER_WORDS).ids, []
        while len(answer) < MOST_TOKENS:
            positions = np.tile(position + np.arange(len(ids)), (3, 1, 1)).astype(np.int64)
            logits, cache = self.step(self.embedded(ids), positions, cache)
            position += len(ids)
            ids = [int(logits.argmax())]
            if ids[0] == self.end:
                break
            answer += ids
        return self.tokenizer.decode(answer, skip_special_tokens=False)


class Segmenter:
    """SAM 2: each box or click is a prompt of its own; of three masks the one with the best predicted IoU."""

    def __init__(self, folder, threads=1):
        self.encoder, self.decoder = (open_graph(folder, name, threads) for name in ("vision_encoder", "prompt_encoder_mask_decoder"))
        with open(f"{folder}/preprocessor_config.json") as file:
            settings = json.load(file)
        self.side = settings["size"]["width"]
        self.mean, self.deviation = (np.array(settings[key], np.float32) for key in ("image_mean", "image_std"))

    def see(self, image):
        """image uint8 [H, W, 3] -> embeddings by input name."""
        small = np.asarray(Image.fromarray(image).resize((self.side, self.side), Image.BILINEAR), np.float32) / 255
        pixels = ((small - self.mean) / self.deviation).transpose(2, 0, 1)[None]
        return dict(zip((f"image_embeddings.{i}" for i in range(3)), self.encoder.run(None, {"pixel_values": pixels})))

    def scale(self, points, height, width):
        """Points or boxes in pixels -> float32 in the model's square."""
        points = np.asarray(points, np.float32)
        return points * np.resize([self.side / width, self.side / height], points.shape[-1]).astype(np.float32)

    def masks(self, embeddings, boxes, height, width):
        """boxes [n, 4] in pixels -> bool [n, H, W]."""
        nothing = np.zeros((1, len(boxes), 0, 2), np.float32), np.zeros((1, len(boxes), 0), np.int64)
        return self.decode(embeddings, *nothing, self.scale(boxes, height, width)[None], height, width)

    def masks_of_clicks(self, embeddings, clicks, height, width):
        """clicks [n, 2] in pixels, each on a thing of its own -> bool [n, H, W]."""
        points = self.scale(clicks, height, width)[None, :, None]
        return self.decode(embeddings, points, np.ones(points.shape[:3], np.int64), np.zeros((1, 0, 4), np.float32), height, width)

    def decode(self, embeddings, points, labels, boxes, height, width):
        scores, masks, _ = self.decoder.run(None, dict(input_points=points, input_labels=labels, input_boxes=boxes, **embeddings))
        best = masks[0, np.arange(masks.shape[1]), scores[0].argmax(-1)]
        return np.stack([cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR) > 0 for mask in best])
