"""Fence passages off in a prompt, so that a model can tell their words from its instructions.

Spotlighting (Hines et al., 2024, "Defending Against Indirect Prompt Injection Attacks With Spotlighting"): passages
stand between lines that hold a random word, and a mark stands between every few of their words. Both are new for every
prompt, so that no article can close the fence or carry the mark. A model may still ignore the fence, so what it writes
is verified in any case.
"""

import secrets
from collections.abc import Container, Iterable
from dataclasses import dataclass

from index.text.clean import squeeze

_MARKS = "^~|¦¬¤"
_EVERY = 3
"""After how many words a mark stands. One after each makes a passage 1.75 times as many tokens, one after every third
1.26 times (docs/decisions/0012)."""


@dataclass(frozen=True, slots=True)
class Fence:
    """The fence of one prompt: `word` closes it, `mark` stands between words inside. Both empty: no fence."""

    word: str
    mark: str

    @classmethod
    def new(cls, texts: Iterable[str]) -> "Fence":
        """Return a fence of a random word, with a mark that stands in none of the texts."""
        used = set("".join(texts))
        # A mark that an article holds could not be told from ours, nor be taken out of what the model writes.
        free = [mark for mark in _MARKS if mark not in used] or [_private(used)]
        return cls(secrets.token_hex(4), secrets.choice(free))

    def enclose(self, number: int, heading: str, text: str) -> str:
        """Return a passage within its fence."""
        inside = f"{self._marked(heading)}\n{self._marked(text)}" if heading else self._marked(text)
        if not self.word:
            return f"[{number}] {inside}"
        return f"<passage {number} {self.word}>\n{inside}\n</passage {number} {self.word}>"

    def unmarked(self, text: str) -> str:
        """Return words of the model with the mark taken out."""
        return text.replace(self.mark, " ") if self.mark else text

    def _marked(self, text: str) -> str:
        words = squeeze(text).split(" ")
        groups = (" ".join(words[first : first + _EVERY]) for first in range(0, len(words), _EVERY))
        return (self.mark or " ").join(groups)


def _private(used: Container[str]) -> str:
    """Return a character of Unicode's private use area that is not in use."""
    return next(character for character in map(chr, range(0xE000, 0xF900)) if character not in used)
