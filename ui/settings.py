"""The frozen settings that the server hands to the page. This module must not import Gradio: the commands read it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

QUESTIONS = "questions"
"""The queue (Gradio's `concurrency_id`) that all questions share: those of the page and of the API."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSettings:
    """The server's settings as far as the page needs them.

    `index` is the index's location as given; `sources` are the files and folders that a reindex from the page reads
    (empty: those of the last run). Only `admins` may start one; it is a function, called at each use, since a role may
    be withdrawn while the server runs. `sign_in` says whether users sign in; `alone`, that only this
    machine can reach the page.
    `question_limit` is in characters; `concurrency` is how many questions are answered at once, and `queue_size`
    how many more may wait.
    """

    index: str
    sources: tuple[Path, ...] = ()
    admins: Callable[[], frozenset[str]] = frozenset
    sign_in: bool = False
    alone: bool = False
    languages: tuple[str, ...] = ("en", "de")
    question_limit: int = 1000
    concurrency: int = 2
    queue_size: int = 100
