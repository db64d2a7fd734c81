"""Take out of a page what a reader does not see, since planted instructions hide there, and what is struck out.

Follows CSS as far as text is concerned: what is inherited, what a child can override, what hides a whole subtree.
Text that only waits for a click or a script stays: `<details>`, a fade-in, a page that is hidden until it has loaded.
`aria-hidden` hides nothing from the eye and is ignored. What linked style sheets hide is unknown.
"""

import re
from copy import deepcopy
from dataclasses import dataclass, replace

from index.read.html.boxes import out_of_sight, pixels
from index.read.html.markup import Element
from index.read.html.stylesheet import Colour, Declarations, StyleSheet, parse_colour

UNSEEN = (
    "script", "style", "template", "noscript", "iframe", "frame", "object", "embed", "applet", "svg",
    "canvas", "audio", "video", "map", "datalist", "input", "select", "option", "textarea", "button", "rp",
)  # fmt: skip
_STRUCK = ("del", "s", "strike")
_STORY = ".//h1|.//article|.//main|.//*[@itemprop='articleBody']"
_WAITING = re.compile(r"javascript|loading|browser|please wait|cookies", re.IGNORECASE)
_WHITE: Colour = (1.0, 1.0, 1.0, 1.0)
_SMALLEST = 2.0  # pixels of a font; chosen, not measured: nobody can read it, and small print has 8 and more
_FAINTEST = 0.05  # of opacity; chosen, not measured: black on white has a contrast of 1.1 then
_LEAST_CONTRAST = 1.2  # #eee on white has 1.16, the palest grey in use for small print (#ddd) 1.36
_KEYWORD_SIZE = re.compile(r"(?:xx?-|xxx-)?(?:small|large)|medium|initial|calc\(|clamp\(|min\(|max\(|var\(")


@dataclass(frozen=True, slots=True)
class _Style:
    """What an element inherits, and what is painted behind it."""

    shown: bool = True
    font_size: float = 16.0
    colour: Colour | None = None
    background: Colour | None = _WHITE
    """None where it is unknown: an image, or what a linked style sheet may paint."""
    clipped_to_text: bool = False

    @property
    def legible(self) -> bool:
        if self.colour is None or self.clipped_to_text:
            return True
        if self.colour[3] <= _FAINTEST:
            return False
        return self.background is None or _contrast(self.colour, self.background) >= _LEAST_CONTRAST


def remove_unseen(root: Element) -> None:
    """Remove from a page what a reader does not see and what is struck out. Text that follows an element stays."""
    sheet = StyleSheet(root)
    for element in list(root.iter(*UNSEEN, *_STRUCK)):
        if element.getparent() is not None:
            element.drop_tree()
    body = root.find("body")
    if body is None:
        return
    declared = {element: sheet.declarations(element) for element in (root, *body.iter())}
    pruner = _Pruner(declared, body, linked=root.find(".//link[@rel='stylesheet']") is not None)
    wrappers = [one for one in declared if pruner.wraps_story(one) and _waits(one, declared[one])]
    if wrappers:
        seen = deepcopy(root)
        copied = dict(zip(seen.iter(), (declared.get(one, {}) for one in root.iter()), strict=True))
        _Pruner(copied, seen.find("body"), linked=pruner.linked).prune(seen, _Style())
        if not _holds_sentence(seen):
            pruner.revealed = frozenset(wrappers)
    pruner.prune(root, _Style())


def _waits(element: Element, declared: Declarations) -> bool:
    """Return whether an element is hidden in a way that a script undoes when the page has loaded."""
    return _not_displayed(element, declared) or _faint(declared) or declared.get("visibility") == "hidden"


def _holds_sentence(root: Element) -> bool:
    """Return whether any sentence is left to see, other than about the loading itself."""
    for element in list(root.iter("head", "nav", "header", "footer", "aside")):
        if element.getparent() is not None:
            element.drop_tree()
    sentences = re.split(r"(?<=[.!?])[\"”’')\]]*\s", " ".join(root.itertext())[:100_000])
    return any(len(one.split()) >= 4 and re.search(r"[.!?]\W*$", one) and not _WAITING.search(one) for one in sentences)


