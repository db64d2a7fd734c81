"""Train the reader on sets of human questions.

    python -m training.train --set SQUADSHIFTS=6000 --set SELQA=2000 --base MINILM --out run

Each `--set` is a folder and how many of its questions an epoch draws. A run that was stopped goes on from its last
checkpoint when it is started again with the same options.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn

from training.data import Corpus, Item, load, split
from training.encode import Encoder
from training.loss import loss
from training.model import Network
from training.sample import Pair, batches, epoch
from training.validate import validate

_HEADS = ("span", "null", "mix", "cues", "match", "answer")
_EMBEDDINGS = ("word.", "pos.")
"""Half of all parameters, which a few thousand questions hardly move. They never learn."""
_REPORTED = 25


@dataclass(frozen=True, slots=True)
class Sets:
    """What is trained on and validated with, and how many questions an epoch draws of each set."""

    training: dict[str, list[Item]]
    held: dict[str, list[Item]]
    sizes: dict[str, int]
    words: list[str]
    """The texts that idf is counted in: those of the first set, without the held ones."""

    @classmethod
    def load(cls, given: Sequence[str]) -> "Sets":
        """Return the sets of a command line: `FOLDER=COUNT` each."""
        sizes = {Path(folder): int(count) for folder, _, count in (one.rpartition("=") for one in given)}
        corpora: list[Corpus] = [load(folder) for folder in sizes]
        parts = {corpus.name: split(corpus) for corpus in corpora}
        held = {item.text for item in parts[corpora[0].name][1]}
        return cls(
            training={name: training for name, (training, _) in parts.items()},
            held={name: validation for name, (_, validation) in parts.items()},
            sizes={folder.name: size for folder, size in sizes.items()},
            words=[text.text for text in corpora[0].texts if text not in held],
        )


class Trainer:
    """A network in training, with its average over the last steps, which is what is kept."""

    def __init__(self, network: Network, options: argparse.Namespace, steps: int) -> None:
        self.network, self.step = network, 0
        self._options, self._steps, self._began = options, steps, time.monotonic()
        frozen = (*_EMBEDDINGS, *(f"layers.{number}." for number in range(options.frozen)))
        for name, parameter in network.named_parameters():
            parameter.requires_grad_(
                not name.startswith((*frozen, "segment", "norm", "match") if options.frozen else frozen)
            )
        self._optimizer = torch.optim.AdamW(_groups(network, options), lr=options.lr, betas=(0.9, 0.98), eps=1e-6)
        self._average = {name: value.detach().clone() for name, value in network.named_parameters()}

    @property
    def progress(self) -> float:
        """Return how much of the run is over: 1 when all steps are done, or the time that it was given has passed."""
        passed = (time.monotonic() - self._began) / 60 / self._options.minutes if self._options.minutes else 0.0
        return float(max(self.step / self._steps, passed))

    def learn(self, batch: Sequence[Pair]) -> float:
        """Take one step and return its loss."""
        self.network.train()
        rate = self._rate()
        for group in self._optimizer.param_groups:
            group["lr"] = group["peak"] * rate
        value = loss(self.network, batch, bf16=self._options.bf16)
        self._optimizer.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self._optimizer.step()
        self.step += 1
        self._follow()
        return float(value.detach())

    def averaged(self) -> Network:
        """Return a network with the averaged weights."""
        network = Network()
        network.load_state_dict({**self.network.state_dict(), **self._average})
        return network

    def save(self, folder: Path) -> None:
        """Keep the averaged weights, and all that is needed to go on."""
        state = {name: value.contiguous() for name, value in self.averaged().state_dict().items()}
        save_file(state, folder / "reader.safetensors")
        whole = {
            "step": self.step,
            "network": self.network.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "average": self._average,
        }
        part = folder / "checkpoint.part"
        torch.save(whole, part)
        part.replace(folder / "checkpoint.pt")

    def resume(self, file: Path) -> None:
        """Go on from a checkpoint."""
        whole: dict[str, Any] = torch.load(file, weights_only=True)
        self.step, self._average = whole["step"], whole["average"]
        self.network.load_state_dict(whole["network"])
        self._optimizer.load_state_dict(whole["optimizer"])

    def _rate(self) -> float:
        """Return the share of the peak rate: a short rise, then a straight line to nothing."""
        warmup = self._options.warmup
        return float(max(0.0, min((self.step + 1) / (warmup * self._steps), (1 - self.progress) / (1 - warmup))))

    def _follow(self) -> None:
        keep = min(self._options.average, self.step / (self.step + 10))
        with torch.no_grad():
            for name, value in self.network.named_parameters():
                if value.requires_grad:
                    self._average[name].lerp_(value, 1 - keep)


def _groups(network: Network, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Return the parameters with their rates: heads learn faster, vectors do not decay."""
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        if parameter.requires_grad:
            groups.setdefault((name.startswith(_HEADS), parameter.ndim < 2), []).append(parameter)
    return [
        {
            "params": parameters,
            "peak": options.head_lr if head else options.lr,
            "weight_decay": 0.0 if vector else options.decay,
        }
        for (head, vector), parameters in groups.items()
    ]


