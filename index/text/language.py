"""Tell the language of an article: by its words if there are enough of them, or else as its file declares it."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_SHORTEST = 60
"""Letters from which words decide; chosen, not measured: a headline may be a list of names."""
_SURE = 0.9  # probability by py3langid; chosen, not measured
_READ = 1000  # characters to detect the language from: they take 0.5 ms


def language_of(text: str, declared: str = "") -> tuple[str, str]:
    """Return the language as a code of ISO 639 ("en"), and whether its "text" or the "file" says so; "" for neither.

    Words go before what is declared: many sites declare English in every page.
    """
    if sum(map(str.isalpha, text[:_READ])) >= _SHORTEST:
        language, share = _classified(text[:_READ])
        if share >= _SURE:
            return language, "text"
    code = re.match(r"([A-Za-z]{2,3})(?:[-_]|$)", declared.strip())
    return (code[1].lower(), "file") if code else ("", "")


def _classified(text: str) -> tuple[str, float]:
    try:
        language, share = _identifier().classify(text)
    except OSError:  # its data are unpacked into a temporary file; a run without room for that fails, but not here
        return "", 0.0
    return str(language), float(share)


@lru_cache(maxsize=1)
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # half a second, only where something is read

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