class _Pruner:
    """Walks down a page with what is inherited, and removes what is not seen."""

    def __init__(self, declared: dict[Element, Declarations], body: Element, *, linked: bool) -> None:
        self.declared = declared
        self.linked = linked
        self.revealed: frozenset[Element] = frozenset()
        self._share = _shares(body)

    def wraps_story(self, element: Element) -> bool:
        """Return whether an element holds the page's story: most of the text, and a headline or an article."""
        if self._share.get(element, 1.0) <= 0.5:
            return False
        return element.tag in ("html", "body", "article", "main") or bool(element.xpath(_STORY))

    def prune(self, element: Element, inherited: _Style) -> None:
        """Remove what is not seen of an element, or the whole of it."""
        declared = self.declared.get(element, {})
        if element.tag == "head":
            return
        if element.getparent() is not None and self._gone(element, declared):
            element.drop_tree()
            return
        style = self._style(element, declared, inherited)
        children = list(element)
        if not self._seen(element, style):
            element.text = None
            for child in children:
                child.tail = None
        for child in children:
            self.prune(child, style)

    def _seen(self, element: Element, style: _Style) -> bool:
        if not style.shown or style.font_size < _SMALLEST:
            return False
        # Nobody writes most of a page in its background's colour: a linked style sheet sets another one.
        return style.legible or self._share.get(element, 1.0) > 0.5

    def _gone(self, element: Element, declared: Declarations) -> bool:
        if element not in self.revealed and (_not_displayed(element, declared) or _faint(declared)):
            return True
        return out_of_sight(declared) or "line-through" in (
            declared.get("text-decoration", "") + declared.get("text-decoration-line", "")
        )

    def _style(self, element: Element, declared: Declarations, inherited: _Style) -> _Style:
        shown = inherited.shown
        if "visibility" in declared and declared["visibility"] != "inherit":
            shown = element in self.revealed or declared["visibility"] not in ("hidden", "collapse")
        style = replace(inherited, shown=shown, font_size=_font_size(declared, inherited.font_size))
        background = _background(element, declared, inherited.background)
        if background == inherited.background and self._maybe_painted(element):
            background = None
        return replace(
            style,
            background=background,
            colour=_colour(element, declared, inherited.colour),
            clipped_to_text=inherited.clipped_to_text or "text" in _all(declared, "background-clip", "background"),
        )

    def _maybe_painted(self, element: Element) -> bool:
        """Return whether a linked style sheet may paint an element; not the wrapper that all of the story shares."""
        named = element.get("class") or element.get("id")
        return self.linked and bool(named) and self._share.get(element, 1.0) <= 0.5


def _shares(body: Element) -> dict[Element, float]:
    """Return the share of the page's text that each element holds."""
    lengths: dict[Element, int] = {}
    for element in reversed(list(body.iter())):
        own = len(element.text or "") + sum(len(child.tail or "") for child in element)
        lengths[element] = own + sum(lengths[child] for child in element)
    total = max(1, lengths[body])
    return {element: length / total for element, length in lengths.items()}


def _not_displayed(element: Element, declared: Declarations) -> bool:
    display = declared.get("display")
    return display == "none" or (display is None and "hidden" in element.attrib)


def _faint(declared: Declarations) -> bool:
    """Return whether an element is transparent, and does not fade in."""
    opacity = _number(declared.get("opacity", "1"))
    if opacity is None or opacity > _FAINTEST:
        return False
    moves = _all(declared, "transition", "transition-property", "animation", "animation-name")
    fades = bool(moves.strip()) and "none" not in moves
    return not fades or declared.get("position") in ("absolute", "fixed")


def _number(value: str) -> float | None:
    try:
        return float(value[:-1]) / 100 if value.endswith("%") else float(value)
    except ValueError:
        return None


def _all(declared: Declarations, *names: str) -> str:
    return " ".join(value for name, value in declared.items() if name.removeprefix("-webkit-") in names)


def _font_size(declared: Declarations, inherited: float) -> float:
    size = inherited
    for name, value in declared.items():
        if name == "font-size":
            size = _one_size(value, inherited)
        elif name == "font" and (found := re.search(r"(?<![\w.])(0|[\d.]+(?:%|[a-z]+))(?:\s*/\s*\S+)?\s+\S", value)):
            size = _one_size(found[1], inherited)
    return size


def _one_size(value: str, inherited: float) -> float:
    if _KEYWORD_SIZE.match(value):
        return 16.0
    if value in ("larger", "smaller"):
        return inherited * (1.2 if value == "larger" else 1 / 1.2)
    size = pixels(value, em=inherited, percent_of=inherited)
    return inherited if size is None or size < 0 else size


def _colour(element: Element, declared: Declarations, inherited: Colour | None) -> Colour | None:
    stated = declared.get("-webkit-text-fill-color") or declared.get("color") or element.get("color")
    if not stated:
        return inherited
    if stated in ("inherit", "currentcolor"):
        return inherited
    return parse_colour(stated)


def _background(element: Element, declared: Declarations, behind: Colour | None) -> Colour | None:
    result = _painted(element.get("bgcolor", ""), behind)
    if element.get("background"):
        return None
    for name, value in declared.items():
        if name in ("background", "background-color"):
            result = _painted(value, behind)
        elif name == "background-image" and value != "none":
            result = None
    return result


def _painted(value: str, behind: Colour | None) -> Colour | None:
    """Return the colour behind the text after a background has been painted; None for an image or a variable."""
    if re.search(r"url\(|gradient\(|image|var\(", value):
        return None
    colours = (parse_colour(value), *map(parse_colour, re.split(r"\s+(?![^(]*\))", value)))
    colour = next((one for one in colours if one), None)
    if colour is None or colour[3] <= _FAINTEST:
        return behind
    return _over(colour, behind) if behind else colour


def _over(front: Colour, behind: Colour) -> Colour:
    red, green, blue = (one * front[3] + other * (1 - front[3]) for one, other in zip(front[:3], behind, strict=False))
    return red, green, blue, 1.0


def _contrast(front: Colour, behind: Colour) -> float:
    """Return the contrast ratio of the Web Content Accessibility Guidelines, from 1 to 21."""
    lighter, darker = sorted((_luminance(_over(front, behind)), _luminance(behind)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
