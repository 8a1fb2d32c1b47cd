"""Write the demo models as the application loads them: onnx-community's file layout and tensor names.

    python export.py qwen2vl CHECKPOINT.pt ../demo/qwen2-vl
    python export.py sam2 FOLDER_WITH_SAFETENSORS ../demo/sam2

Weights are rounded to float16 first, and stored so (in the graphs too, where a Cast feeds float32 kernels), so the
safetensors beside the graphs hold exactly the same numbers. Each graph is compared with transformers at sizes other
than the traced ones. The folder is replaced only when everything agrees.
"""
import json
import os
import shutil
import sys

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper, numpy_helper

import graphs
import questions
from common import qwen2vl_config
from make_data import MAX_PIXELS, MIN_PIXELS

OPSET, TOLERANCE = 18, 2e-3
CHAT_TEMPLATE = (
    "{% for m in messages %}{% if loop.first and m['role'] != 'system' %}<|im_start|>system\nYou are a helpful assistant."
    "<|im_end|>\n{% endif %}<|im_start|>{{ m['role'] }}\n{% if m['content'] is string %}{{ m['content'] }}{% else %}"
    "{% for c in m['content'] %}{% if c['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>{% else %}"
    "{{ c['text'] }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}")


def write_json(path, content):
    with open(path, "w") as file:
        json.dump(content, file, indent=1, ensure_ascii=False)


def rounded(model):
    """The model with float16-rounded weights, still in float32."""
    return model.half().float().eval()


def store_half(path):
    """Store a graph's large float32 weights as float16 behind a Cast (folded away when a session loads it)."""
    model = onnx.load(path)
    casts = []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size >= 256:
            small = numpy_helper.from_array(values.astype(np.float16), tensor.name + "_half")
            casts.append(helper.make_node("Cast", [small.name], [tensor.name], name=tensor.name + "_cast", to=onnx.TensorProto.FLOAT))
            tensor.CopyFrom(small)
    nodes = casts + list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def save_graph(module, arguments, path, inputs, outputs, dynamic):
    torch.onnx.export(module, arguments, path, input_names=inputs, output_names=outputs, dynamic_axes=dynamic,
                      opset_version=OPSET, dynamo=False, do_constant_folding=True)
    store_half(path)


def run(folder, name, feeds):
    """Outputs of a graph; feeds are tensors or arrays by input name."""
    session = onnxruntime.InferenceSession(f"{folder}/onnx/{name}.onnx", providers=["CPUExecutionProvider"])
    return session.run(None, {key: np.asarray(value) for key, value in feeds.items()})


def must_agree(what, got, wanted):
    worst = max(float(np.abs(np.asarray(a) - np.asarray(b)).max()) for a, b in zip(got, wanted))
    print(f"{what}: largest difference from transformers {worst:.1e}", flush=True)
    if not worst < TOLERANCE:
        raise SystemExit(f"{what} disagrees with transformers")


def qwen2vl_json(folder, tokenizer):
    """Everything beside the graphs and weights; config.json in the flat form of the onnx-community repository."""
    with open(f"{folder}/config.json") as file:
        config = json.load(file)
    flat = {**config.pop("text_config"), **config, "model_type": "qwen2_vl", "dtype": "float32"}
    write_json(f"{folder}/config.json", flat)
    write_json(f"{folder}/generation_config.json",
               dict(eos_token_id=[flat["eos_token_id"], flat["bos_token_id"]], pad_token_id=flat["pad_token_id"], do_sample=False))
    mean, deviation = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
    write_json(f"{folder}/preprocessor_config.json", dict(
        image_processor_type="Qwen2VLImageProcessor", processor_class="Qwen2VLProcessor", min_pixels=MIN_PIXELS, max_pixels=MAX_PIXELS,
        size=dict(shortest_edge=MIN_PIXELS, longest_edge=MAX_PIXELS), patch_size=14, temporal_patch_size=2, merge_size=2,
        do_resize=True, do_rescale=True, do_normalize=True, do_convert_rgb=True, resample=3, rescale_factor=1 / 255,
        image_mean=mean, image_std=deviation))
    tokenizer.save(f"{folder}/tokenizer.json")
    write_json(f"{folder}/tokenizer_config.json", dict(
        tokenizer_class="PreTrainedTokenizerFast", bos_token=None, unk_token=None, eos_token="<|im_end|>", pad_token="<|endoftext|>",
        additional_special_tokens=questions.SPECIAL[1:], model_max_length=2048, clean_up_tokenization_spaces=False,
        add_prefix_space=False, chat_template=CHAT_TEMPLATE))


