"""Reads conversations with those who train on them. Usage: check_qwen_vl.py TOOL FOLDER; prints JSON.

datasets: the JSON loader of Hugging Face. llamafactory: LLaMA-Factory's own list of data sets, loader and converter, by the
dataset_info.json of the folder. swift: ms-swift's loader and preprocessor, and what its Qwen2-VL template makes of objects
(neither needs weights).
"""
import contextlib, io, json, logging, os, pathlib, sys, tempfile, types

tool, root = sys.argv[1], pathlib.Path(sys.argv[2])
os.environ.update(HF_HOME=tempfile.mkdtemp(), HF_HUB_OFFLINE='1', MODELSCOPE_CACHE=tempfile.mkdtemp(), USE_HF='1')
logging.disable(logging.CRITICAL)


def with_datasets():
    from datasets import load_dataset
    parts = {file.stem: str(file) for file in sorted(root.glob('*.jsonl')) if file.stat().st_size > 0}
    return {part: {'columns': sorted(rows.column_names), 'rows': list(rows)} for part, rows in load_dataset('json', data_files=parts).items()}


def with_llamafactory():
    import transformers  # noqa: F401, looks for torchaudio itself
    # It reads sound, of which there is none.
    sys.modules.setdefault('torchaudio', types.ModuleType('torchaudio'))
    from llamafactory.data.loader import _load_single_dataset
    from llamafactory.data.parser import get_dataset_list
    names = [name for name, entry in json.loads((root / 'dataset_info.json').read_text('utf8')).items() if (root / entry['file_name']).stat().st_size > 0]
    data = types.SimpleNamespace(dataset_dir=str(root), media_dir=str(root), streaming=False, max_samples=None, preprocessing_num_workers=None, overwrite_cache=True)
    model = types.SimpleNamespace(cache_dir=None, hf_hub_token=None)
    training = types.SimpleNamespace(local_process_index=0)
    within = lambda path: pathlib.Path(path).relative_to(root).as_posix()
    out = {}
    for name, attr in zip(names, get_dataset_list(names, str(root))):
        rows = _load_single_dataset(attr, model, data, training)
        out[name] = [{'prompt': row['_prompt'], 'response': row['_response'], 'images': [within(path) for path in row['_images']]} for row in rows]
    return out


def with_swift():
    from PIL import Image
    from swift.dataset import load_dataset
    from swift.template.template_inputs import StdTemplateInputs
    from swift.template.templates.qwen import Qwen2VLTemplate
    from swift.template.utils import split_str_parts_by
    os.chdir(root)
    template = Qwen2VLTemplate.__new__(Qwen2VLTemplate)
    template.bbox_format = 'legacy'
    template._pre_tokenize_images = lambda contexts, scales, inputs: (contexts, scales)
    out = {}
    for file in sorted(root.glob('*.jsonl')):
        if file.stat().st_size == 0:
            continue
        rows, _ = load_dataset([file.name], load_from_cache_file=False, strict=True)
        out[file.stem] = []
        for row in rows:
            images = [image['path'] for image in row['images']]
            inputs = StdTemplateInputs.from_dict(dict(row, images=[Image.open(path) for path in images]))
            template._get_height_width(inputs)
            pairs = [pair for message in inputs.messages for pair in split_str_parts_by(message['content'], ['<image>', '<ref-object>', '<bbox>'])]
            contexts = [part for pair in pairs for part in (pair['key'], pair['content']) if part]
            said, _ = template._pre_tokenize(contexts, [1.] * len(contexts), inputs)
            out[file.stem].append({'images': images, 'roles': [message['role'] for message in inputs.messages], 'said': ''.join(said)})
    return out


with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    answer = {'datasets': with_datasets, 'llamafactory': with_llamafactory, 'swift': with_swift}[tool]()
print(json.dumps(answer, indent=1, sort_keys=True, ensure_ascii=False))