def train(options: argparse.Namespace) -> None:
    """Train by the options, with a line of figures for each checkpoint in `figures.jsonl`."""
    random.seed(options.seed)
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    sets, encoder = Sets.load(options.set), Encoder(options.base / "tokenizer.json")
    plan = list(_plan(sets, encoder, options))
    trainer = Trainer(_network(options, sets, encoder), options, len(plan))
    if (file := options.out / "checkpoint.pt").exists():
        trainer.resume(file)
    print(f"{sets.sizes}, {len(plan)} steps from {trainer.step}", flush=True)
    if not trainer.step:
        _report(trainer, sets, encoder, options)
    began, smooth, tokens = time.time(), 0.0, 0
    for done, batch in enumerate(plan[trainer.step :], 1):
        value = trainer.learn(batch)
        smooth += (value - smooth) / min(done, 50)
        tokens += sum(len(example.window.ids) for pair in batch for example in pair.examples)
        if trainer.step % _REPORTED == 0:
            rate = tokens / (time.time() - began)
            print(f"{trainer.step}/{len(plan)} loss {smooth:.3f}, {rate:.0f} tokens/s", flush=True)
        over = trainer.progress >= 1
        if trainer.step % options.every == 0 or over:
            trainer.save(options.out)
            _report(trainer, sets, encoder, options)
        if over:
            break


def _plan(sets: Sets, encoder: Encoder, options: argparse.Namespace) -> Iterator[list[Pair]]:
    """Yield the batches of all epochs: the same for the same seed, so that a run can go on in the middle."""
    for number in range(options.epochs):
        seed = 1000 * options.seed + number
        pairs = epoch(sets.training, sets.sizes, encoder, share=options.share, seed=seed)
        yield from batches(pairs, options.tokens, seed)


def _network(options: argparse.Namespace, sets: Sets, encoder: Encoder) -> Network:
    network = Network(options.drop)
    if options.init:
        network.load(options.init)
    else:
        network.load_base(options.base)
        network.set_words(encoder.tokenizer, sets.words)
    return network


def _report(trainer: Trainer, sets: Sets, encoder: Encoder, options: argparse.Namespace) -> None:
    figures = validate(trainer.averaged(), sets.held, encoder, limit=options.validated, bf16=options.bf16)
    line = json.dumps({"step": trainer.step, **figures})
    print(line, flush=True)
    with (options.out / "figures.jsonl").open("a") as file:
        file.write(f"{line}\n")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", action="append", required=True, metavar="FOLDER=COUNT")
    parser.add_argument("--base", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--init", type=Path, help="weights of a reader to begin with, instead of the base")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument(
        "--minutes", type=float, default=0, help="end by then, the rate fallen (0: when all is learned)"
    )
    parser.add_argument("--frozen", type=int, default=0, help="how many of the lower layers stay as they are")
    parser.add_argument("--lr", type=float, default=1e-4)
    parser.add_argument("--head-lr", type=float, default=5e-4)
    parser.add_argument("--decay", type=float, default=0.01)
    parser.add_argument("--drop", type=float, default=0.08)
    parser.add_argument("--warmup", type=float, default=0.06)
    parser.add_argument("--average", type=float, default=0.99, help="how much of the averaged weights a step keeps")
    parser.add_argument("--share", type=float, default=0.5, help="of questions that also get a passage without answer")
    parser.add_argument("--tokens", type=int, default=2400, help="of a batch")
    parser.add_argument("--every", type=int, default=250, help="steps between checkpoints")
    parser.add_argument("--validated", type=int, default=100, help="questions of each set, at a checkpoint")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--bf16", action=argparse.BooleanOptionalAction, default=True)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
