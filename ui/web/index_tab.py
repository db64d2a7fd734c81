"""The index tab: what the index holds, and for admins a button to reindex."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from qa import Assistant
from ui.settings import PageSettings
from ui.strings import Words, preferred
from ui.web.reindexing import Reindexing
from ui.web.session import SessionActions
from ui.web.views import overview
from ui.web.views.markup import Html, el


class IndexTab:
    """The tab's components and handlers."""

    def __init__(self, assistant: Assistant, actions: SessionActions, settings: PageSettings) -> None:
        self._assistant, self._actions, self._settings = assistant, actions, settings
        self._reindexing = Reindexing(settings.index, settings.sources)

    def lay_out(self, tab: gr.Tab, i18n: gr.I18n) -> None:
        """Lay out the components in the open tab, and connect their events."""
        facts = gr.HTML(elem_id="dl-facts", apply_default_css=False)
        with gr.Row():
            bars: dict[str, Any] = {
                "x": "name",
                "y": "count",
                "x_title": " ",
                "y_title": " ",
                "y_lim": [0, None],
                "x_label_angle": -45,
            }
            outlets = gr.BarPlot(**bars, label=i18n("by_outlet"), height=300, show_label=True)
            months = gr.BarPlot(**bars, label=i18n("by_month"), height=300, show_label=True)
        rejected = gr.HTML(elem_id="dl-rejected", apply_default_css=False)
        with gr.Column(visible=False, elem_id="dl-reindex") as group:
            intro = gr.HTML(apply_default_css=False)
            button = gr.Button(i18n("reindex"), variant="secondary", size="sm")
            state = gr.HTML(elem_id="dl-run", apply_default_css=False)
        shown: list[Any] = [facts, outlets, months, rejected, group, intro]
        plain: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        tab.select(self.show, None, shown, queue=False, **plain)
        button.click(self.reindex, None, [button, state], concurrency_limit=None, **plain).then(
            self.show, None, shown, queue=False, **plain
        )

    def show(self, request: gr.Request) -> tuple[Any, ...]:
        """Return facts, both charts, rejected files, and whether the reader may reindex."""
        words, coverage = self._words(request), self._actions.coverage()
        run = self._assistant.index.last_run()
        outlets, months = overview.outlets(coverage, words), overview.months(coverage, words)
        return (
            overview.facts(coverage, run.finished, words),
            gr.update(value=_plot(outlets), sort=[bar.name for bar in outlets]),
            gr.update(value=_plot(months), sort=[bar.name for bar in months]),
            overview.rejected(run.rejected, words) if run.finished else "",  # a copy of an index does not know
            gr.update(visible=self._may(request)),
            el("p", words("reindex_intro"), class_="dl-facts"),
        )

    def reindex(self, request: gr.Request) -> Iterator[tuple[Any, Html]]:
        """Start a run, or follow the one in progress, and yield its progress."""
        if not self._may(request):  # hiding the button protects nothing: anybody can send its event
            return
        words = self._words(request)
        self._reindexing.start()
        for run in self._reindexing.states():
            yield gr.update(interactive=run.over), overview.progress(run, words)

    def _may(self, request: gr.Request) -> bool:
        return bool(request.username) and request.username in self._settings.admins()

    def _words(self, request: gr.Request) -> Words:
        return Words(preferred(request.headers.get("accept-language", ""), self._settings.languages))


def _plot(bars: list[overview.Bar]) -> dict[str, Any]:
    """Return the bars in the form that Gradio sends to the browser."""
    return {
        "columns": ["name", "count"],
        "data": [[bar.name, bar.count] for bar in bars],
        "datatypes": {"name": "nominal", "count": "quantitative"},
        "mark": "bar",
    }
