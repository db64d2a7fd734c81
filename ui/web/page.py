"""The page's layout, and which handler each event calls. Handlers are in `events`, looks in `render` and style.css."""

import functools
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import gradio as gr

from qa import Assistant
from ui.settings import QUESTIONS, PageSettings
from ui.store.conversations import Store
from ui.strings import STRINGS
from ui.web.articles import Articles
from ui.web.components import NOT_NOTIFIED, Components, Values
from ui.web.events import EventHandlers
from ui.web.index_view import IndexView
from ui.web.reading import ReadingHandlers
from ui.web.session import SessionActions
from ui.web.tab import Tab

_NEWS_SECONDS = 15.0  # chosen, not measured: a small request, by which the server sees that the tab is open
# Ink on paper, one colour for everything clickable, system fonts only.
_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "sans-serif")
_MONO = ("ui-monospace", "Menlo", "Consolas", "monospace")
_INK = "#f8f7f3 #f1efe9 #e4e1d8 #cfcabd #8a857b #6b675e #55514a #3a3733 #26241f #1c1b19 #141311"
_DEEP = "#eef4fa #d9e7f4 #b5d0ea #9cc4ea #5f9bd0 #2f6ea8 #1f4e79 #1a4268 #153553 #10283f #0b1c2c"
_HTML: dict[str, Any] = {"apply_default_css": False, "show_label": False}


def build(assistant: Assistant, store: Store, *, settings: PageSettings) -> gr.Blocks:
    """Build the page over an assistant, with its conversations in the store."""
    actions = SessionActions(assistant, store)
    actions.suggestions.starters()  # starts the search for them in the background
    i18n = _translations(settings)
    blocks: gr.Blocks
    with gr.Blocks(title="Dateline", analytics_enabled=False, fill_width=True) as blocks:
        components = _lay_out(i18n)
        articles = Articles(assistant.index)
        reading = ReadingHandlers(actions, articles, components, IndexView(assistant, actions, settings))
        _wire(blocks, components, EventHandlers(actions, articles, components, settings), reading, settings)
    return blocks


def launch_options(settings: PageSettings) -> dict[str, Any]:
    """Return the options of Gradio's `launch` that set the page's appearance."""
    # The page of the API opens only if the footer links to it; style.css hides that link, since the index view has one.
    return {
        "theme": _theme(),
        "css": _file("style.css"),
        "i18n": _translations(settings),
        "footer_links": ["api"],
        "favicon_path": str(files("ui.web").joinpath("favicon.svg")),
    }


def _translations(settings: PageSettings) -> gr.I18n:
    return gr.I18n(**{name: dict(strings) for name, strings in STRINGS.items() if name in settings.languages})


def _file(name: str) -> str:
    return files("ui.web").joinpath(name).read_text(encoding="utf-8")


def script() -> str:
    """Return the page's script: the files of `script/`, in the order of their names."""
    found = sorted((one for one in files("ui.web").joinpath("script").iterdir() if one.name.endswith(".js")), key=str)
    return "\n".join(one.read_text(encoding="utf-8") for one in found)


_OWN: dict[str, Any] = {"html_template": '<div class="dl-own"></div>'}  # the script fills it: `script/12-renew.js`


def _html(id_: str, *events: str, whole: bool = False, **options: Any) -> gr.HTML:
    """Return a component whose value is HTML from `views`. Its events are sent by the script, which one of them brings.

    Gradio compiles templates as JavaScript in the browser. So the template only shows the value, and no input text may
    ever be part of one. Which events there are, Gradio reads from the script: hence their names in a comment.
    """
    hand_over = "(window.datelineParts ||= []).push({ element, trigger, props, watch });"
    names = " ".join(f"'{name}'" for name in events)
    code = f"{hand_over}  // {names}" + (f"\n{script()}" if whole else "")
    return gr.HTML(elem_id=id_, js_on_load=code, **_HTML, **options)


def _lay_out(i18n: gr.I18n) -> Components:
    """Lay out the page, and return the components that change."""
    states = {"session": gr.State(Tab()), "notified": gr.State(NOT_NOTIFIED)}
    head, toast = _html("dl-head", whole=True), _html("dl-toast")
    with gr.Row(elem_id="dl-body"):
        side = _html("dl-side", "begin", "open", "rename", "pin", "delete", **_OWN)
        with gr.Column(elem_id="dl-main"):
            conversation = _html(
                "dl-talk", "ask", "answer", "retry", "undo", "edit", "rate", "cite", "near", "resync", "suggest",
                "pass_on", "end", html_template='<div class="dl-turns"></div>',
            )  # fmt: skip
            with gr.Column(elem_id="dl-ask"):
                note = _html("dl-note", "keep")
                box = gr.Textbox(
                    label=i18n("ask_label"), placeholder=i18n("ask_placeholder"), show_label=False, container=False,
                    submit_btn=True, max_lines=6, autofocus=True, interactive=True, elem_id="dl-box",
                )  # fmt: skip
                chips, filters = _html("dl-chips"), _html("dl-filters", "filtered", **_OWN)
        browse = _html("dl-browse", "search", **_OWN)
        index = _html("dl-index", "overview", "reindex")
        reader = _html("dl-reader", "article")
    return Components(
        **states, head=head, toast=toast, side=side, conversation=conversation, note=note, box=box, chips=chips,
        filters=filters, browse=browse, index=index, reader=reader,
    )  # fmt: skip


