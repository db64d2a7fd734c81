"""What writes an answer from evidence: a LangChain runnable that can also stream."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig

from qa.evidence import Evidence
from qa.values import Answer, Event


class Answerer(Runnable[Evidence, Answer]):
    """A runnable from `Evidence` to `Answer` that tells its words as they come."""

    @abstractmethod
    def events(self, evidence: Evidence, config: RunnableConfig | None = None) -> Iterator[Event]:
        """Yield the text of each statement in pieces, each statement once checked, and the whole `Answer` last."""

    def invoke(self, input: Evidence, config: RunnableConfig | None = None, **_: Any) -> Answer:  # noqa: A002
        """Return the whole answer."""
        *_pieces, answer = self.events(input, config)
        assert isinstance(answer, Answer)  # the contract of `events`
        return answer
