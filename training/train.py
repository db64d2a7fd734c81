"""Train the reader, or the larger network that it learns from, on what `training.prepare` wrote.

    python -m training.train --data data --teacher --base MPNET --out teacher --minutes 3 --lr 4e-5 --head-lr 4e-4 --average .995
    python -m training.train --data data --learn-from teacher --base MINILM --out run --minutes 3

On a GPU add `--device cuda --tokens 32768`. A run that was stopped goes on from its last checkpoint when it is started again with
the same options.
"""

import argparse
import json
import random
import time
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from training.loss import distance, loss
from training.model import Network
from training.pack import Batch, Packed, Place
from training.teacher import Teacher
from training.validate import validate

_HEADS = ("span", "null", "mix", "cues", "match", "answer", "segment")
_STILL = ("word.", "pos.", "distance.")
"""Embeddings: half of all parameters, which some thousands of questions hardly move. They never learn."""
_FIRST_STEPS = 60
_REPORTED = 100
_SAID = 0.5
"""The share of what people said in the loss of a reader that learns from a teacher."""
WEIGHTS = "reader.safetensors"


class Trainer:
    """A network in training, with its average over the last steps, which is what is kept."""

    def __init__(self, network: Network, options: argparse.Namespace, steps: int) -> None:
        self.network, self.step = network, 0
        self._options, self._steps, self._began = options, steps, time.monotonic()
        for name, parameter in network.named_parameters():
            parameter.requires_grad_(not name.startswith(_STILL))
        self._optimizer = torch.optim.AdamW(_groups(network, options), lr=options.lr, betas=(0.9, 0.98), eps=1e-6)
        self._learning = {name: value for name, value in network.named_parameters() if value.requires_grad}
        self._average = {name: value.detach().clone() for name, value in self._learning.items()}

    @property
    def progress(self) -> float:
        """Return how much of the run is over: 1 when all steps are done, or the time that it was given has passed."""
        passed = (time.monotonic() - self._began) / 60 / self._options.minutes if self._options.minutes else 0.0
        return float(max(self.step / self._steps, passed))

    def learn(self, batch: Batch) -> float:
        """Take one step and return its loss."""
        self.network.train()
        self.network.round(self.progress >= self._options.round_from)
        rate = min((self.step + 1) / _FIRST_STEPS, 1 - self.progress)
        for group in self._optimizer.param_groups:
            group["lr"] = group["peak"] * max(0.0, rate)
        with torch.autocast(self._options.device, torch.bfloat16, enabled=self._options.bf16):
            logits = self.network(**batch.inputs)
        value = loss(logits, batch)
        if batch.opinion is not None:
            value = _SAID * value + distance(logits, batch)
        self._optimizer.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._learning.values(), 1.0)
        self._optimizer.step()
        self.step += 1
        self._follow()
        return float(value.detach())

    def averaged(self) -> Network:
        """Return a network with the averaged weights."""
        network = type(self.network)()
        network.load_state_dict({**self.network.state_dict(), **self._average})
        return network.to(self._options.device)

    def save(self, folder: Path) -> None:
        """Keep the averaged weights, and all that is needed to go on."""
        save_file({name: v.contiguous() for name, v in self.averaged().state_dict().items()}, folder / WEIGHTS)
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
        whole: dict[str, Any] = torch.load(file, weights_only=True, map_location=self._options.device)
        self.step, self._average = whole["step"], whole["average"]
        self.network.load_state_dict(whole["network"])
        self._optimizer.load_state_dict(whole["optimizer"])

    def _follow(self) -> None:
        keep = min(self._options.average, self.step / (self.step + 10))
        with torch.no_grad():
            torch._foreach_lerp_([*self._average.values()], [*self._learning.values()], 1 - keep)


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
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    held = Packed.load(options.data / "held.gz", options.device)
    epochs = _epochs(options)
    plan = [step for number in range(options.rounds) for step in _round(epochs, options, number)]
    trainer = Trainer(_network(options), options, len(plan))
    if (file := options.out / "checkpoint.pt").exists():
        trainer.resume(file)
    print(f"{sum(len(one) for one in epochs)} windows, {len(plan)} steps from {trainer.step}", flush=True)
    if not trainer.step:
        _report(trainer, held, options)
    smooth = 0.0
    for done, (packed, place) in enumerate(plan[trainer.step :], 1):
        smooth += (trainer.learn(packed.batch(place)) - smooth) / min(done, 50)
        if trainer.step % _REPORTED == 0:
            print(f"{trainer.step} loss {smooth:.3f}, {trainer.progress:.0%}", flush=True)
        over = trainer.progress >= 1
        if trainer.step % options.every == 0 or over:
            trainer.save(options.out)
            _report(trainer, held, options)
        if over:
            break


