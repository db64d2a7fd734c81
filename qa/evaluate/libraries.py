"""Check for the libraries that only evaluation needs: the extra `eval`."""

import platform
from importlib.util import find_spec

from index import DatelineError

_EXTRA = {"ir_measures": "ir-measures", "matplotlib": "matplotlib", "scipy": "scipy"}


class LibraryMissingError(DatelineError):
    """Raised when a library of the extra `eval` is not installed."""


def require() -> None:
    """Raise `LibraryMissingError` unless all are installed: before the first question, not at the end of a long run."""
    missing = [name for module, name in _EXTRA.items() if find_spec(module) is None]
    if missing:
        raise LibraryMissingError(f"Evaluation needs {' and '.join(missing)}. Install with: {_cure(missing)}")


def _cure(missing: list[str]) -> str:
    if missing == ["ir-measures"] and platform.machine() == "aarch64":  # it has no build for ARM Linux
        return "pip install ir-measures (needs a C compiler)"
    return "pip install '.[eval]'"
