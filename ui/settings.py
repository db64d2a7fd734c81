"""The frozen settings that the server hands to the page, and to its own parts. Knows nothing of Gradio."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

QUESTIONS = "questions"
"""The queue (Gradio's `concurrency_id`) of everything that asks the articles: the page, `chat`, `ask`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSettings:
    """What the page is told about the server that shows it.

    `index` is the index's place as given; `sources` the files and folders that a reindex from the page reads (empty:
    those of the last run). Only those whom `admins` names may do that: it is called at each use, since a role may end
    while the server runs. `sign_in` says whether people sign in.
    `question_limit` is in characters; `concurrency` is how many questions are answered at once, and `queue_size`
    how many more may wait.
    """

    index: str
    sources: tuple[Path, ...] = ()
    admins: Callable[[], frozenset[str]] = frozenset
    sign_in: bool = False
    languages: tuple[str, ...] = ("en", "de")
    question_limit: int = 1000
    concurrency: int = 2
    queue_size: int = 100