def export_qwen2vl(checkpoint, folder):
    from transformers import Qwen2VLForConditionalGeneration
    tokenizer = questions.build_tokenizer()
    model = Qwen2VLForConditionalGeneration(qwen2vl_config(tokenizer))
    model.load_state_dict(torch.load(checkpoint, weights_only=True)["model"])
    os.makedirs(f"{folder}/onnx", exist_ok=True)
    model.half().save_pretrained(folder)
    qwen2vl_json(folder, tokenizer)
    model = Qwen2VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    config = model.model.language_model.config
    heads, size = config.num_key_value_heads, config.hidden_size // config.num_attention_heads
    hidden, tokens = config.hidden_size, {0: "batch_size", 1: "sequence_length"}
    save_graph(graphs.VisionEncoder(model.model.visual), (torch.randn(120, 1176), torch.tensor([[1, 10, 12]])),
               f"{folder}/onnx/vision_encoder.onnx", ["pixel_values", "grid_thw"], ["image_features"],
               {"pixel_values": {0: "n_patches"}, "image_features": {0: "n_features"}})
    save_graph(model.get_input_embeddings(), (torch.ones(1, 5, dtype=torch.long),), f"{folder}/onnx/embed_tokens.onnx",
               ["input_ids"], ["inputs_embeds"], {"input_ids": tokens, "inputs_embeds": tokens})
    names = [f"{layer}.{part}" for layer in range(config.num_hidden_layers) for part in ("key", "value")]
    dynamic = {"inputs_embeds": tokens, "attention_mask": {0: "batch_size", 1: "total_sequence_length"},
               "position_ids": {1: "batch_size", 2: "sequence_length"}, "logits": tokens}
    dynamic |= {f"past_key_values.{n}": {0: "batch_size", 2: "past_sequence_length"} for n in names}
    dynamic |= {f"present.{n}": {0: "batch_size", 2: "total_sequence_length"} for n in names}
    past = [torch.randn(1, heads, 3, size) for _ in names]
    save_graph(graphs.Decoder(model), (torch.randn(1, 7, hidden), torch.ones(1, 10, dtype=torch.long), torch.arange(7).expand(3, 1, 7) + 3, *past),
               f"{folder}/onnx/decoder_model_merged.onnx",
               ["inputs_embeds", "attention_mask", "position_ids", *(f"past_key_values.{n}" for n in names)],
               ["logits", *(f"present.{n}" for n in names)], dynamic)
    check_qwen2vl(model, folder, names, heads, size)


def check_qwen2vl(model, folder, names, heads, size):
    """Vision at another size; the decoder in two steps, the second on the cache of the first."""
    pixels, grid = torch.randn(8 * 14, 1176), torch.tensor([[1, 8, 14]])
    wanted = model.model.visual(pixels, grid_thw=grid)
    wanted = wanted if torch.is_tensor(wanted) else wanted.pooler_output
    must_agree("vision_encoder", run(folder, "vision_encoder", dict(pixel_values=pixels, grid_thw=grid)), [wanted])
    ids = torch.randint(0, 1000, (1, 20))
    embeds = model.get_input_embeddings()(ids)
    must_agree("embed_tokens", run(folder, "embed_tokens", dict(input_ids=ids)), [embeds])
    positions = torch.randint(0, 30, (3, 1, 20)).sort(-1).values
    wanted = model.lm_head(model.model.language_model(inputs_embeds=embeds, position_ids=positions, attention_mask=torch.ones(1, 20)).last_hidden_state)
    cache, logits = [np.zeros((1, heads, 0, size), np.float32)] * len(names), []
    for begin, end in ((0, 12), (12, 20)):
        out = run(folder, "decoder_model_merged", dict(
            inputs_embeds=embeds[:, begin:end], attention_mask=np.ones((1, end), np.int64), position_ids=positions[..., begin:end],
            **{f"past_key_values.{n}": c for n, c in zip(names, cache)}))
        logits.append(out[0])
        cache = out[1:]
    must_agree("decoder_model_merged", [np.concatenate(logits, 1)], [wanted])


