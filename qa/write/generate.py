"""Answer with a language model's words, of which only those are shown that code finds in the articles.

Each statement is checked as soon as it is written. When the model is absent, late, wrong or silent, the answer is the
extractive one, and its notice says why. What this module does not know: providers, and the form of prompts.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages.ai import UsageMetadata
from langchain_core.runnables import Runnable, RunnableConfig, RunnableSequence

from qa.answer.answerer import Answerer
from qa.answer.extract import Extractive
from qa.answer.verify import cite
from qa.evidence import THRESHOLD, Evidence
from qa.values import Answer, Citation, Event, Statement, StatementChecked, TextPiece, Usage
from qa.write.context import BUDGET, Shown, choose
from qa.write.fence import Fence
from qa.write.ground import Grounds, tidy
from qa.write.parse import Draft, Read, Script, read_json, read_lines
from qa.write.prompts import SCHEMA, compose
from qa.write.stream import ModelFailedError, Patience, listen, words

MOST_STATEMENTS = 5
_TRIED, _REST = 3, 30.0
_INSTEAD = "these are the articles' own sentences"
_SILENT = f"The language model gave no answer; {_INSTEAD}."
_FORMLESS = f"The language model did not answer in the form asked for; {_INSTEAD}."
_UNSUPPORTED = f"The articles do not support what the language model wrote; {_INSTEAD}."
_RESTING = f"The language model has failed several times and is left alone for a moment; {_INSTEAD}."


class Generative(Answerer):
    """Answers with a chat model. Thread-safe.

    `name` is what the answer calls the model, `patience` how long it is waited for, `budget` how many characters of
    passages it is shown. Where no sentence has the `threshold` of support, the model is not asked. With
    `keep_unsupported` the answer's statements hold also what was left out of its text.
    """

    def __init__(
        self,
        model: BaseChatModel,
        *,
        name: str = "",
        patience: Patience | None = None,
        budget: int = BUDGET,
        threshold: float = THRESHOLD,
        keep_unsupported: bool = False,
        fence: Callable[[Iterable[str]], Fence] = Fence.new,
    ) -> None:
        self.model = model
        self._name = name or _called(model)
        self._patience = patience or Patience()
        self._budget = budget
        self._threshold = threshold
        self._keep = keep_unsupported
        self._fence = fence
        self._plain = Extractive(threshold=threshold)
        self._rest = _Rest()
        self._speaker, self._read = _speaker(model)

    def events(self, evidence: Evidence, config: RunnableConfig | None = None) -> Iterator[Event]:
        """Yield the model's statements as they are written and checked, then the answer."""
        if not evidence.sentences or evidence.sentences[0].support < self._threshold:
            yield from self._plain.events(evidence, config)
            return
        shown = choose(evidence, self._budget)
        telling = _Telling(Grounds(shown))
        if self._rest.needed():
            yield from self._instead(evidence, telling, _RESTING)
            return
        started = time.perf_counter()
        failure = ""
        try:
            yield from self._tell(evidence.searched, shown, telling, config)
        except ModelFailedError as error:
            failure = error.reason
            yield from telling.withdraw()
        self._rest.note(failed=bool(failure))
        timed = replace(evidence, timings={**evidence.timings, "model": time.perf_counter() - started})
        if telling.kept or (telling.refused and not failure):
            yield self._answer(timed, telling, failure)
        else:
            yield from self._instead(timed, telling, _why(telling, failure))

    def _tell(
        self, question: str, shown: Sequence[Shown], telling: "_Telling", config: RunnableConfig | None
    ) -> Iterator[Event]:
        """Yield what the model says to the question, piece by piece and statement by statement."""
        fence = self._fence(text for passage in shown for text in (passage.text, passage.article.title))
        messages = compose(question, shown, fence, structured=self._read is read_json)
        text = ""
        with closing(listen(self._speaker, messages, patience=self._patience, config=config)) as pieces:
            for piece in pieces:
                telling.count(piece.usage_metadata)
                text += words(piece)
                telling.wrote = bool(text.strip())
                yield from telling.follow(self._read(fence.unmarked(text), False))
                if telling.enough:
                    break
        yield from telling.follow(self._read(fence.unmarked(text), True))
        yield from telling.withdraw()

    def _answer(self, evidence: Evidence, telling: "_Telling", failure: str) -> Answer:
        """Return the answer that the model has given, be it that there is none."""
        return Answer(
            question=evidence.question,
            status="answered" if telling.kept else "not_found",
            statements=tuple(telling.told) if self._keep else tuple(telling.kept),
            citations=tuple(telling.citations.values()),
            passages=evidence.passages,
            support=evidence.sentences[0].support,
            generation=evidence.generation,
            timings=evidence.timings,
            model=self._name,
            notice=_notice(telling, failure),
            usage=telling.usage,
        )

    def _instead(self, evidence: Evidence, telling: "_Telling", notice: str) -> Iterator[Event]:
        """Yield the extractive answer with a notice that says why it is given."""
        left_out = tuple(telling.told) if self._keep else ()
        for event in self._plain.events(evidence):
            if isinstance(event, Answer):
                statements = (*left_out, *event.statements)
                yield replace(event, statements=statements, notice=notice, usage=telling.usage)
            else:
                yield event


