"""Reference tensors and replies of transformers, for the demo model and for tiny random ones, into goldens/*.json.

usage: python3 tests/golden/qwen2vl/make_goldens.py [demo|tiny]

Needs torch, transformers, onnx, numpy, pillow 13 (older ones resize tall pictures in another order; no torchvision), and models/demo with its model.safetensors. A golden
carries the SHA-256 of the graphs it belongs to, and the test refuses to compare it with others."""
import base64
import hashlib
import json
import os
import sys

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import DynamicCache, Qwen2VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

import tiny_models

HERE = os.path.dirname(os.path.abspath(__file__))
DEMO = os.path.join(HERE, '../../../models/demo')
DEFAULT_SYSTEM = 'You are a helpful assistant.'
torch.set_grad_enabled(False)
torch.set_num_threads(1)


def picture(width, height):
    """uint8 [height, width, 3], the formula of tests/unit/inference/qwen2vl/picture.ts: waves, edges and grain without a file."""
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    return ((x * (3 + c) + y * (5 - c) + ((x // 17 + y // 23) % 3) * 70 + (x * y * (c + 1)) % 29) % 256).astype(np.uint8)


def shapes(width, height):
    """uint8 [height, width, 3]: a red disc and a blue square on a shaded ground; `shapes` of picture.ts."""
    y, x = np.mgrid[0:height, 0:width]
    side = min(width, height)
    image = np.stack([120 + x * 40 // width, np.full_like(x, 130), 140 - y * 40 // height], -1)
    image[(x - width * 3 // 10) ** 2 + (y - height * 7 // 20) ** 2 < (side * 3 // 20) ** 2] = 214, 48, 49
    image[(abs(x - width * 7 // 10) < side * 3 // 25) & (abs(y - height * 13 // 20) < side * 3 // 25)] = 41, 98, 214
    return image.astype(np.uint8)


def pack(array):
    """Shape and base64 of little-endian float32."""
    a = np.ascontiguousarray(array, '<f4')
    return dict(shape=list(a.shape), data=base64.b64encode(a.tobytes()).decode())


class HalfCache(DynamicCache):
    """Keys and values as a float16 cache gives them back."""

    def update(self, key_states, value_states, *args, **kwargs):
        return super().update(key_states.half().float(), value_states.half().float(), *args, **kwargs)


def case(draw, model, processor, tokenizer, prompt, size, words, tokens, ends, half=False):
    inputs = processor(images=[draw(*size)], return_tensors='pt')
    grid = inputs['image_grid_thw']
    n = int(grid.prod()) // 4
    system = prompt.get('system', DEFAULT_SYSTEM)
    text = (f'<|im_start|>system\n{system}<|im_end|>\n<|im_start|>user\n<|vision_start|>' + '<|image_pad|>' * n + '<|vision_end|>'
            + prompt['user'].replace('{words}', words) + '<|im_end|>\n<|im_start|>assistant\n')
    ids = torch.tensor([tokenizer.encode(text, add_special_tokens=False).ids])
    kinds = (ids == model.config.image_token_id).int()
    features = model.model.visual(inputs['pixel_values'], grid_thw=grid)
    features = features if torch.is_tensor(features) else features.pooler_output
    feed = dict(input_ids=ids, attention_mask=torch.ones_like(ids), mm_token_type_ids=kinds, image_grid_thw=grid, pixel_values=inputs['pixel_values'])
    cache = lambda: dict(past_key_values=HalfCache()) if half else {}
    positions, _ = model.model.get_rope_index(ids, kinds, grid)
    logits = model(**feed, **cache()).logits[0, -1]
    reply = model.generate(**feed, **cache(), do_sample=False, max_new_tokens=tokens, eos_token_id=ends)[0, ids.shape[1]:].tolist()
    pixels = inputs['pixel_values'].numpy()
    return dict(width=size[0], height=size[1], words=words, grid=grid[0].tolist(), promptIds=ids[0].tolist(), positions=positions[:, 0].tolist(), patchMeans=pack(pixels.mean(1)),
                pixels=pack(pixels.ravel()[::97]), features=pack(features.numpy()), lastLogits=pack(logits.numpy()), reply=reply)


def processor_of(folder):
    c = json.load(open(f'{folder}/preprocessor_config.json'))
    size = dict(shortest_edge=c.get('min_pixels', c.get('size', {}).get('shortest_edge')), longest_edge=c.get('max_pixels', c.get('size', {}).get('longest_edge')))
    keep = ('patch_size', 'temporal_patch_size', 'merge_size', 'image_mean', 'image_std', 'rescale_factor', 'resample')
    return Qwen2VLImageProcessorPil(size=size, **{k: c[k] for k in keep if k in c})


def ends_of(folder):
    return json.load(open(f'{folder}/generation_config.json'))['eos_token_id']


def sha256_of(folder):
    """Over the graphs' bytes, in the order of their names."""
    digest = hashlib.sha256()
    for name in sorted(os.listdir(f'{folder}/onnx')):
        digest.update(open(f'{folder}/onnx/{name}', 'rb').read())
    return digest.hexdigest()


def put(name, folder, prompt, cases):
    os.makedirs(f'{HERE}/goldens', exist_ok=True)
    json.dump(dict(sha256=sha256_of(folder), prompt=prompt, cases=cases), open(f'{HERE}/goldens/{name}.json', 'w'))
    print(name, [(c['width'], c['height'], c['grid'], len(c['reply'])) for c in cases])


def demo():
    folder = f'{DEMO}/qwen2-vl'
    manifest = json.load(open(f'{DEMO}/../manifest.json'))
    prompt = next(m['prompt'] for m in manifest['models'] if m['id'] == 'demo-qwen2-vl')
    model = Qwen2VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32, attn_implementation='eager').eval()
    tokenizer, processor = Tokenizer.from_file(f'{folder}/tokenizer.json'), processor_of(folder)
    asks = [((168, 168), 'red circle'), ((641, 427), 'shapes'), ((113, 251), 'the blue squares'), ((90, 71), 'green star')]
    put('demo', folder, prompt, [case(shapes, model, processor, tokenizer, prompt, size, words, 96, ends_of(folder)) for size, words in asks])


def tiny():
    for name, spec in tiny_models.MODELS.items():
        folder = f'{HERE}/models/{name}'
        model = tiny_models.build(**spec)
        tiny_models.write(folder, model, **spec)
        tiny_models.write_tokenizer(folder)
        asks = [((140, 112), 'red circle'), ((333, 127), '"quoted" 物体 é'), ((61, 97), 'x')]
        put(name, folder, spec['prompt'], [case(picture, model, processor_of(folder), tiny_models.tokenizer(), spec['prompt'], size, words, 40, ends_of(folder), spec.get('cache') == torch.float16) for size, words in asks])


if __name__ == '__main__':
    if 'demo' not in sys.argv:
        tiny()
    if 'tiny' not in sys.argv:
        demo()
