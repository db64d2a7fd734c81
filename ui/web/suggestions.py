"""Questions that the page offers: to begin with, and after an answer. Each was tried, and is answered.

They are tried without a language model, and do not count in the metrics.
"""

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache, partial

from index import BadRequestError
from qa import Answer, Assistant
from qa.talk.suggest import follow_ups, starters
from ui.web.articles import STORIES, stories
from ui.web.turns import PageTurn

_log = logging.getLogger(__name__)
_LOOKED_AT = 40  # newest articles; chosen, not measured: `starters` asks 24 questions at most
_PAUSE = 0.5  # seconds between two questions, so that readers' questions come first; chosen, not measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Starters:
    """Questions that an empty page offers: for some of the newest stories, by their articles' ids, and others."""

    generation: int = 0
    of_story: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.of_story) + len(self.questions)


class Suggestions:
    """Seeks questions over the served generation. Thread-safe."""

    def __init__(self, assistant: Assistant) -> None:
        self._index, self._extractive = assistant.index, Assistant(assistant.index)
        self._starters = Starters()
        self._seeking = threading.Lock()

    def starters(self) -> Starters:
        """Return questions to begin with, as far as they were found: they are sought in the background."""
        with self._index.generation() as generation:
            number = generation.number
        if self._starters.generation != number and self._seeking.acquire(blocking=False):
            threading.Thread(target=self._seek_starters, daemon=True, name="starters").start()
        return self._starters

    def follow_ups(self, turns: Sequence[PageTurn], turn: PageTurn) -> tuple[str, ...]:
        """Return what could be asked after an answer in a conversation; nothing if the articles did not hold it."""
        if turn.answer is None or turn.answer.status != "answered":
            return ()
        with self._index.generation() as generation:
            known = {p.article.id: generation.article(p.article.id) for p in turn.answer.passages}
        whole = tuple(replace(p, article=article) for p in turn.answer.passages if (article := known[p.article.id]))
        asked = [one.question for one in turns]
        ask = partial(self._extractive.ask, **asdict(turn.scope))  # as it will be asked: the filters stay
        try:
            return follow_ups(replace(turn.answer, passages=whole), asked, ask=ask)
        except BadRequestError:  # what the filters name has gone since
            return ()

    def _seek_starters(self) -> None:
        try:
            with self._index.generation() as generation:
                found, ask = Starters(generation=generation.number), cache(self._ask_slowly)
                for story in stories(generation, STORIES):
                    for question in starters([story.article], ask, most=1):
                        found = replace(found, of_story={**found.of_story, story.article.id: question})
                    self._starters = found  # so that the first ones need not wait for the last one
                others = starters(list(generation.articles(most=_LOOKED_AT)), ask)
            known = set(found.of_story.values())
            self._starters = replace(found, questions=tuple(q for q in others if q not in known))
        except Exception:  # noqa: BLE001  (a page without starters is still a page)
            _log.exception("No starter questions could be made")
        finally:
            self._seeking.release()

    def _ask_slowly(self, question: str) -> Answer:
        time.sleep(_PAUSE)
        return self._extractive.ask(question)
