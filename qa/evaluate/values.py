"""The values of an evaluation, which are also its JSON form. They know nothing of how they are computed or shown."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

from qa.evaluate.questions import Question
from qa.values import Status

Interval = tuple[float, float]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class RankedPassage(_Frozen):
    """A retrieved passage: `article.text[start:end]`. Relevant means that it overlaps an evidence quote."""

    article_id: str
    title: str
    start: int
    end: int
    score: float
    relevant: bool
    words: str


class Cited(_Frozen):
    """A citation. `valid`: its article says just that at its offsets; `on_evidence`: it overlaps an evidence quote."""

    article_id: str
    title: str
    start: int
    end: int
    quote: str
    valid: bool
    on_evidence: bool


class PointFound(_Frozen):
    """A key point of a question, and whether the answer shows it; `fault` says why that could not be told."""

    fact: str
    shown: bool
    fault: str = ""


class Row(_Frozen):
    """What came of one question.

    `rewritten` is what was searched, when that is not the question itself. `measures` holds the value of each
    per-question metric that the question has one of. `absent` are the articles of its evidence that the index does
    not hold, `lost` the quotes that their articles do not hold.
    """

    question: Question
    status: Status
    answer: str
    rewritten: str
    support: float
    citations: tuple[Cited, ...]
    passages: tuple[RankedPassage, ...]
    timings: Mapping[str, float]
    measures: Mapping[str, float]
    absent: tuple[str, ...]
    lost: tuple[str, ...]
    points: tuple[PointFound, ...] = ()


class Settings(_Frozen):
    """The set-up of an evaluation. `model` embedded the passages, `reranker` ordered them (none: the trained reader),
    `answered_by` are the language models that wrote answers (none: extractive)."""

    questions: str
    questions_sha256: str
    asked: int
    limit: int | None
    seed: int
    index: str
    generation: int
    articles: int
    passages: int
    model: str
    fingerprint: str
    reranker: str
    answered_by: tuple[str, ...]
    threshold: float
    versions: Mapping[str, str]
    started: str
    seconds: float


class Report(_Frozen):
    """An evaluation. `metrics` are None where no question has a value, `intervals` hold 95 % of a bootstrap.

    `latency` holds the 50th and 95th percentile of each stage in seconds, `types` the metrics by type of question.
    """

    format: Literal[1] = 1
    settings: Settings
    metrics: Mapping[str, float | None]
    intervals: Mapping[str, Interval | None]
    latency: Mapping[str, Mapping[str, float]]
    types: Mapping[str, Mapping[str, float | int | None]]
    rows: tuple[Row, ...]
