"""Kill a reindex again and again, and see that nothing is ever wrong, lost or half-made.

    python -m benchmarks.faults [--kills 200] [--steps | --no-steps] [--seed 1] [--json FILE]

Each round edits, adds and removes articles, runs `dateline reindex`, and kills it by SIGKILL: at a random moment, or
before a step (tests/killing.py says what one is): the first time it is taken, and the last time. An Assistant that
is open all the time answers twenty questions after every kill, and goes on asking while the commands run. Then the next
run has to complete (tests/campaign.py says what is compared). Exit code 1 if anything was otherwise.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path

from tests.campaign import Campaign
from tests.conftest import ARTICLES

_CHAIN = 6
_UPDATES = 4
"""Updates whose steps are counted, and that are tried for a step that was not reached: not each merges parts."""


def at_moments(campaign: Campaign, kills: int, draw: random.Random) -> None:
    """Kill at moments spread over a run. How long one takes is followed, as the machine's other work changes it."""
    started = time.monotonic()
    campaign.round("timing")
    length = time.monotonic() - started
    done = 0
    for number in count(1):
        moment = draw.uniform(0, length)
        what = f"round {number}, killed after {moment:.2f} s"
        killed = campaign.round(what, partial(campaign.killed_after, moment))
        done += killed
        length *= 1.05 if killed else 0.8
        if number % 20 == 0 or done == kills:
            campaign.examine(what)
            print(f"{done} kills at a moment, {dict(campaign.tally.seen)}", flush=True)
        if done == kills:
            return


def at_steps(campaign: Campaign) -> Counter[str]:
    """Kill before each named step, its first time and its last; return how many kills there were before each.

    Each round kills one update at several steps, ever later ones, before it lets it complete. A step that was not
    reached, since an earlier run had done its work, gets a round of its own.
    """
    marks: list[tuple[str, int]] = []
    for _ in range(_UPDATES):
        campaign.round("counting", partial(campaign.killed_before, sys.maxsize))
        marks += [mark for mark in marked(campaign.steps) if mark not in marks]
    chains = -(-len(marks) // _CHAIN)
    killed: Counter[str] = Counter()

    def strike(mark: tuple[str, int]) -> int:
        code = campaign.killed_before(mark)
        killed[mark[0]] += code == -9
        if code == -9:
            left.discard(mark)
        return code

    left = set(marks)
    for number in range(chains):
        chain = marks[number::chains]
        campaign.round(f"killed before {chain}", *[partial(strike, mark) for mark in chain])
        print(f"{killed.total()} kills at {len(marks)} marked steps, {dict(campaign.tally.seen)}", flush=True)
    for number, mark in enumerate(sorted(left), 1):
        print(f"a round for step {number} of {len(left)} that were not reached", flush=True)
        for _ in range(_UPDATES):
            if campaign.round(f"killed before {mark}", partial(strike, mark)):
                break
    campaign.examine("killed before every step")
    for name in {name for name, _ in marks} - (+killed).keys():
        campaign.tally.expect(False, f"{name}: this step was never reached")
    return killed


def marked(steps: list[str]) -> list[tuple[str, int]]:
    """Return where to kill, in the order of a run: before the first and the last time of each named step."""
    places: dict[tuple[str, int], int] = {}
    seen: Counter[str] = Counter()
    for place, name in enumerate(steps):
        seen[name] += 1
        if seen[name] > 2:
            del places[name, seen[name] - 1]
        places[name, seen[name]] = place
    return sorted(places, key=places.__getitem__)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, default=ARTICLES)
    parser.add_argument("--kills", type=int, default=200, help="how many at random moments")
    parser.add_argument("--steps", action=argparse.BooleanOptionalAction, default=True, help="kill at every named step")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    arguments = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as work:
        campaign = Campaign(Path(work), arguments.articles)
        print(f"an index of each state is made, {time.monotonic() - started:.0f} s", flush=True)
        if arguments.kills:
            at_moments(campaign, arguments.kills, random.Random(arguments.seed))
        steps = at_steps(campaign) if arguments.steps else Counter()
        campaign.examine("at the end")
        campaign.assistant.close()
    tally = campaign.tally
    result = {
        "date": datetime.now(UTC).date().isoformat(),
        "minutes": round((time.monotonic() - started) / 60),
        **tally.seen,
        "steps": dict(steps.most_common()),
        "failures": tally.failures,
    }
    for name, value in result.items():
        print(f"{name:24} {value}")
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    sys.exit(len(tally.failures) > 0)


if __name__ == "__main__":
    main()
