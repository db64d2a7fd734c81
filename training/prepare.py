"""Make what is trained on: epochs of examples as tensors, so that a machine that learns needs neither texts nor this package's libraries.

    python -m training.prepare --set SQUADSHIFTS --set SELQA=2000 --news ARTICLES=75000 --base MINILM --out data

Each `--set` is a folder, and how many of its questions an epoch draws, if not all.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from safetensors.torch import save_file

from training import augment
from training.data import Corpus, Item, load, split
from training.encode import Encoder, Window
from training.model import Network
from training.news import unlabelled
from training.pack import Example, Packed, Pair
from training.sample import answer_tokens, epoch
from training.validate import TYPED, WITHOUT

WORDS, HELD, NEWS = "words.safetensors", "held.gz", "news.gz"


def prepare(options: argparse.Namespace) -> None:
    """Write epochs, questions to validate with, questions on news, and the tables of words to a folder."""
    options.out.mkdir(parents=True, exist_ok=True)
    encoder = Encoder(options.base / "tokenizer.json")
    sizes = {
        Path(folder): int(count) if count else None for folder, _, count in (s.partition("=") for s in options.set)
    }
    corpora = [load(folder) for folder in sizes]
    counts = {folder.name: count for folder, count in sizes.items()}
    parts = {corpus.name: split(corpus) for corpus in corpora}
    training = {name: items for name, (items, _) in parts.items()}
    _words(corpora[0], parts[corpora[0].name][1], encoder, options.out / WORDS)
    held = [pair for name, (_, items) in parts.items() for pair in _held(name, items, encoder, options.held)]
    _keep(held, options.out / HELD)
    drawn = {name: counts[name] or len(items) for name, items in training.items()}
    for number in range(options.epochs):
        seed = 1000 * options.seed + number
        _keep(epoch(training, drawn, encoder, share=options.share, seed=seed), options.out / f"epoch-{number}.gz")
    if options.news:
        file, _, count = options.news.rpartition("=")
        asked = [item.question for items in training.values() for item in items]
        _keep(unlabelled(Path(file), int(count), asked, encoder, random.Random(options.seed)), options.out / NEWS)


def _keep(pairs: Sequence[Pair], file: Path) -> None:
    packed = Packed.of(pairs)
    packed.save(file)
    print(f"{file}: {len(pairs)} questions, {len(packed)} windows, {file.stat().st_size / 1e6:.1f} MB", flush=True)


def _words(corpus: Corpus, held: Sequence[Item], encoder: Encoder, file: Path) -> None:
    """Keep the tables of stems and idf, counted in the texts of a set without the held ones."""
    network, texts = Network(), {item.text for item in held}
    network.set_words(encoder.tokenizer, [text.text for text in corpus.texts if text not in texts])
    save_file({"stems": network.stems, "idf": network.idf}, file)


def _held(name: str, items: Sequence[Item], encoder: Encoder, limit: int) -> Iterator[Pair]:
    """Yield questions to validate with: as asked, as typed in haste, and put to the passage without its right sentences."""
    rng = random.Random(1)
    for item in rng.sample(list(items), min(limit, len(items))):
        yield Pair((_example(item, item.question, encoder),), kind=name)
        if item.right:
            yield Pair((_example(item, _typed(item.question, rng), encoder),), kind=f"{name}{TYPED}")
            rest = [s for number, s in enumerate(item.text.sentences) if number not in item.right | item.spare]
            if rest:
                window = encoder.windows(item.question, item.text.title, rest)[0]
                yield Pair((Example(window),), kind=f"{name}{WITHOUT}")


def _example(item: Item, question: str, encoder: Encoder) -> Example:
    """Return the window with a right sentence in it."""
    windows = encoder.windows(question, item.text.title, item.text.sentences)
    window = next((one for one in windows if item.right & _numbers(one)), windows[0])
    numbers = range(window.first, window.first + window.count)
    return Example(
        window,
        frozenset(place for place, number in enumerate(numbers) if number in item.right),
        frozenset(place for place, number in enumerate(numbers) if number in item.spare),
        tuple(answer_tokens(item, window, numbers)),
    )


def _numbers(window: Window) -> frozenset[int]:
    return frozenset(range(window.first, window.first + window.count))


def _typed(question: str, rng: random.Random) -> str:
    vary = rng.choice((augment.with_typo, augment.lower_case, augment.keywords))
    return vary(augment.with_time(question, rng), rng)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", action="append", required=True, metavar="FOLDER[=COUNT]")
    parser.add_argument(
        "--news", default="", metavar="ARTICLES=COUNT", help="articles as JSON lines, and how many questions"
    )
    parser.add_argument("--base", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--share", type=float, default=0.9, help="of questions that also get a passage without answer")
    parser.add_argument("--held", type=int, default=500, help="questions of each set to validate with")
    parser.add_argument("--seed", type=int, default=1)
    prepare(parser.parse_args())


if __name__ == "__main__":
    main()
