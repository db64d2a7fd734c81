"""The Python API: open an index, ask it, get verified answers."""

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from langchain_core.cross_encoders import BaseCrossEncoder
from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import Runnable, RunnableLambda, run_in_executor

from index import BadRequestError, Scope
from index.serving import Generation, Index
from qa.answer.answerer import run
from qa.answer.extract import Extractive
from qa.answer.verify import Ledger, retrieved, verified
from qa.arguments import day_of, passages_count, question_text, scope_of
from qa.evidence import Evidence
from qa.find.rerank import NamedCrossEncoder, reranked
from qa.find.retrieve import PASSAGES, NewsRetriever, retrieve, united
from qa.find.when import before, days_of
from qa.judge.compare import Embed, compared
from qa.judge.judge import judge
from qa.judge.reader import Reader
from qa.judge.reports import caveat, settled
from qa.judge.twice import twice
from qa.talk.conversation import Conversation
from qa.talk.courtesy import is_courtesy
from qa.talk.followup import resolve
from qa.talk.history import History, turns
from qa.talk.repeated import untold
from qa.values import Answer, Event, PassagesFound, StatementChecked, Turn
from qa.write.generate import Generative
from qa.write.models import TIMEOUT, open_model
from qa.write.restate import Restater
from qa.write.stream import Patience

DEFAULT_INDEX = "index-data"
_ARGUMENTS = ("question", "history", "since", "until", "sources", "categories", "asked_on", "k")


