"""Tokens, prompts and questions: what the model is asked and what it should answer.

The conversation is Qwen2-VL's own. A number 0 to 999 is one token of this tokenizer, and so is `),(`:
a box takes eleven tokens.
"""
import json

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

from scenes import ALL_COLOURS, ALL_KINDS, COLOURS, SHAPE_KINDS

SPECIAL = [
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>",
    "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>",
    "<|image_pad|>", "<|video_pad|>",
]
PRE_TOKENS = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
              r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
SYSTEM = "You are a helpful assistant."
BEFORE_IMAGE = f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\n<|vision_start|>"
AFTER_IMAGE = "<|vision_end|>Find all <|object_ref_start|>"
AFTER_WORDS = "<|object_ref_end|><|im_end|>\n<|im_start|>assistant\n"
NONE = "There are none."
ANY = "any"                                       # a question that leaves the colour or the kind open


def plural(noun):
    return noun + ("es" if noun.endswith(("s", "x")) else "s")


def wordings(noun):
    """How people ask for a noun phrase; the likeliest first, some twice."""
    many = plural(noun)
    article = "an " if noun[0] in "aeiou" else "a "
    return [noun, noun, many, many, many, "the " + noun, "the " + many, "all " + many, "all the " + many,
            "every " + noun, "each " + noun, article + noun, "any " + noun]


def _pieces(word, rank):
    """Byte-pair encoding of one word with the merges so far ({pair: rank})."""
    pieces = list(word)
    while len(pieces) > 1:
        at = min(range(len(pieces) - 1), key=lambda i: rank.get((pieces[i], pieces[i + 1]), len(rank)))
        if (pieces[at], pieces[at + 1]) not in rank:
            break
        pieces[at:at + 2] = [pieces[at] + pieces[at + 1]]
    return pieces


def _merges(words):
    """Merges that make each word one token: what the earlier merges leave of it is joined from the left."""
    rank = {}
    for word in words:
        pieces = _pieces(word, rank)
        while len(pieces) > 1:
            rank[pieces[0], pieces[1]] = len(rank)
            pieces[:2] = [pieces[0] + pieces[1]]
    return list(rank)


def build_tokenizer():
    """A byte-level BPE tokenizer of about 1,500 tokens that can write any text."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    nouns = [*SHAPE_KINDS, "lesion", "shape"]
    plain = ["system", "user", "assistant", "You", "are", "helpful", "There", "none", "Find", "all", "the", "every",
             "each", "a", "an", "any", *ALL_COLOURS, *nouns, *map(plural, nouns)]
    words = plain + ["Ġ" + word for word in plain] + ["),("]
    words += [str(number) for number in range(10, 1000)]
    merges = _merges(words)
    vocabulary = {}
    for token in alphabet + [left + right for left, right in merges]:
        vocabulary.setdefault(token, len(vocabulary))
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PRE_TOKENS), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(SPECIAL)
    return tokenizer


def prefix(image_tokens):
    """The text up to the words, `image_tokens` pads long."""
    return BEFORE_IMAGE + "<|image_pad|>" * image_tokens + AFTER_IMAGE


def answer(boxes):
    """Boxes (integers 0 to 999) as Qwen2-VL writes them."""
    if not boxes:
        return NONE + "<|im_end|>"
    return "".join(f"<|box_start|>({a},{b}),({c},{d})<|box_end|>" for a, b, c, d in boxes) + "<|im_end|>"


def noun_of(colour, kind):
    """('red', 'circle') -> 'red circle'; either may be ANY."""
    if kind == ANY:
        return "shape" if colour == ANY else f"{colour} shape"
    return kind if colour == ANY else f"{colour} {kind}"


def names(colour, kind, thing_colour, thing_kind):
    """Whether the asked colour and kind (or ANY) name a thing. Any kind means any shape: not lesions."""
    right_kind = thing_kind != "lesion" if kind == ANY else thing_kind == kind
    return right_kind and colour in (ANY, thing_colour)


def ask(rng, things):
    """A random question about a scene -> (words, colour, kind); `things` is [(colour, kind)].

    A third of the questions are about what isn't there; most of those are near misses.
    """
    shapes = [thing for thing in things if thing[1] != "lesion"]
    chance = rng.random()
    if things and chance < 0.68:
        colour, kind = things[rng.integers(len(things))]
        chance = rng.random()
        if kind == "lesion":
            colour = colour if chance < 0.55 else ANY
        elif chance >= 0.5:
            colour, kind = (ANY, kind) if chance < 0.7 else (colour, ANY) if chance < 0.88 else (ANY, ANY)
    else:
        colours, chance = list(COLOURS), rng.random()
        scan = not shapes
        for _attempt in range(20):
            if scan and chance < 0.7:
                colour, kind = (("dark", "bright", ANY)[rng.integers(3)], "lesion")
            elif shapes and chance < 0.45:                       # right colour, wrong kind or the other way round
                colour, kind = shapes[rng.integers(len(shapes))]
                if rng.random() < 0.5:
                    colour = colours[rng.integers(len(colours))]
                else:
                    kind = SHAPE_KINDS[rng.integers(len(SHAPE_KINDS))]
            elif chance < 0.6:
                colour, kind = colours[rng.integers(len(colours))], SHAPE_KINDS[rng.integers(len(SHAPE_KINDS))]
            elif chance < 0.75:
                colour, kind = ANY, SHAPE_KINDS[rng.integers(len(SHAPE_KINDS))]
            elif chance < 0.9:
                colour, kind = colours[rng.integers(len(colours))], ANY
            elif chance < 0.97 and not scan:
                colour, kind = (("dark", "bright", ANY)[rng.integers(3)], "lesion")
            else:
                colour, kind = ANY, ANY
            if not any(names(colour, kind, *thing) for thing in things):
                break
            chance = rng.random()
    forms = wordings(noun_of(colour, kind))
    return forms[rng.integers(len(forms))], colour, kind


if __name__ == "__main__":
    tokenizer = build_tokenizer()
    print(tokenizer.get_vocab_size())
    for text in (prefix(2), "the red circles" + AFTER_WORDS + answer([(5, 10, 999, 123)]), answer([])):
        print(json.dumps(tokenizer.encode(text).tokens, ensure_ascii=False))
        assert tokenizer.decode(tokenizer.encode(text).ids, skip_special_tokens=False) == text
