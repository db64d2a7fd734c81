"""The theme of Gradio's own components: ink on paper, one colour for everything clickable, system fonts only.

Whatever Gradio has no variable for is in style.css.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio as gr

SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "sans-serif")
MONO = ("ui-monospace", "Menlo", "Consolas", "monospace")
_INK = "#f8f7f3 #f1efe9 #e4e1d8 #cfcabd #8a857b #6b675e #55514a #3a3733 #26241f #1c1b19 #141311"
_DEEP = "#eef4fa #d9e7f4 #b5d0ea #9cc4ea #5f9bd0 #2f6ea8 #1f4e79 #1a4268 #153553 #10283f #0b1c2c"


def theme() -> "gr.themes.Base":
    """Return the theme, light and dark."""
    import gradio as gr

    made = gr.themes.Base(
        primary_hue=gr.themes.Color(*_DEEP.split()),
        secondary_hue=gr.themes.Color(*_DEEP.split()),
        neutral_hue=gr.themes.Color(*_INK.split()),
        font=SANS,
        font_mono=MONO,
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
