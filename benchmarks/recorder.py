"""Hear what a chat model really wrote, beside what was made of it."""

from typing import Any

from langchain_core.callbacks import BaseCallbackHandler


class Recorder(BaseCallbackHandler):
    """Keeps the text of every call: `model.callbacks = [recorder]`."""

    run_inline = True

    def __init__(self) -> None:
        self.texts: list[str] = []

    def on_chat_model_start(self, *_: Any, **__: Any) -> None:
        self.texts.append("")

    def on_llm_new_token(self, token: Any, **_: Any) -> None:
        self.texts[-1] += token if isinstance(token, str) else ""
