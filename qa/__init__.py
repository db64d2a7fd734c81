"""Ask your articles: `Assistant.open(path).ask(question)` gives an answer whose every citation is verified."""

from index import Article, Chunk, DatelineError, Scope
from qa.answer.answerer import Answerer
from qa.assistant import Assistant
from qa.evidence import Evidence
from qa.find.retrieve import NewsRetriever
from qa.talk.conversation import Conversation, Exchange
from qa.values import (
    Answer,
    Citation,
    Event,
    Passage,
    PassagesFound,
    Statement,
    StatementChecked,
    TextPiece,
    Turn,
    Usage,
)

__all__ = [
    "Answer",
    "Answerer",
    "Article",
    "Assistant",
    "Chunk",
    "Citation",
    "Conversation",
    "DatelineError",
    "Event",
    "Evidence",
    "Exchange",
    "NewsRetriever",
    "Passage",
    "PassagesFound",
    "Scope",
    "Statement",
    "StatementChecked",
    "TextPiece",
    "Turn",
    "Usage",
]
