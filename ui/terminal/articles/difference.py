"""Show what cleaning has made of a text, line by line."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from index.text.clean import squeeze, visible
from index.text.pages import MARK

if TYPE_CHECKING:
    from index import Article


def difference(before: str, article: "Article") -> Iterator[str]:
    """Yield the lines of a text and of the article that was made of it, each behind a sign.

    "-" was taken out, "+" was put in or changed, and "~" is kept but in no passage, as the outlet repeats it.
    """
    old = [line for raw in visible(before).replace(MARK, "").splitlines() if (line := squeeze(raw))]
    new = article.text.split("\n")
    signs = _signs(article, new)
    for what, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            yield from (f"- {line}" for line in old[old_from:old_to])
        yield from (
            f"{signs[at] if what == 'equal' or signs[at] == '~' else '+'} {new[at]}" for at in range(new_from, new_to)
        )


def _signs(article: "Article", lines: list[str]) -> list[str]:
    """Return "~" for each line that no passage holds, and a blank for the others."""
    starts = {start for start, _ in article.boilerplate}
    signs, at = [], 0
    for line in lines:
        signs.append("~" if at in starts else " ")
        at += len(line) + 1
    return signs
