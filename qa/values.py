"""The frozen values of question answering. `Answer.to_dict` is their one JSON form."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from index import Article, Chunk

Status = Literal["answered", "not_found"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved chunk with its article. `score` ranks it; `scores` holds the score of each stage by name."""

    chunk: Chunk
    article: Article
    score: float
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Exact words of an article: `article.text[start:end] == quote`, checked by code (`qa.verify`)."""

    number: int
    article_id: str
    title: str
    source: str
    published: date | None
    url: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the articles say to a question.

    `text` marks each statement with the numbers of its citations, like [1]. With `status` "not_found" it is empty,
    as are the citations, and `passages` are the nearest there is. `as_of` is the newest day of a cited article,
    `support` how well the best sentence answers (0 to 1), `timings` the seconds of each stage, and `generation`
    the state of the index that all of it comes from.
    """

    question: str
    status: Status
    text: str
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    as_of: date | None
    support: float
    generation: int
    timings: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON values: dates as YYYY-MM-DD."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


@dataclass(frozen=True, slots=True)
class PassagesFound:
    """Event of a stream: what was retrieved."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class TextPiece:
    """Event of a stream: the next words of the answer."""

    text: str


Event = PassagesFound | TextPiece | Answer


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
