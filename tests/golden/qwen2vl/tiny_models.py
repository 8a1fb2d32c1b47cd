"""Qwen2-VL models with random weights from fixed seeds, small enough to commit: other heads, sizes, caches and input names than the demo's."""
import json
import os

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import Qwen2VLConfig, Qwen2VLForConditionalGeneration

from export_graphs import export

HERE = os.path.dirname(os.path.abspath(__file__))
SPECIAL = ['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<|object_ref_start|>', '<|object_ref_end|>', '<|box_start|>', '<|box_end|>', '<|quad_start|>', '<|quad_end|>',
           '<|vision_start|>', '<|vision_end|>', '<|vision_pad|>', '<|image_pad|>', '<|video_pad|>']
SPLIT = r"""(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"""
TEMPLATE = ("{% for m in messages %}{% if loop.first and m['role'] != 'system' %}<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n{% endif %}<|im_start|>{{ m['role'] }}\n"
            "{% if m['content'] is string %}{{ m['content'] }}{% else %}{% for c in m['content'] %}{% if c['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ c['text'] }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
            "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}")
PROMPT = {'system': 'You are a helpful assistant.', 'user': 'Find all <|object_ref_start|>{words}<|object_ref_end|>'}
#: gqa: two key-value heads for four query heads. half: float16 caches, num_logits_to_keep, image_grid_thw, odd sizes, words without a special token before them.
MODELS = {
    'gqa': dict(seed=11, hidden=32, heads=4, kv_heads=2, layers=2, sections=[1, 1, 2], embed=8, vision_heads=2, pixels=(3136, 28224), prompt=PROMPT),
    'half': dict(seed=16, hidden=24, heads=3, kv_heads=1, layers=3, sections=[2, 1, 1], embed=16, vision_heads=4, pixels=(6272, 20000), cache=torch.float16, keep_logits=True, grid_name='image_grid_thw',
                 prompt={'user': 'Locate every object that matches the description "{words}" in the image.'}),
}


def tokenizer():
    """Bytes and special tokens only, cut as Qwen2's."""
    vocabulary = {c: i for i, c in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    t = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(SPLIT), 'isolated'), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    t.decoder = decoders.ByteLevel()
    t.add_special_tokens(SPECIAL)
    return t


def build(seed, hidden, heads, kv_heads, layers, sections, embed, vision_heads, vocab=272, ids=None, **_):
    ids = ids or tokenizer().get_vocab()
    end, pad, image, video = (ids[s] for s in ('<|im_end|>', '<|endoftext|>', '<|image_pad|>', '<|video_pad|>'))
    config = Qwen2VLConfig(
        text_config=dict(vocab_size=vocab, hidden_size=hidden, intermediate_size=hidden, num_hidden_layers=layers, num_attention_heads=heads, num_key_value_heads=kv_heads, max_position_embeddings=4096,
                         tie_word_embeddings=False, rope_parameters=dict(rope_type='default', type='mrope', mrope_section=sections, rope_theta=100.0), bos_token_id=pad, eos_token_id=end),
        vision_config=dict(depth=1, embed_dim=embed, hidden_size=hidden, num_heads=vision_heads, mlp_ratio=2, patch_size=14, spatial_merge_size=2, temporal_patch_size=2, in_channels=3),
        image_token_id=image, video_token_id=video, vision_start_token_id=ids['<|vision_start|>'], vision_end_token_id=ids['<|vision_end|>'],
        tie_word_embeddings=False, bos_token_id=pad, eos_token_id=end, pad_token_id=pad)
    torch.manual_seed(seed)
    model = Qwen2VLForConditionalGeneration._from_config(config, attn_implementation='eager').eval()
    with torch.no_grad():  # Large enough that the image and the words sway the answer, and argmax is never a near tie.
        for name, p in model.named_parameters():
            if p.dim() > 1:
                p.mul_(6.0 if 'language_model' in name else 3.0)
    return model


def write(folder, model, pixels, grid_name='grid_thw', cache=torch.float32, keep_logits=False, **_):
    """The graphs and the json files beside them."""
    export(model, folder, grid_name, cache, keep_logits)
    config = model.config.to_dict()
    flat = {**config.pop('text_config'), **config, 'architectures': ['Qwen2VLForConditionalGeneration'], 'model_type': 'qwen2_vl'}
    put = lambda name, value: json.dump(value, open(f'{folder}/{name}.json', 'w'), indent=1)
    put('config', flat)
    put('generation_config', dict(eos_token_id=[flat['eos_token_id'], flat['pad_token_id']], pad_token_id=flat['pad_token_id'], do_sample=False))
    put('preprocessor_config', dict(image_processor_type='Qwen2VLImageProcessor', processor_class='Qwen2VLProcessor', min_pixels=pixels[0], max_pixels=pixels[1], patch_size=14, temporal_patch_size=2, merge_size=2,
                                    do_resize=True, do_rescale=True, do_normalize=True, do_convert_rgb=True, resample=3, rescale_factor=1 / 255,
                                    image_mean=[.48145466, .4578275, .40821073], image_std=[.26862954, .26130258, .27577711], size=dict(shortest_edge=pixels[0], longest_edge=pixels[1])))


def write_tokenizer(folder):
    tokenizer().save(f'{folder}/tokenizer.json', pretty=False)
    json.dump(dict(tokenizer_class='Qwen2Tokenizer', eos_token='<|im_end|>', pad_token='<|endoftext|>', bos_token=None, unk_token=None, additional_special_tokens=SPECIAL[1:], model_max_length=4096,
                   clean_up_tokenization_spaces=False, add_prefix_space=False, chat_template=TEMPLATE), open(f'{folder}/tokenizer_config.json', 'w'), indent=1)
