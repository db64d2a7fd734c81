"""The Python API: open an index, ask it, get verified answers.

A question goes through these steps, each a function that takes what the one before it gave (`Assistant.stream`):
understand (what a follow-up refers to, which days are meant), find (passages), rerank (only with a reranker), judge
(how well each sentence answers; the best of a list, a comparison or a part also alone), demote_repeated (sentences
used before in the conversation), settle_reports (corrections and newer reports first), drop_unrelated (sentences
about something else), with_newest (the newest report first, where it is asked how things are), with_leads (how the
reports of a summary begin), write (the answerer), verify (only citations that hold).
A question that asks several things at once goes through the steps for each of them too.
Where it names a period and no article of that period answers it, the steps from find on are repeated for all days.
"""

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Unpack

from langchain_core.cross_encoders import BaseCrossEncoder
from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import Runnable, RunnableLambda, run_in_executor

from index import BadRequestError
from index.generation import Generation
from index.serving import Index
from qa.answer.answerer import write
from qa.answer.corroboration import cited_stories
from qa.answer.extract import Extractive
from qa.answer.verify import retrieved, verify
from qa.arguments import index_path, not_negative, with_method
from qa.cache import ANSWERS, AnswerCache
from qa.evidence import THRESHOLD, Evidence
from qa.find.latest import age
from qa.find.rerank import NamedCrossEncoder, rerank
from qa.find.retrieve import NewsRetriever, find, unite, with_parts
from qa.intent.language import language_notice
from qa.intent.parts import parts as parts_of
from qa.judge.compare import drop_unrelated, shown
from qa.judge.judge import judge, judge_alone
from qa.judge.leads import with_leads
from qa.judge.pronoun import with_pronoun
from qa.judge.reader import Reader
from qa.judge.reports import caveat, settle_reports
from qa.judge.state import with_newest
from qa.query import AskOptions, Query, Wording
from qa.talk.conversation import Conversation
from qa.talk.courtesy import is_courtesy
from qa.talk.repeated import demote_repeated
from qa.talk.understand import Restate, understand
from qa.values import Answer, Event, PassagesFound, Turn
from qa.write.generate import Generative
from qa.write.models import TIMEOUT
from qa.write.restate import Restater