class Assistant:
    """Answers questions from an index. Thread-safe; close it, or use it as a context manager.

    with Assistant.open("index-data") as assistant:
        answer = assistant.ask("What are Russia's preconditions?")
    """

    def __init__(
        self,
        index: Index,
        answerer: Runnable[Evidence, Answer] | None = None,
        *,
        restate: Restater | None = None,
        reranker: BaseCrossEncoder | None = None,
    ) -> None:
        self.index = index
        self._restate = restate
        self._reranker = reranker
        self._answerer = answerer or Extractive()
        self._reader = Reader()

    @classmethod
    def open(
        cls,
        path: str | Path = DEFAULT_INDEX,
        *,
        model: str | None = None,
        answerer: Runnable[Evidence, Answer] | None = None,
        llm: str | BaseChatModel | None = None,
        llm_base_url: str | None = None,
        llm_timeout: float = TIMEOUT,
        reranker: str | BaseCrossEncoder | None = None,
    ) -> "Assistant":
        """Open the index at `path`: a folder, or the address of a Chroma server such as http://127.0.0.1:8000.

        `model` insists on an embedding model. `answerer` replaces the extractive one by any runnable from
        `Evidence` to `Answer`; `llm` by a LangChain chat model, given as such or as "provider:model", which has
        `llm_timeout` seconds for an answer. `reranker` orders the passages in the place of the trained reader: a
        LangChain cross-encoder, or the name or folder of one of sentence-transformers. Raises a `DatelineError` when
        there is no usable index, or no such model.
        """
        orders = NamedCrossEncoder.open(reranker) if isinstance(reranker, str) else reranker
        written_by = _generative(llm, llm_base_url, llm_timeout) if llm else None
        restate = Restater(written_by.model) if written_by else None
        return cls(Index.open(path, model=model), answerer or written_by, restate=restate, reranker=orders)

    def ask(
        self,
        question: str,
        *,
        history: History = (),
        since: date | str | None = None,
        until: date | str | None = None,
        sources: Sequence[str] = (),
        categories: Sequence[str] = (),
        asked_on: date | str | None = None,
        k: int = PASSAGES,
    ) -> Answer:
        """Return what the articles say to a question.

        `history` is what was said before, the oldest first: a follow-up is searched together with what it refers
        to, which the answer tells as `rewritten`. `since` and `until` are days, both included (of a moment, its day);
        `sources` and `categories` are names to look in. `k` is how many passages to find: sentences are taken from
        the best six of them, and a language model is shown as many as there is room for. `asked_on` is the day that
        "last week" is reckoned from (none: today); where it is given, news of the month before it are preferred a
        little.
        When the articles do not say, the status is "not_found"; thanks and greetings are "no_question", and are not
        searched. Raises `BadRequestError` for an argument that cannot be used.
        """
        *_, answer = self.stream(
            question,
            history=history,
            since=since,
            until=until,
            sources=sources,
            categories=categories,
            asked_on=asked_on,
            k=k,
        )
        assert isinstance(answer, Answer)  # the last event
        return answer

    async def aask(self, question: str, **options: Any) -> Answer:
        """Do the same as `ask` without blocking the event loop."""
        return await run_in_executor(None, partial(self.ask, question, **options))

    def batch(self, questions: Sequence[str], **options: Any) -> list[Answer]:
        """Return the answers to several questions, in their order. The options are those of `ask`."""
        if isinstance(questions, str | bytes):
            raise BadRequestError("batch takes a list of questions; for one there is ask.")
        return [self.ask(question, **options) for question in questions]

    def stream(
        self,
        question: str,
        *,
        history: History = (),
        since: date | str | None = None,
        until: date | str | None = None,
        sources: Sequence[str] = (),
        categories: Sequence[str] = (),
        asked_on: date | str | None = None,
        k: int = PASSAGES,
    ) -> Generator[Event, None, None]:
        """Yield the passages once found, the statements as they come, and the verified `Answer` last."""
        started = time.perf_counter()
        asked, said, k = question_text(question), turns(history), passages_count(k)
        scope = scope_of(since=since, until=until, sources=sources, categories=categories)
        asked_day = day_of("asked_on", asked_on)
        with self.index.generation() as generation:
            generation.require(scope)
            if is_courtesy(asked):
                yield _unsearched(asked, generation.number, started)
                return
            found = self._find(generation, asked, said, scope, k, asked_day)
            if self._reranker:
                found = reranked(found, self._reranker)
            guessed = found.spoken not in ("", found.rewritten, asked)  # whom a pronoun means
            read = twice(self._reader, asked) if guessed else self._reader
            evidence = _weighed(judge(found, read), said, generation.embeddings.embed_sentences)
            yield PassagesFound(evidence.passages, evidence.rewritten)
            find = retrieved(evidence.passages, generation.article)
            ledger = Ledger(find)
            for event in run(self._answerer, evidence):
                if isinstance(event, Answer):
                    yield _finished(verified(event, find), evidence, started)
                else:
                    yield ledger.checked(event) if isinstance(event, StatementChecked) else event

    def _find(
        self, generation: Generation, question: str, said: Sequence[Turn], scope: Scope, k: int, asked_day: date | None
    ) -> Evidence:
        """Return the passages for a question, searched with what it refers to in the turns before it."""
        restated = self._restate(question, said) if said and self._restate else ""
        resolved = resolve(restated or question, said, generation)
        search = partial(
            retrieve,
            generation,
            scope=scope,
            k=k,
            days=days_of(question, asked_day or datetime.now().astimezone().date()),
            recent=before(asked_day) if asked_day else None,
        )
        evidence = search(resolved.text, weights=resolved.weights)
        if resolved.text == question:
            return evidence
        if not resolved.leans:
            alone = search(resolved.question)
            evidence = united(alone, evidence, k)
            if evidence.passages[:1] == alone.passages[:1]:  # what was said before has changed nothing
                return replace(evidence, question=question)
        return replace(evidence, question=question, rewritten=resolved.text, spoken=resolved.spoken)

    def chat(self, **options: Any) -> Conversation:
        """Return a new conversation. `options` are those of `ask`, for every question of it."""
        return Conversation(self, **options)

    @property
    def reranker_name(self) -> str:
        """Return what orders the passages in the place of the trained reader; "" is nothing."""
        return getattr(self._reranker, "name", type(self._reranker).__name__) if self._reranker else ""

    @property
    def retriever(self) -> NewsRetriever:
        """Return a LangChain retriever over the same index."""
        return NewsRetriever(index=self.index)

    @property
    def chain(self) -> Runnable[str | Mapping[str, Any], Answer]:
        """Return the whole as a LangChain runnable: from a question, or a mapping of `ask`'s arguments."""

        def run(given: str | Mapping[str, Any]) -> Answer:
            if not isinstance(given, Mapping):
                return self.ask(given)
            if "question" not in given or not given.keys() <= {*_ARGUMENTS}:
                raise BadRequestError(f"The chain takes a question, or a mapping with it: {', '.join(_ARGUMENTS)}.")
            return self.ask(**given)

        return RunnableLambda(run, name="dateline")

    def close(self) -> None:
        """Give back files and memory."""
        self.index.close()

    def __enter__(self) -> "Assistant":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _unsearched(asked: str, generation: int, started: float) -> Answer:
    """Return the answer to what asks nothing."""
    return Answer(
        question=asked,
        status="no_question",
        statements=(),
        citations=(),
        passages=(),
        support=0.0,
        generation=generation,
        timings={"total": time.perf_counter() - started},
        notice="That asks nothing about the articles, so nothing was searched.",
    )


def _weighed(evidence: Evidence, said: Sequence[Turn], embed: Embed) -> Evidence:
    """Return the evidence with its sentences held against each other, the question and what was told before."""
    started = time.perf_counter()
    weighed = compared(settled(untold(evidence, said), embed), embed)
    return replace(weighed, timings={**weighed.timings, "compare": time.perf_counter() - started})


def _finished(answer: Answer, evidence: Evidence, started: float) -> Answer:
    """Return the verified answer with what is known of it only now."""
    timings = {**answer.timings, "total": time.perf_counter() - started}
    return replace(answer, timings=timings, caveat=caveat(evidence, answer.citations))


def _generative(llm: str | BaseChatModel, base_url: str | None, timeout: float) -> Generative:
    patience = Patience(first=timeout / 2, total=timeout)
    if isinstance(llm, str):
        return Generative(open_model(llm, base_url=base_url, timeout=timeout), name=llm, patience=patience)
    return Generative(llm, patience=patience)
