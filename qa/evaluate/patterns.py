"""Search texts for patterns that a file of questions brings: one that is wrong or slow is named, and harms nothing.

Python's `re` can neither be interrupted nor bounded, so a child process searches, and is ended when it takes too long.
A library with a time limit (`regex`) runs out of memory when it compiles `(?:(?:a{1000}){1000}){1000}`.
"""

import json
import subprocess
import sys
from collections.abc import Sequence

SECONDS = 5.0
"""What a child may take. The 234 patterns of a set of 220 questions take 0.05 s."""
_SEARCHES = 10_000
"""For so many searches more it has a second more."""
_MEMORY = 1 << 30  # bytes of a child's address space; chosen, not measured
_MOST_CHILDREN = 6
"""After so many that took too long, the patterns that are left are given up: half a minute is the most in all."""
_SCRIPT = f"""
import json, re, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({_MEMORY}, {_MEMORY}))
except (ImportError, ValueError, OSError):
    pass
for pattern, text in json.load(sys.stdin):
    try:
        print(int(re.search(pattern, text, re.IGNORECASE) is not None), flush=True)
    except (re.error, OverflowError, RecursionError, MemoryError) as error:
        print(json.dumps(str(error) or type(error).__name__), flush=True)
"""
_TOO_LONG = f"it takes more than {SECONDS:g} seconds or {_MEMORY >> 30} GB of memory"


def search(pairs: Sequence[tuple[str, str]], *, seconds: float = SECONDS) -> list[bool | str]:
    """Return whether each text matches its pattern, case ignored, or why that cannot be said."""
    found: list[bool | str] = []
    for _ in range(_MOST_CHILDREN):
        found += _searched(pairs[len(found) :], seconds + len(pairs) / _SEARCHES)
        if len(found) >= len(pairs):
            return found
        found.append(_TOO_LONG)  # the one that the child was at
    return [*found, *["others before it took too long"] * (len(pairs) - len(found))][: len(pairs)]


def _searched(pairs: Sequence[tuple[str, str]], seconds: float) -> list[bool | str]:
    """Return what a child process finds until it is done, or ends, or its time is up."""
    try:
        done = subprocess.run(  # noqa: S603  (our own words; what is not ours comes through its input)
            # -I: neither its folder nor the environment brings in other code.
            [sys.executable, "-I", "-c", _SCRIPT],
            input=json.dumps(pairs).encode("ascii"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
        output = done.stdout
    except subprocess.TimeoutExpired as expired:
        output = expired.stdout or b""
    # A child that was ended may have written half of its last line.
    whole = output[: output.rfind(b"\n") + 1].splitlines()
    values = (json.loads(line) for line in whole)
    return [value if isinstance(value, str) else bool(value) for value in values]