DEFAULT_INDEX = "index-data"
_ARGUMENTS = ("question", *AskOptions.__annotations__)


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
        restate: Restate | None = None,
        reranker: BaseCrossEncoder | None = None,
        answer_cache: int | None = None,
    ) -> None:
        with_method("answerer", answerer, "invoke", "a LangChain Runnable, such as RunnableLambda(function)")
        with_method("reranker", reranker, "score", "the name or folder of a cross-encoder, or one of LangChain's")
        not_negative("answer_cache", answer_cache, "bytes")
        self.index = index
        self._restate = restate
        self._reranker = reranker
        self._answerer = answerer or Extractive()
        self._reader = Reader()
        # A model may write another text each time: it is cached only on request.
        kept = 0 if answerer or restate or reranker else ANSWERS
        self._answers = AnswerCache(kept if answer_cache is None else answer_cache)

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
        answer_cache: int | None = None,
    ) -> "Assistant":
        """Open the index at `path`: a folder, or the address of a Chroma server such as http://127.0.0.1:8000.

        `model` is the embedding model that the index must have been built with. `answerer` replaces the extractive
        one by any runnable from `Evidence` to `Answer`, and `llm` by a LangChain chat model, given as such or as
        "provider:model"; it has `llm_timeout` seconds for an answer. `reranker` ranks the passages instead of the
        trained reader: a LangChain cross-encoder, or the name or folder of one of sentence-transformers.
        `answer_cache` is how many bytes of answers to cache for the same question over the same articles: 16 MB, or
        none with an LLM, answerer or reranker. Raises a `DatelineError` when there is no usable index or no such model.
        """
        path = index_path(path)
        not_negative("llm_timeout", llm_timeout, "seconds")
        if not isinstance(llm, str):
            with_method("llm", llm, "invoke", "a name like ollama:qwen3, or a chat model of LangChain")
        orders = NamedCrossEncoder.open(reranker) if isinstance(reranker, str) else reranker
        written_by = Generative.open(llm, base_url=llm_base_url, timeout=llm_timeout) if llm else None
        restate = Restater(written_by.model) if written_by else None
        return cls(Index.open(path, model=model), answerer or written_by, restate=restate, reranker=orders,
                   answer_cache=answer_cache)  # fmt: skip

    def ask(self, question: str, **options: Unpack[AskOptions]) -> Answer:
        """Return what the articles say to a question.

        `history` is the conversation so far, oldest turn first: a follow-up is searched together with what it refers
        to, and the answer's `rewritten` is what was searched. `since` and `until` are days, both included (a
        `datetime` counts as its day). The search can be limited to `sources`, `categories` and `authors` by name, to
        `languages` by code ("de"), and to `articles` by id. `k` is how many passages to find (10): sentences come from
        the best six, and a language model is shown as many as there is room for. `as_of` (or its other name,
        `asked_on`) is the day that the question is asked on: "last week" counts back from it, no later article is
        cited, and news of the month before it are preferred a little. By default the day is today, and all articles
        are searched. A period that the question names ("in March 2025") is searched first, and the answer's `period`
        says so; with `exact` the question is searched as typed.
        When the articles do not say, the status is "not_found"; thanks and greetings are "no_question", and are not
        searched. Raises `BadRequestError` for an invalid argument.
        """
        *_, answer = self.stream(question, **options)
        assert isinstance(answer, Answer)  # the last event
        return answer

    async def aask(self, question: str, **options: Unpack[AskOptions]) -> Answer:
        """Do the same as `ask` without blocking the event loop."""
        return await run_in_executor(None, partial(self.ask, question, **options))

    def batch(self, questions: Sequence[str], **options: Unpack[AskOptions]) -> list[Answer]:
        """Return the answers to several questions, in their order. The options are those of `ask`."""
        if isinstance(questions, str | bytes):
            raise BadRequestError("batch takes a list of questions; for one there is ask.")
        return [self.ask(question, **options) for question in questions]

    def stream(self, question: str, **options: Unpack[AskOptions]) -> Generator[Event, None, None]:
        """Yield the passages once found, the statements as they come, and the verified `Answer` last.

        The options are those of `ask`.
        """
        started = time.perf_counter()
        query = Query.of(question, **options)
        with self.index.generation() as generation:
            generation.require(query.scope)
            if is_courtesy(query.question):
                yield _no_question(query.question, generation.number, started)
            elif (given := self._answers.get(key := self._answers.key(query, generation))) is not None:
                yield from given
            else:
                events: list[Event] = []
                for event in self._events(query, generation, started):
                    events.append(event)
                    if isinstance(event, Answer):
                        self._answers.put(key, events)
                    yield event

    def _events(self, query: Query, generation: Generation, started: float) -> Generator[Event, None, None]:
        """Yield the events of a question whose answer is not cached."""
        evidence = self._evidence(query, generation)
        yield PassagesFound(evidence.passages, evidence.rewritten, evidence.period)
        for event in verify(write(evidence, self._answerer), retrieved(evidence.passages, generation.article)):
            yield _finished(event, evidence, generation, started) if isinstance(event, Answer) else event

    def _evidence(self, query: Query, generation: Generation) -> Evidence:
        """Return the evidence for a question: from the period that it names, or else from all days."""
        wording = understand(query, generation, self._restate)
        evidence = self._judged(wording, query, generation)
        # A question that says little is asked of the story told before. If that does not answer, it may be a new one;
        # what was told already has the least support (qa/talk/repeated.py), and is no new answer.
        if wording.continues and all(sentence.support <= THRESHOLD for sentence in shown(evidence.sentences)):
            wording = wording.alone()
            alone = self._judged(wording, query, generation)
            evidence = alone if shown(alone.sentences) else evidence
        # Decided by what would be shown: the period always has passages, but they may answer nothing.
        if wording.only and not shown(evidence.sentences):
            everywhere = self._judged(wording.of_any_day(), query, generation)
            if shown(everywhere.sentences):
                notice = f"No article of {evidence.period} answers this; those of other days were searched too."
                return replace(everywhere, notice=notice)
        return evidence

    def _judged(self, wording: Wording, query: Query, generation: Generation) -> Evidence:
        """Return the evidence for a worded question, for each of its parts, and for a summary, if it asks for one."""
        found = find(wording, query, generation)
        evidence = self._read(found, query, generation)
        # Split as it is read: with a name for its pronoun, each part can be understood alone.
        first, *later = parts_of(found.spoken or wording.put) or ("",)
        parts = [self._part(part, first, found, query, generation) for part in (first, *later) if part]
        evidence = with_parts(evidence, parts)
        return evidence if wording.general and len(query.scope.articles) != 1 else with_leads(evidence)

    def _part(self, part: str, first: str, whole: Evidence, query: Query, generation: Generation) -> Evidence:
        """Return the evidence for a part of a question: a later one is understood as a follow-up to the first."""
        before = (Turn("user", first),) if part != first else ()
        asked = replace(query, question=part, history=before)
        alone = find(understand(asked, generation), asked, generation)
        # Together with the passages of the whole question: a part says less, and may find less.
        searched = replace(whole, timings={})  # its seconds are counted already
        return self._read(unite(alone, searched, query.k), query, generation, part=True)

    def _read(self, evidence: Evidence, query: Query, generation: Generation, *, part: bool = False) -> Evidence:
        """Return the evidence with its sentences judged: every step between finding and choosing, in order."""
        embed = generation.embeddings.embed_sentences
        evidence = rerank(evidence, self._reranker)
        reader = with_pronoun(evidence, self._reader)
        evidence = judge_alone(judge(evidence, reader), reader, part=part)
        judged = time.perf_counter()
        # Reports are compared in the order of evidence, so what was said before is put back first. What is unrelated is
        # looked for last, among those that would be shown.
        evidence = demote_repeated(evidence, query.history)
        evidence = settle_reports(evidence, embed)
        evidence = with_newest(drop_unrelated(evidence, embed))
        return replace(evidence, timings={**evidence.timings, "compare": time.perf_counter() - judged})

    def chat(self, **options: Any) -> Conversation:
        """Return a new conversation. `options` are those of `ask`, for every question of it."""
        return Conversation(self, **options)

    @property
    def reranker_name(self) -> str:
        """Return the name of the reranker that replaces the trained reader; "" without one."""
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
        """Release files and memory."""
        self.index.close()

    def __enter__(self) -> "Assistant":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _no_question(asked: str, generation: int, started: float) -> Answer:
    """Return the answer to thanks or a greeting."""
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


def _finished(answer: Answer, evidence: Evidence, generation: Generation, started: float) -> Answer:
    """Return the verified answer with its caveat and stories, which depend on what is cited, and its whole time."""
    notice = " ".join(filter(None, (answer.notice, language_notice(answer.question))))
    stories = cited_stories(answer.citations, generation.story)
    timings = {**answer.timings, "total": time.perf_counter() - started}
    newest = age(answer.as_of, evidence.latest_by) if answer.as_of and evidence.latest_by else ""
    notes = filter(None, (caveat(evidence, answer.citations), newest))
    return replace(answer, timings=timings, notice=notice, caveat=" ".join(notes), stories=stories)
