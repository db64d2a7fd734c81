"""Answer with a language model's words, of which only those are shown that code finds in the articles.

Each statement is checked as soon as it is written. When the model is absent, late, wrong or silent, the answer is the
extractive one, and its notice says why.
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
from qa.write.breaker import CircuitBreaker
from qa.write.context import BUDGET, Excerpt, choose
from qa.write.fence import Fence
from qa.write.ground import Grounds, tidy
from qa.write.models import TIMEOUT, open_model
from qa.write.parse import Draft, Parse, Parsed, parse_json, parse_lines
from qa.write.prompts import SCHEMA, compose
from qa.write.stream import CallLimits, ModelFailedError, stream, words

MOST_STATEMENTS = 5  # chosen, not measured: small models go on until they are stopped
_MOST_FAILURES = 3
"""In a row; then the model is left alone for a while."""
_INSTEAD = "these are the articles' own sentences"
_SILENT = f"The language model gave no answer; {_INSTEAD}."
_FORMLESS = f"The language model did not answer in the form asked for; {_INSTEAD}."
_UNSUPPORTED = f"The articles do not support what the language model wrote; {_INSTEAD}."
_RESTING = f"The language model has failed several times and is left alone for a moment; {_INSTEAD}."


class Generative(Answerer):
    """Answers with a chat model. Thread-safe.

    `name` is what the answer calls the model, `limits` how long it is waited for, `budget` how many characters of
    passages it is shown. Where no sentence has the `threshold` of support, the model is not asked. With
    `keep_unsupported` the answer's statements hold also what was left out of its text.
    """

    def __init__(
        self,
        model: BaseChatModel,
        *,
        name: str = "",
        limits: CallLimits | None = None,
        budget: int = BUDGET,
        threshold: float = THRESHOLD,
        keep_unsupported: bool = False,
        fence: Callable[[Iterable[str]], Fence] = Fence.new,
    ) -> None:
        self.model = model
        self._name = name or _called(model)
        self._limits = limits or CallLimits()
        self._budget = budget
        self._threshold = threshold
        self._keep = keep_unsupported
        self._fence = fence
        self._plain = Extractive(threshold=threshold)
        self._breaker = CircuitBreaker(after=_MOST_FAILURES)
        self._speaker, self._parse = _speaker(model)

    @classmethod
    def open(
        cls,
        model: str | BaseChatModel,
        *,
        base_url: str | None = None,
        timeout: float = TIMEOUT,
        keep_unsupported: bool = False,
    ) -> "Generative":
        """Return an answerer with a chat model, given as such or as "provider:model". It may take `timeout` seconds.

        Half of them may pass before its first words. Raises a `DatelineError` when there is no such model.
        """
        chat = open_model(model, base_url=base_url, timeout=timeout) if isinstance(model, str) else model
        return cls(
            chat,
            name=model if isinstance(model, str) else "",
            limits=CallLimits(first=timeout / 2, total=timeout),
            keep_unsupported=keep_unsupported,
        )

    def events(self, evidence: Evidence, config: RunnableConfig | None = None) -> Iterator[Event]:
        """Yield the model's statements as they are written and checked, then the answer."""
        # The same bound as without a model: what the articles do not answer, a model only makes up.
        if not evidence.sentences or evidence.sentences[0].support < self._threshold:
            yield from self._plain.events(evidence, config)
            return
        shown = choose(evidence, self._budget)
        progress = _Progress(Grounds(shown))
        if self._breaker.is_open:
            yield from self._instead(evidence, progress, _RESTING)
            return
        started = time.perf_counter()
        failure = ""
        try:
            yield from self._model_events(evidence.stated, shown, progress, config)
        except ModelFailedError as error:
            failure = error.reason
            yield from progress.withdraw()
        self._breaker.record(failed=bool(failure))
        timed = replace(evidence, timings={**evidence.timings, "model": time.perf_counter() - started})
        # A refusal counts only when it is whole: what broke off might have gone on to answer.
        if progress.kept or (progress.refused and not failure):
            yield self._answer(timed, progress, failure)
        else:
            yield from self._instead(timed, progress, _why(progress, failure))

    def _model_events(
        self, question: str, shown: Sequence[Excerpt], progress: "_Progress", config: RunnableConfig | None
    ) -> Iterator[Event]:
        """Yield what the model writes, piece by piece and statement by statement."""
        fence = self._fence(text for passage in shown for text in (passage.text, passage.article.title))
        messages = compose(question, shown, fence, structured=self._parse is parse_json)
        text = ""
        # Closed as soon as there is enough, so that the model stops writing.
        with closing(stream(self._speaker, messages, limits=self._limits, config=config)) as pieces:
            for piece in pieces:
                progress.count(piece.usage_metadata)
                text += words(piece)
                progress.wrote = bool(text.strip())
                yield from progress.follow(self._parse(fence.unmarked(text), False))
                if progress.enough:
                    break
        yield from progress.follow(self._parse(fence.unmarked(text), True))
        yield from progress.withdraw()

    def _answer(self, evidence: Evidence, progress: "_Progress", failure: str) -> Answer:
        """Return the model's answer, which may be that the passages hold none."""
        return Answer(
            question=evidence.question,
            status="answered" if progress.kept else "not_found",
            statements=tuple(progress.statements) if self._keep else tuple(progress.kept),
            citations=tuple(progress.citations.values()),
            passages=evidence.passages,
            support=evidence.sentences[0].support,
            generation=evidence.generation,
            timings=evidence.timings,
            model=self._name,
            notice=_notice(progress, failure),
            usage=progress.usage,
        )

    def _instead(self, evidence: Evidence, progress: "_Progress", notice: str) -> Iterator[Event]:
        """Yield the extractive answer with a notice that says why it is given."""
        left_out = tuple(progress.statements) if self._keep else ()
        for event in self._plain.events(evidence):
            if isinstance(event, Answer):
                statements = (*left_out, *event.statements)
                yield replace(event, statements=statements, notice=notice, usage=progress.usage)
            else:
                yield event


