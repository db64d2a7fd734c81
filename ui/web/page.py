"""The page's layout, and which handler each event calls. Handlers are in `events`, looks in `render` and style.css."""

from importlib.resources import files
from typing import Any

import gradio as gr
from gradio.i18n import I18nData

from qa import Assistant
from ui.settings import QUESTIONS, PageSettings
from ui.store.conversations import Store
from ui.strings import STRINGS
from ui.web.events import NOT_NOTIFIED, Components, EventHandlers
from ui.web.index_tab import IndexTab
from ui.web.session import Session, SessionActions
from ui.web.theme import theme

_NEWS_SECONDS = 15.0
_LONGEST_NAME = 80
_DATE = '<label>${label}<input type="date" value="${value || ""}"></label>'
_DATE_CHANGED = """
element.addEventListener('change', (event) => {
  props.value = event.target.value;
  trigger('input');
});
"""
_HTML: dict[str, Any] = {"apply_default_css": False, "show_label": False}


def build(assistant: Assistant, store: Store, *, settings: PageSettings) -> gr.Blocks:
    """Build the page over an assistant, with its conversations in the store."""
    actions = SessionActions(assistant, store)
    actions.starters()  # starts the search for them in the background
    i18n = _translations(settings)
    blocks: gr.Blocks
    with gr.Blocks(title="Dateline", analytics_enabled=False, fill_width=True) as blocks:
        components, buttons = _lay_out(i18n, settings, IndexTab(assistant, actions, settings))
        _wire(blocks, components, buttons, EventHandlers(actions, components, settings), settings)
    return blocks


def launch_options(settings: PageSettings) -> dict[str, Any]:
    """Return the options of Gradio's `launch` that set the page's appearance."""
    return {"theme": theme(), "css": _file("style.css"), "i18n": _translations(settings), "footer_links": []}


def _translations(settings: PageSettings) -> gr.I18n:
    return gr.I18n(**{name: dict(strings) for name, strings in STRINGS.items() if name in settings.languages})


def _file(name: str) -> str:
    return files("ui.web").joinpath(name).read_text(encoding="utf-8")


def _html(id_: str, **options: Any) -> gr.HTML:
    """Return a component whose value is HTML from `render`, with the page's script attached.

    Gradio compiles templates as JavaScript in the browser. So the template only shows the value, and no input text may
    ever be part of one.
    """
    return gr.HTML(elem_id=id_, js_on_load=_file("page.js"), **_HTML, **options)


def _date(label: I18nData) -> gr.HTML:
    """Return the browser's own date field, which has the reader's language and calendar."""
    return gr.HTML("", label=label, html_template=_DATE, js_on_load=_DATE_CHANGED, elem_classes="dl-date", **_HTML)


def _lay_out(i18n: gr.I18n, settings: PageSettings, index_tab: IndexTab) -> tuple[Components, gr.Button]:
    """Lay out the page. Return the components that change, and the button for a new conversation."""
    states = {"session": gr.State(Session()), "notified": gr.State(NOT_NOTIFIED)}
    head, toast = _html("dl-head"), _html("dl-toast")
    with gr.Tabs(elem_id="dl-tabs"):
        with gr.Tab(i18n("ask_tab"), id="ask"), gr.Row(elem_id="dl-body"):
            with gr.Column(elem_id="dl-side"):
                begin_new = gr.Button(i18n("new"), size="sm", elem_id="dl-new")
                side = _html("dl-list")
            with gr.Column(elem_id="dl-main"):
                conversation = _html("dl-talk", html_template="${(value || []).join('')}")
                with gr.Column(elem_id="dl-ask"):
                    note = _html("dl-note")
                    box = gr.Textbox(
                        label=i18n("ask_label"), placeholder=i18n("ask_placeholder"), show_label=False, container=False,
                        submit_btn=True, max_length=settings.question_limit, max_lines=6, autofocus=True,
                        elem_id="dl-box",
                    )  # fmt: skip
                    chips = _html("dl-chips")
                    with gr.Accordion(i18n("add_filters"), open=False, elem_id="dl-filters"), gr.Row():
                        since, until = _date(i18n("from")), _date(i18n("until"))
                        sources = gr.Dropdown(label=i18n("outlet"), multiselect=True)
                        categories = gr.Dropdown(label=i18n("category"), multiselect=True)
            reader = _html("dl-reader")
        with gr.Tab(i18n("index_tab"), id="index", elem_id="dl-index") as tab:
            index_tab.lay_out(tab, i18n)
    components = Components(
        **states, head=head, toast=toast, side=side, conversation=conversation, note=note, box=box, chips=chips,
        since=since, until=until, sources=sources, categories=categories, reader=reader,
    )  # fmt: skip
    return components, begin_new


def _wire(
    blocks: gr.Blocks, components: Components, begin_new: gr.Button, handlers: EventHandlers, settings: PageSettings
) -> None:
    """Connect events with handlers. Only answers go through the queue, so that all else works while many wait."""
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    quick = {"outputs": components.all, "queue": False, **quiet}
    session, fields = components.session, components.fields
    blocks.load(handlers.arrive, None, **quick)
    components.box.submit(handlers.put, [session, components.box, *fields], **quick)
    components.conversation.suggested(handlers.suggested, [session, *fields], **quick)
    components.chips.unfilter(handlers.unfilter, [session, *fields], **quick)
    gr.on([field.input for field in fields], handlers.filtered, [session, *fields], **quick)
    for name in ("retry", "undo", "edit", "like", "dislike", "cite", "near"):
        getattr(components.conversation, name)(getattr(handlers, name), session, **quick)
    components.reader.cite(handlers.cite, session, **quick)
    components.note.keep(handlers.keep, session, **quick)
    for name in ("open", "rename", "delete"):
        getattr(components.side, name)(getattr(handlers, name), session, **quick)
    begin_new.click(handlers.begin_new, session, **quick)
    answering = components.conversation.answer(
        handlers.answer, session, components.all, show_progress="minimal", show_progress_on=[components.conversation],
        concurrency_id=QUESTIONS, concurrency_limit=settings.concurrency, api_visibility="private",
    )  # fmt: skip
    answering.failure(handlers.reject, session, **quick)
    components.box.stop(handlers.stop, session, **quick, cancels=[answering])
    gr.Timer(_NEWS_SECONDS).tick(handlers.news, [session, components.notified], **quick)
