"""The Gradio components of the page that change, by name: what event handlers return new values for."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

NOT_NOTIFIED = (0, 0)
Values = dict[Component, Any]
"""New values of components; Gradio leaves those that are not named as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """The components of the page that change. `session` holds the tab, and is no output of any handler.

    `notified` is what the reader was last notified of: the generation, and the number of starter questions.
    """

    session: gr.State
    notified: gr.State
    head: gr.HTML
    toast: gr.HTML
    side: gr.HTML
    conversation: gr.HTML
    note: gr.HTML
    box: gr.Textbox
    chips: gr.HTML
    filters: gr.HTML
    browse: gr.HTML
    index: gr.HTML
    reader: gr.HTML

    @property
    def all(self) -> list[Component]:
        """Return the components that are an output of every handler, so that a handler may change any of them."""
        return [getattr(self, name) for name in self.__slots__ if name != "session"]


def number(event: gr.EventData, name: str) -> int:
    """Return a number of an event's data, or -1, which no question or citation has: a browser can send anything."""
    value = text(event, name)  # at most 8 digits: int() of a very long text takes seconds
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else -1


def text(event: gr.EventData, name: str) -> str:
    """Return a text of an event's data, or an empty one."""
    data = event._data
    return str(data.get(name) or "") if isinstance(data, dict) else ""
