"""Find the tokens of texts by a model's tokenizer, without the model."""

from pathlib import Path

from tokenizers import Tokenizer

from index.text.chunk import Tokens


def tokens_of(tokenizer: Path) -> Tokens:
    """Return the function that gives the offsets of the tokens of each text, as (start, end) in characters."""
    loaded = Tokenizer.from_file(str(tokenizer))
    loaded.no_truncation()
    loaded.no_padding()
    return lambda texts: [item.offsets for item in loaded.encode_batch(list(texts), add_special_tokens=False)]
