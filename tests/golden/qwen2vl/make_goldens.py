"""Reference tensors and replies of transformers, for the demo model and for tiny random ones, into goldens/*.json.

usage: python3 tests/golden/qwen2vl/make_goldens.py [demo|tiny] [--weights DIR_WITH_SAFETENSORS]

Needs torch, transformers, onnx, numpy, pillow (no torchvision). The demo's weights are read back from its own graphs,
so that nothing but models/demo is needed; `--weights` takes a transformers folder instead. The demo's golden carries
the SHA-256 of the graphs it was made from, and the test refuses to compare it with others."""
import base64
import hashlib
import json
import os
import re
import sys

import numpy as np
import onnx
import torch
from PIL import Image
from onnx import numpy_helper
from tokenizers import Tokenizer
from transformers import DynamicCache, Qwen2VLConfig, Qwen2VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil, smart_resize

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


def pack(array):
    """Shape and base64 of little-endian float32."""
    a = np.ascontiguousarray(array, '<f4')
    return dict(shape=list(a.shape), data=base64.b64encode(a.tobytes()).decode())


def resized(image, processor):
    """At the processor's size, rows first. Pillow up to 12, with which models were trained, always does so; 13 does columns
    first where the height shrinks more (python-pillow/Pillow#9549), which rounds otherwise."""
    height, width = smart_resize(*image.shape[:2], processor.patch_size * processor.merge_size, processor.size['shortest_edge'], processor.size['longest_edge'])
    rows = Image.fromarray(image).resize((width, image.shape[0]), processor.resample)
    return np.asarray(rows.resize((width, height), processor.resample))


class HalfCache(DynamicCache):
    """Keys and values as a float16 cache gives them back."""

    def update(self, key_states, value_states, *args, **kwargs):
        return super().update(key_states.half().float(), value_states.half().float(), *args, **kwargs)


def case(model, processor, tokenizer, prompt, size, words, tokens, ends, half=False):
    inputs = processor(images=[resized(picture(*size), processor)], return_tensors='pt')
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


def graph_weights(folder):
    """The transformers state dict inside the graphs: names are kept by the exporter but for matrices, which come in the order they are used."""
    read = lambda name: onnx.load(f'{folder}/onnx/{name}.onnx').graph
    vision, decoder, embed = read('vision_encoder'), read('decoder_model_merged'), read('embed_tokens')
    tensors = lambda graph: {i.name: torch.tensor(numpy_helper.to_array(i).astype(np.float32)) for i in graph.initializer}
    state = {}
    for name, value in tensors(vision).items():
        if (m := re.search(r'(blocks|merger|patch_embed)\..*', name)):
            state[f'model.visual.{m[0]}'] = value
    weights = tensors(decoder)
    for name, value in weights.items():
        if (m := re.search(r'layers\..*|norm\.weight$', name)):
            state[f'model.language_model.{m[0]}'] = value
    matrices = [weights[i] for node in decoder.node if node.op_type == 'MatMul' for i in node.input if i in weights]
    parts = ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj', 'self_attn.o_proj', 'mlp.gate_proj', 'mlp.up_proj', 'mlp.down_proj']
    for i, matrix in enumerate(matrices[:-1]):
        state[f'model.language_model.layers.{i // 7}.{parts[i % 7]}.weight'] = matrix.T.contiguous()
    state['lm_head.weight'] = matrices[-1].T.contiguous()
    state['model.language_model.embed_tokens.weight'] = next(v for v in tensors(embed).values() if v.dim() == 2)
    return state


def demo_model(folder, weights):
    if weights:
        return Qwen2VLForConditionalGeneration.from_pretrained(weights, attn_implementation='eager').eval()
    config = json.load(open(f'{folder}/config.json'))
    text = {k: v for k, v in config.items() if k not in ('vision_config', 'architectures', 'model_type', 'image_token_id', 'video_token_id', 'vision_start_token_id', 'vision_end_token_id')}
    top = {k: config[k] for k in ('image_token_id', 'video_token_id', 'vision_start_token_id', 'vision_end_token_id', 'tie_word_embeddings', 'eos_token_id', 'pad_token_id', 'bos_token_id') if k in config}
    full = config if 'text_config' in config else dict(text_config=text, vision_config=config['vision_config'], **top)
    model = Qwen2VLForConditionalGeneration._from_config(Qwen2VLConfig(**full), attn_implementation='eager').eval()
    missing, unexpected = model.load_state_dict(graph_weights(folder), strict=False)
    if missing or unexpected:
        sys.exit(f'The graphs do not hold all weights by name (missing {missing[:3]}, unexpected {unexpected[:3]}): pass --weights DIR with the safetensors.')
    return model


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


def demo(weights):
    folder = f'{DEMO}/qwen2-vl'
    prompt = json.load(open(f'{DEMO}/prompt.json')) if os.path.exists(f'{DEMO}/prompt.json') else tiny_models.PROMPT
    model, tokenizer, processor = demo_model(folder, weights), Tokenizer.from_file(f'{folder}/tokenizer.json'), processor_of(folder)
    asks = [((168, 168), 'red circle'), ((641, 427), 'lesions'), ((113, 251), 'the blue stars'), ((90, 71), 'dark lesion')]
    put('demo', folder, prompt, [case(model, processor, tokenizer, prompt, size, words, 96, ends_of(folder)) for size, words in asks])


def tiny():
    for name, spec in tiny_models.MODELS.items():
        folder = f'{HERE}/models/{name}'
        model = tiny_models.build(**spec)
        tiny_models.write(folder, model, **spec)
        tiny_models.write_tokenizer(folder)
        asks = [((140, 112), 'red circle'), ((333, 127), '"quoted" 物体 é'), ((61, 97), 'x')]
        put(name, folder, spec['prompt'], [case(model, processor_of(folder), tiny_models.tokenizer(), spec['prompt'], size, words, 40, ends_of(folder), spec.get('cache') == torch.float16) for size, words in asks])


if __name__ == '__main__':
    arguments = sys.argv[1:]
    weights = arguments[arguments.index('--weights') + 1] if '--weights' in arguments else None
    if 'demo' not in arguments:
        tiny()
    if 'tiny' not in arguments:
        demo(weights)