def export_sam2(source, folder):
    from transformers import Sam2Model
    os.makedirs(f"{folder}/onnx", exist_ok=True)
    Sam2Model.from_pretrained(source).half().save_pretrained(folder)
    model = Sam2Model.from_pretrained(folder, dtype=torch.float32).eval()
    side = model.prompt_encoder.input_image_size
    write_json(f"{folder}/preprocessor_config.json", dict(
        image_processor_type="Sam2ImageProcessor", processor_class="Sam2Processor", do_resize=True, do_rescale=True, do_normalize=True,
        do_convert_rgb=True, resample=2, rescale_factor=1 / 255, image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225],
        size=dict(width=side, height=side), mask_size=dict(width=side // 4, height=side // 4)))
    names = [f"image_embeddings.{i}" for i in range(3)]
    embeddings = model.get_image_embeddings(torch.randn(1, 3, side, side))
    save_graph(graphs.Sam2Encoder(model), (torch.randn(1, 3, side, side),), f"{folder}/onnx/vision_encoder.onnx", ["pixel_values"], names, {})
    points, boxes = torch.rand(1, 3, 2, 2) * side, torch.rand(1, 3, 4) * side
    labels = torch.tensor([[[1, 0], [1, 1], [1, -1]]])
    axes = {"input_points": {1: "prompts", 2: "points"}, "input_labels": {1: "prompts", 2: "points"}, "input_boxes": {1: "boxes"}}
    outputs = ["iou_scores", "pred_masks", "object_score_logits"]
    save_graph(graphs.Sam2Decoder(model), (points, labels, boxes, *embeddings), f"{folder}/onnx/prompt_encoder_mask_decoder.onnx",
               ["input_points", "input_labels", "input_boxes", *names], outputs, axes | {name: {1: "prompts"} for name in outputs})
    pixels = torch.randn(1, 3, side, side)
    wanted = model.get_image_embeddings(pixels)
    must_agree("sam2 vision_encoder", run(folder, "vision_encoder", dict(pixel_values=pixels)), wanted)
    no_points = lambda prompts: (torch.zeros(1, prompts, 0, 2), torch.zeros(1, prompts, 0, dtype=torch.long))
    for what, (p, l), b in (("boxes", no_points(2), boxes[:, :2]), ("clicks", (points[:, :1], labels[:, :1]), boxes[:, :0]), ("both", (points, labels), boxes)):
        masks, scores, objects = graphs.sam2_prompts.decode(model, list(wanted), p, l, b)
        got = run(folder, "prompt_encoder_mask_decoder", dict(input_points=p, input_labels=l, input_boxes=b, **dict(zip(names, wanted))))
        must_agree(f"sam2 decoder, {what}", got, [scores, masks, objects])


def main(which, source, folder):
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    torch.manual_seed(0)
    new = folder.rstrip("/") + ".new"
    shutil.rmtree(new, ignore_errors=True)
    {"qwen2vl": export_qwen2vl, "sam2": export_sam2}[which](source, new)
    old = folder.rstrip("/") + ".old"
    shutil.rmtree(old, ignore_errors=True)
    if os.path.exists(folder):
        os.rename(folder, old)
    os.chmod(f"{new}/model.safetensors", 0o644)
    os.rename(new, folder)
    shutil.rmtree(old, ignore_errors=True)
    print(folder, f"{sum(os.path.getsize(os.path.join(d, f)) for d, _, fs in os.walk(folder) for f in fs) / 1e6:.1f} MB")


if __name__ == "__main__":
    main(*sys.argv[1:4])
