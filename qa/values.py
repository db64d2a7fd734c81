"""The frozen values of question answering. `Answer.to_dict` is their one JSON form."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from index import Article, Chunk

Status = Literal["answered", "not_found", "no_question"]
"""The articles say it; they do not; nothing was asked ("thanks"), so nothing was searched."""
Support = Literal["verbatim", "quoted", "matched", "unsupported"]
"""What a statement stands on: it is an article's own sentence; the model's quote stands in the article; a sentence
of an article was found that says it; nothing was found."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side has said in a conversation so far."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved chunk with its article. `score` ranks it; `scores` holds the score of each stage by name."""

    chunk: Chunk
    article: Article
    score: float
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Exact words of an article: `article.text[start:end] == quote`, checked by code (`qa.answer.verify`).

    `page` is that of a paged document on which they begin. `updated` is the day of the article's last update, and
    `correction` the note in it that says what its outlet has corrected; "" where there is none.
    """

    number: int
    article_id: str
    title: str
    source: str
    published: date | None
    url: str
    quote: str
    start: int
    end: int
    page: int | None = None
    updated: date | None = None
    correction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of an answer, with the numbers of the citations that it stands on: none if "unsupported".

    `highlight` is where in `text` the words stand that answer, if the reader is sure of them: start and end. `lead_in`
    is the name of who speaks, or of whom "he" means, where the text leaves it open and its article does not.
    """

    text: str
    support: Support
    citations: tuple[int, ...]
    highlight: tuple[int, int] | None = None
    lead_in: str = ""

    @property
    def introduced(self) -> str:
        """Return the text behind its lead-in, which stands in brackets: it is no part of the quote."""
        return f"{bracketed(self.lead_in)}{self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How many tokens a language model has read and written for an answer."""

    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Near-copies of one report: the ids of the cited ones, and all outlets that carry it, in order of publication."""

    cited: tuple[str, ...]
    outlets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the articles say to a question.

    `text` is the supported statements, each with the numbers of its citations, like [1]. With `status` "not_found"
    it is empty, as are the citations, and `passages` are the nearest there is. `as_of` is the newest day of a cited
    article, `support` how well the best sentence answers (0 to 1), `timings` the seconds of each stage, and
    `generation` the state of the index that all of it comes from. `model` wrote the statements (empty: they are the
    articles' own), `rewritten` is what was searched when that is not the question itself, `period` the days that the
    question names and that were searched, `notice` tells the reader what was done otherwise than asked, and
    `caveat` that cited reports differ or were corrected. `stories` groups the cited articles by story: that many
    independent reports support the answer.
    """

    question: str
    status: Status
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    support: float
    generation: int
    timings: Mapping[str, float]
    model: str = ""
    rewritten: str = ""
    period: str = ""
    notice: str = ""
    caveat: str = ""
    usage: Usage | None = None
    stories: tuple[Story, ...] = ()

    @property
    def supported(self) -> tuple[Statement, ...]:
        """Return the statements that have citations, in their order: only these are part of the answer."""
        return tuple(statement for statement in self.statements if statement.citations)

    @property
    def text(self) -> str:
        """Return the supported statements in their order, with the numbers of their citations."""
        return " ".join(map(written, self.supported))

    def also_carried_by(self, citation: Citation) -> tuple[str, ...]:
        """Return the other outlets that carry the cited story."""
        story = next((story for story in self.stories if citation.article_id in story.cited), None)
        return tuple(outlet for outlet in story.outlets if outlet != citation.source) if story else ()

    @property
    def breadth(self) -> tuple[int, int, int]:
        """Return how many articles, independent reports and named outlets are cited."""
        articles = len({citation.article_id for citation in self.citations})
        outlets = len({citation.source for citation in self.citations if citation.source})
        return articles, len(self.stories) or articles, outlets

    @property
    def as_of(self) -> date | None:
        """Return the newest day of a cited article."""
        return max((citation.published for citation in self.citations if citation.published), default=None)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON values: dates as YYYY-MM-DD."""
        plain: dict[str, Any] = _plain({**asdict(self), "text": self.text, "as_of": self.as_of})
        return plain


def bracketed(lead_in: str) -> str:
    """Return a lead-in as it stands before a text; "" for none."""
    return f"[{lead_in}:] " if lead_in else ""


def written(statement: Statement) -> str:
    """Return a statement with its lead-in before it and the numbers of its citations behind it."""
    return f"{statement.introduced} {''.join(f'[{number}]' for number in statement.citations)}"


@dataclass(frozen=True, slots=True)
class PassagesFound:
    """Event of a stream: what was retrieved, and for what, when that is not the question itself."""

    passages: tuple[Passage, ...]
    rewritten: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True)
class TextPiece:
    """Event of a stream: the next words of the statement that is being written, not verified yet."""

    text: str


@dataclass(frozen=True, slots=True)
class StatementChecked:
    """Event of a stream: the words since the last such event are this statement, verified with these citations.

    One that is "unsupported" takes those words back. The citations are those that no earlier event has brought.
    """

    statement: Statement
    citations: tuple[Citation, ...] = ()


Event = PassagesFound | TextPiece | StatementChecked | Answer


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