class _Telling:
    """What a model has told so far, for one question, and what has been passed on of it."""

    def __init__(self, grounds: Grounds) -> None:
        self._grounds = grounds
        self._seen: list[Draft] = []
        self._sent = ""
        self.told: list[Statement] = []
        self.citations: dict[tuple[str, int, int], Citation] = {}
        self.refused = False
        self.repeats = False
        self.wrote = False
        self.usage: Usage | None = None

    @property
    def kept(self) -> list[Statement]:
        """Return the supported statements."""
        return [statement for statement in self.told if statement.citations]

    @property
    def enough(self) -> bool:
        """Say whether the model need not go on."""
        return self.repeats or len(self.told) >= MOST_STATEMENTS

    def follow(self, script: Script) -> Iterator[Event]:
        """Yield what is new in the script: statements that are whole, and words of the next."""
        for draft in script.drafts[len(self._seen) :]:
            if self.enough:
                return
            self.repeats = draft in self._seen
            self._seen.append(draft)
            if not self.repeats:
                yield from self._check(draft)
        self.refused = script.refused
        if script.writing and not self.enough:
            yield from self._say(_settled(script.writing.text))

    def withdraw(self) -> Iterator[Event]:
        """Take back words of a statement that never became whole."""
        if self._sent:
            statement = Statement(text=self._sent, support="unsupported", citations=())
            self._sent = ""
            self.told.append(statement)
            yield StatementChecked(statement)

    def count(self, usage: UsageMetadata | None) -> None:
        """Add the tokens of a piece."""
        if usage:
            before = self.usage or Usage(input_tokens=0, output_tokens=0)
            self.usage = Usage(
                input_tokens=before.input_tokens + usage["input_tokens"],
                output_tokens=before.output_tokens + usage["output_tokens"],
            )

    def _say(self, text: str) -> Iterator[Event]:
        """Yield what the text has more than what was sent."""
        if len(text) > len(self._sent) and text.startswith(self._sent):
            yield TextPiece(text[len(self._sent) :])
            self._sent = text

    def _check(self, draft: Draft) -> Iterator[Event]:
        grounded = self._grounds.check(draft)
        yield from self._say(grounded.text)
        self._sent = ""
        new: tuple[Citation, ...] = ()
        numbers: tuple[int, ...] = ()
        if grounded.article:
            place = (grounded.article.id, grounded.start, grounded.end)
            if place not in self.citations:
                self.citations[place] = cite(len(self.citations) + 1, grounded.article, grounded.start, grounded.end)
                new = (self.citations[place],)
            numbers = (self.citations[place].number,)
        statement = Statement(text=grounded.text, support=grounded.support, citations=numbers)
        self.told.append(statement)
        yield StatementChecked(statement, new)


class _Rest:
    """Leaves a model alone for a while that has failed several times one after the other."""

    def __init__(self) -> None:
        self._failures = 0
        self._until = 0.0

    def needed(self) -> bool:
        """Say whether the model is to be left alone now."""
        return time.monotonic() < self._until

    def note(self, *, failed: bool) -> None:
        """Remember how an answer went."""
        self._failures = self._failures + 1 if failed else 0
        if self._failures >= _TRIED:
            self._until = time.monotonic() + _REST


def _settled(text: str) -> str:
    """Return the part of a half-written statement that its next words cannot change."""
    return tidy(text[: max(text.rfind(" "), 0)].split("[", maxsplit=1)[0])


def _why(telling: _Telling, failure: str) -> str:
    """Return the notice of an extractive answer that stands in for the model's."""
    if failure:
        return f"The language model {failure}; {_INSTEAD}."
    return _UNSUPPORTED if telling.told else _FORMLESS if telling.wrote else _SILENT


def _notice(telling: _Telling, failure: str) -> str:
    """Return what a reader should know of an answer that the model has given."""
    left_out = len(telling.told) - len(telling.kept)
    parts = []
    if left_out:
        parts.append(
            f"{left_out} of {len(telling.told)} statements of the language model left out: not in the articles."
        )
    if failure:
        parts.append(f"The language model {failure} before it had finished; what it said until then is verified.")
    return " ".join(parts)


def _called(model: BaseChatModel) -> str:
    """Return a name for a model that was given as an object."""
    return str(getattr(model, "model_name", "") or getattr(model, "model", "") or model._llm_type)


def _speaker(model: BaseChatModel) -> tuple[Runnable[Any, Any], Read]:
    """Return the model bound to the structured form, if its profile says that it knows one, and what reads its text."""
    profile = model.profile or {}
    method = "json_schema" if profile.get("structured_output") else "function_calling"
    if profile.get("structured_output") or profile.get("tool_calling"):
        bound = model.with_structured_output(SCHEMA, method=method)
        if isinstance(bound, RunnableSequence):
            return bound.first, read_json  # without its last step, which would parse only at the end
    return model, read_lines