def _epochs(options: argparse.Namespace) -> list[Packed]:
    """Return what is learned, with the teacher's opinion of it where there is one to learn from."""
    files = sorted(options.data.glob("epoch-*.gz"))
    if not options.learn_from:
        return [Packed.load(file, options.device) for file in files]
    teacher = Teacher()
    teacher.load(options.learn_from / WEIGHTS)
    news = options.data / "news.gz"
    epochs = [Packed.load(file, options.device) for file in [*files, *([news] if news.exists() else [])]]
    for packed in epochs:
        packed.ask(teacher.to(options.device), bf16=options.bf16)
    return epochs


def _round(epochs: list[Packed], options: argparse.Namespace, number: int) -> list[tuple[Packed, Place]]:
    """Return the batches of a round over all epochs, mixed: the same for the same seed, so that a run can go on in the middle."""
    seed = 1000 * options.seed + number
    found = [(packed, place) for packed in epochs for place in packed.plan(options.tokens, seed)]
    random.Random(seed).shuffle(found)
    return found


def _network(options: argparse.Namespace) -> Network:
    network = Teacher(options.drop) if options.teacher else Network(options.drop)
    if options.init:
        network.load(options.init)
    else:
        network.load_base(options.base)
        words = load_file(options.data / "words.safetensors")
        network.stems.copy_(words["stems"])
        network.idf.copy_(words["idf"])
    return network.to(options.device)


def _report(trainer: Trainer, held: Packed, options: argparse.Namespace) -> None:
    network = trainer.averaged()
    network.round(options.round_from <= 1)
    line = json.dumps({"step": trainer.step, **validate(network, held, bf16=options.bf16)})
    print(line, flush=True)
    with (options.out / "figures.jsonl").open("a") as file:
        file.write(f"{line}\n")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that training.prepare wrote")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", type=Path, help="folder of all-MiniLM-L6-v2, or of all-mpnet-base-v2 for a teacher")
    parser.add_argument("--init", type=Path, help="weights of a reader to begin with, instead of the base")
    parser.add_argument("--teacher", action="store_true", help="train the larger network")
    parser.add_argument("--learn-from", type=Path, help="folder of a trained teacher")
    parser.add_argument("--rounds", type=int, default=2, help="how often all epochs are learned")
    parser.add_argument(
        "--minutes", type=float, default=0, help="end by then, the rate fallen (0: when all is learned)"
    )
    parser.add_argument("--round-from", type=float, default=2.0, help="share of the run after which int8 is simulated")
    parser.add_argument("--lr", type=float, default=2e-4)
    parser.add_argument("--head-lr", type=float, default=8e-4)
    parser.add_argument("--decay", type=float, default=0.01)
    parser.add_argument("--drop", type=float, default=0.08)
    parser.add_argument("--average", type=float, default=0.999, help="how much of the averaged weights a step keeps")
    parser.add_argument("--tokens", type=int, default=2400, help="of a batch")
    parser.add_argument("--every", type=int, default=1000, help="steps between checkpoints")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--bf16", action=argparse.BooleanOptionalAction, default=True)
    options = parser.parse_args()
    if not (options.base or options.init):
        parser.error("give --base or --init")
    train(options)


if __name__ == "__main__":
    main()
