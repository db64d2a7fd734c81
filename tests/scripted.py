"""A chat model that says what a test wrote down, in pieces, and remembers what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

Piece = str | float | Exception | AIMessageChunk
"""Words, seconds to wait, an exception to raise, or a whole chunk."""


class Scripted(BaseChatModel):
    """Plays its scripts one after the other, the last one again and again."""

    scripts: list[list[Any]]
    _asked: list[list[BaseMessage]] = PrivateAttr(default_factory=list)
    _said: list[Piece] = PrivateAttr(default_factory=list)
    _stopped: list[bool] = PrivateAttr(default_factory=list)

    @property
    def asked(self) -> list[list[BaseMessage]]:
        """The messages of every call."""
        return self._asked

    @property
    def said(self) -> list[Piece]:
        """The pieces that were taken from it."""
        return self._said

    @property
    def stopped(self) -> list[bool]:
        """For every call that ended: whether it was broken off from outside."""
        return self._stopped

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _next(self, messages: list[BaseMessage]) -> list[Piece]:
        self._asked.append(messages)
        return self.scripts[min(len(self._asked), len(self.scripts)) - 1]

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        text = "".join(piece for piece in self._next(messages) if isinstance(piece, str))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        whole = False
        try:
            for piece in self._next(messages):
                await asyncio.sleep(piece if isinstance(piece, float) else 0)
                if isinstance(piece, Exception):
                    raise piece  # noqa: TRY301
                if not isinstance(piece, float):
                    self._said.append(piece)
                    yield ChatGenerationChunk(
                        message=piece if isinstance(piece, AIMessageChunk) else AIMessageChunk(content=piece)
                    )
            whole = True
        except Exception:
            whole = True
            raise
        finally:
            self._stopped.append(not whole)


def saying(*scripts: str | Sequence[Piece]) -> Scripted:
    """Return a model that says these texts, word by word, or plays these pieces."""
    return Scripted(
        scripts=[
            [word for part in script.splitlines(keepends=True) for word in _words(part)]
            if isinstance(script, str)
            else list(script)
            for script in scripts
        ]
    )


def _words(line: str) -> list[str]:
    first, *rest = line.split(" ")
    return [first, *(f" {word}" for word in rest)]