def _changing(handler: Callable[..., Values], components: Components) -> Callable[..., Any]:
    """Return a handler as Gradio calls it: with the tab, whose session it gets, and changes if it returns a new one.

    The events of a tab are handled one at a time. What is sent of the conversation is numbered.
    """

    @functools.wraps(handler)  # Gradio reads the types of the arguments
    def handle(tab: Tab, *given: Any) -> Any:
        with tab.changing():
            values = handler(tab.session, *given)
            tab.session = values.pop(components.session, tab.session)
            if components.conversation in values:
                values[components.conversation]["change"] = tab.next_change()
        return values or gr.skip()

    return handle


def _wire(
    blocks: gr.Blocks, components: Components, handlers: EventHandlers, reading: ReadingHandlers, settings: PageSettings
) -> None:
    """Connect events with handlers. Only answers and reindexing go through the queue, so that all else works while many
    wait, and takes no place in it.

    Gradio drops an event while an earlier one of its kind is under way, if not told otherwise ("multiple").
    """
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": "multiple"}
    quick = {"outputs": components.all, "queue": False, **quiet}
    tab, talk = components.session, components.conversation

    def alone(name: str) -> Callable[..., Any]:
        return _changing(getattr(handlers, name), components)

    blocks.load(alone("arrive"), tab, **quick)
    # What is stopped or left ends by itself (`Tab.changing`). Gradio's `cancels` would close the tab's stream, and then
    # forget all events of the tab, also one that was sent since.
    answering = talk.answer(
        handlers.answer, tab, components.all, show_progress="minimal", show_progress_on=[talk],
        concurrency_id=QUESTIONS, concurrency_limit=settings.concurrency, api_visibility="private",
        trigger_mode="multiple",
    )  # fmt: skip
    answering.failure(alone("reject"), tab, **quick)
    for part, names in (
        (talk, ("ask", "retry", "undo", "edit", "rate", "resync", "pass_on", "end")),
        (components.note, ("keep",)),
        (components.filters, ("filtered",)),
        (components.side, ("begin", "open", "rename", "pin", "delete")),
    ):
        for name in names:
            getattr(part, name)(alone(name), tab, **quick)
    for part, name in (
        (talk, "cite"),
        (talk, "near"),
        (talk, "suggest"),
        (components.reader, "article"),
        (components.browse, "search"),
        (components.index, "overview"),
    ):
        getattr(part, name)(getattr(reading, name), tab, **quick)
    components.index.reindex(reading.reindex, tab, components.index, concurrency_limit=None, **quiet)
    gr.Timer(_NEWS_SECONDS).tick(alone("news"), [tab, components.notified], **quick)


def _theme() -> gr.themes.Base:
    """Return the theme of Gradio's own components. Whatever it has no variable for is in style.css."""
    made = gr.themes.Base(
        primary_hue=gr.themes.Color(*_DEEP.split()),
        secondary_hue=gr.themes.Color(*_DEEP.split()),
        neutral_hue=gr.themes.Color(*_INK.split()),
        font=_SANS,
        font_mono=_MONO,
        radius_size=gr.themes.sizes.radius_sm,
        text_size=gr.themes.sizes.text_lg,
    )
    return made.set(
        body_background_fill="#fbfaf7", body_background_fill_dark="#171614",
        body_text_color="#1c1b19", body_text_color_dark="#ebe8e1",
        body_text_color_subdued="#625e56", body_text_color_subdued_dark="#aaa59a",
        background_fill_primary="#fffefb", background_fill_primary_dark="#1e1d1a",
        background_fill_secondary="#f4f2ec", background_fill_secondary_dark="#262420",
        border_color_primary="#dcd8cd", border_color_primary_dark="#3a3733",
        block_background_fill="transparent", block_background_fill_dark="transparent",
        block_border_width="0px", block_shadow="none", block_padding="0px",
        block_label_text_color="#55514a", block_label_text_color_dark="#c7c2b6",
        block_title_text_color="#55514a", block_title_text_color_dark="#c7c2b6",
        block_title_text_weight="500", block_title_text_size="0.875rem",
        color_accent="#1f4e79", color_accent_soft="#e6eef6", color_accent_soft_dark="#21344a",
        link_text_color="#1f4e79", link_text_color_dark="#9cc4ea",
        link_text_color_hover="#10283f", link_text_color_hover_dark="#d9e7f4",
        input_background_fill="#fffefb", input_background_fill_dark="#1e1d1a",
        input_border_color="#8a857b", input_border_color_dark="#807b72",
        input_border_color_focus="#1f4e79", input_border_color_focus_dark="#9cc4ea",
        input_border_width="1px", input_shadow="none", input_shadow_focus="none",
        input_placeholder_color="#6b675e", input_placeholder_color_dark="#9b968b",
        button_primary_background_fill="#1f4e79", button_primary_background_fill_dark="#9cc4ea",
        button_primary_background_fill_hover="#153553", button_primary_background_fill_hover_dark="#b5d0ea",
        button_primary_text_color="#ffffff", button_primary_text_color_dark="#10283f",
        button_secondary_background_fill="transparent", button_secondary_background_fill_dark="transparent",
        button_secondary_background_fill_hover="#f1efe9", button_secondary_background_fill_hover_dark="#262420",
        button_secondary_border_color="#8a857b", button_secondary_border_color_dark="#807b72",
        button_border_width="1px", button_transition="none", layout_gap="1rem", form_gap_width="0px",
    )  # fmt: skip