class _Progress:
    """What a model has written so far for one question, and how much of it has been passed on."""

    def __init__(self, grounds: Grounds) -> None:
        self._grounds = grounds
        self._seen: list[Draft] = []
        self._sent = ""
        self.statements: list[Statement] = []
        self.citations: dict[tuple[str, int, int], Citation] = {}
        self.refused = False
        self.repeats = False
        self.wrote = False
        self.usage: Usage | None = None

    @property
    def kept(self) -> list[Statement]:
        """Return the supported statements."""
        return [statement for statement in self.statements if statement.citations]

    @property
    def enough(self) -> bool:
        """Say whether the model need not go on."""
        return self.repeats or len(self.statements) >= MOST_STATEMENTS

    def follow(self, parsed: Parsed) -> Iterator[Event]:
        """Yield what is new in the parsed text: statements that are whole, and words of the next."""
        for draft in parsed.drafts[len(self._seen) :]:
            if self.enough:
                return
            # Small models fall into a loop, and would repeat the statement until the limit.
            self.repeats = draft in self._seen
            self._seen.append(draft)
            if not self.repeats:
                yield from self._check(draft)
        self.refused = parsed.refused
        if parsed.writing and not self.enough:
            yield from self._say(_settled(parsed.writing.text))

    def withdraw(self) -> Iterator[Event]:
        """Take back words of a statement that never became whole."""
        if self._sent:
            statement = Statement(text=self._sent, support="unsupported", citations=())
            self._sent = ""
            self.statements.append(statement)
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
        self.statements.append(statement)
        yield StatementChecked(statement, new)


def _settled(text: str) -> str:
    """Return the part of a half-written statement that its next words cannot change."""
    # Without its last word, which may grow, and from a bracket on, as it may become a number that is taken out.
    return tidy(text[: max(text.rfind(" "), 0)].split("[", maxsplit=1)[0])


def _why(progress: _Progress, failure: str) -> str:
    """Return the notice of an extractive answer that stands in for the model's."""
    if failure:
        return f"The language model {failure}; {_INSTEAD}."
    return _UNSUPPORTED if progress.statements else _FORMLESS if progress.wrote else _SILENT


def _notice(progress: _Progress, failure: str) -> str:
    """Return what a reader should know of an answer that the model has given."""
    left_out = len(progress.statements) - len(progress.kept)
    parts = []
    if left_out:
        parts.append(
            f"{left_out} of {len(progress.statements)} statements of the language model left out: not in the articles."
        )
    if failure:
        parts.append(f"The language model {failure} before it had finished; what it said until then is verified.")
    return " ".join(parts)


def _called(model: BaseChatModel) -> str:
    """Return a name for a model that was given as an object."""
    return str(getattr(model, "model_name", "") or getattr(model, "model", "") or model._llm_type)


def _speaker(model: BaseChatModel) -> tuple[Runnable[Any, Any], Parse]:
    """Return the model bound to the structured form, if its profile says that it knows one, and what reads its text."""
    profile = model.profile or {}
    method = "json_schema" if profile.get("structured_output") else "function_calling"
    if profile.get("structured_output") or profile.get("tool_calling"):
        bound = model.with_structured_output(SCHEMA, method=method)
        if isinstance(bound, RunnableSequence):
            return bound.first, parse_json  # without its last step, which would parse only at the end
    return model, parse_lines
