"""Work out which declarations of a page's own style sheets hold for which element.

The one module that knows tinycss2 and cssselect2. Only what can hide text is read. Linked style sheets are not
fetched: what they hide or show is unknown.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import cssselect2
import tinycss2
import tinycss2.ast
import tinycss2.color4

from index.read.base import Skip
from index.read.html.markup import Element

Declarations = dict[str, str]
"""Property name to value, both in lower case, the winner of the cascade, in the order in which they were declared."""

Colour = tuple[float, float, float, float]
"""Red, green, blue and opacity, from 0 to 1."""

# tinycss2 reads 0.1 to 0.5 MB a second, so rules for classes that the page does not use are dropped before it.
MAX_STYLES = 100_000
MAX_MATCHES = 1_000_000

PROPERTIES = frozenset(
    (
        "display", "visibility", "opacity", "font", "font-size", "color", "background", "background-color",
        "background-image", "background-clip", "-webkit-background-clip", "-webkit-text-fill-color",
        "position", "left", "right", "top", "bottom", "text-indent", "width", "height", "max-width",
        "max-height", "overflow", "overflow-x", "overflow-y", "clip", "clip-path", "transform", "scale",
        "zoom", "margin-left", "filter", "text-decoration", "text-decoration-line", "transition",
        "transition-property", "animation", "animation-name", "content-visibility",
    )
)  # fmt: skip
_LEXED = re.compile(
    r"""/\*.*?(?:\*/|\Z)|"(?:[^"\\\n]|\\.)*+(?:"|(?=\n)|\Z)|'(?:[^'\\\n]|\\.)*+(?:'|(?=\n)|\Z)|url\([^)"']*+\)""",
    re.DOTALL | re.IGNORECASE,
)
_RULE = re.compile(r"([^{}]*+)\{([^{}]*+)\}")
_NAME = re.compile(r"[.#](-?[A-Za-z_][\w-]*)")
_PROPERTY = re.compile(r"(?:^|[;\s])([a-z-]+)\s*:", re.IGNORECASE)
_WIDTH = re.compile(r"\(\s*(min|max)-width\s*:\s*([\d.]+)(px|em|rem)\s*\)")
SCREEN = 1280  # pixels; chosen, not measured: the width for which media queries and percentages are worked out
_COSTLY = re.compile(r":has\(|:nth-|:.*-of-type|:last-|:only-|~")


class StyleSheet:
    """The declarations of a page's `<style>` elements and style attributes."""

    def __init__(self, root: Element) -> None:
        names: Counter[str] = Counter()
        for element in root.iter():
            names[element.tag] += 1
            names.update({*element.get("class", "").split(), element.get("id", "")})
        self._matched = _match(root, _rules(_own_styles(root), names), names)

    def declarations(self, element: Element) -> Declarations:
        """Return what is declared for an element itself, style attribute included; nothing is inherited."""
        pairs = list(self._matched.get(element, ()))
        style = element.get("style")
        if style:
            pairs += _declared(tinycss2.parse_blocks_contents(style[:10_000]))
        winners: Declarations = {}
        for name, value, _ in sorted(pairs, key=lambda pair: pair[2]):
            winners.pop(name, None)  # so that of `font` and `font-size` the later stands later
            winners[name] = value
        return winners


def parse_colour(value: str) -> Colour | None:
    """Return the colour that a CSS value stands for; None for `inherit`, variables and what is no colour."""
    colour = tinycss2.color4.parse_color(value)
    if colour is None or colour == "currentcolor":
        return None
    red, green, blue = (min(max(part, 0.0), 1.0) for part in colour.to("srgb").coordinates)
    return red, green, blue, float(colour.alpha)


_Pair = tuple[str, str, bool]


def _own_styles(root: Element) -> str:
    """Return the style sheets inside the page that hold on a screen."""
    sheets = (
        style.text or ""
        for style in root.iter("style")
        if _holds_on_screen(style.get("media", "")) and next(style.iterancestors("noscript"), None) is None
    )
    return "\n".join(sheets).replace("<!--", "").replace("-->", "")


def _rules(css: str, names: Counter[str]) -> list[tuple[str, list[_Pair]]]:
    """Return each rule that may hold for an element of the page: its selectors and what it declares."""
    css = _LEXED.sub(lambda found: _harmless(found[0]), css)
    css = _RULE.sub(lambda found: _if_it_matters(found, names), css)
    if len(css) > MAX_STYLES:
        raise Skip("its style sheets are too large to tell what is visible")
    parsed = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return list(_qualified(parsed, depth=0))


def _harmless(token: str) -> str:
    """Return a comment, string or address so that its braces cannot be taken for a rule's."""
    if token.startswith("/*"):
        return " "
    return token if not re.search(r"[{};]", token) else '""'


def _if_it_matters(rule: re.Match[str], names: Counter[str]) -> str:
    """Return a rule without blocks inside as it is, or what stands before it where it cannot hide or show anything."""
    before, semicolon, selectors = rule[1].rpartition(";")
    if not PROPERTIES.isdisjoint(name.lower() for name in _PROPERTY.findall(rule[2])) and any(
        "\\" in one or all(name in names for name in _NAME.findall(one)) for one in selectors.split(",")
    ):
        return rule[0]
    return before + semicolon


def _qualified(rules: Sequence[tinycss2.ast.Node], depth: int, parent: str = "") -> Iterator[tuple[str, list[_Pair]]]:
    """Yield selectors and declarations of rules, those inside `@media` and inside other rules included."""
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = _nested(tinycss2.serialize(rule.prelude), parent)
            inside = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
            pairs = list(_declared(inside))
            if pairs:
                yield selectors, pairs
            if depth < 5:
                yield from _qualified(inside, depth + 1, selectors)
        elif rule.type == "at-rule" and rule.content and depth < 5 and _applies(rule):
            inside = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
            if parent:
                yield parent, list(_declared(inside))
            yield from _qualified(inside, depth + 1, parent)


def _nested(selectors: str, parent: str) -> str:
    if not parent:
        return selectors
    return selectors.replace("&", f":is({parent})") if "&" in selectors else f":is({parent}) {selectors}"


def _applies(rule: tinycss2.ast.AtRule) -> bool:
    if rule.lower_at_keyword == "media":
        return _holds_on_screen(tinycss2.serialize(rule.prelude))
    return rule.lower_at_keyword in ("supports", "layer")


def _holds_on_screen(query: str) -> bool:
    """Return whether a media query holds on a desktop screen. Features other than widths are taken as not met."""
    return not query.strip() or any(_one_holds(one.strip().lower()) for one in query.split(","))


def _one_holds(query: str) -> bool:
    if re.match(r"not\b|print\b|only print\b|speech\b", query):
        return False
    for bound, number, unit in _WIDTH.findall(query):
        pixels = float(number) * (1 if unit == "px" else 16)
        if pixels > SCREEN if bound == "min" else pixels < SCREEN:
            return False
    rest = _WIDTH.sub("", query)
    return re.fullmatch(r"(?:only|screen|all|and|\s)*", rest) is not None


def _declared(nodes: Sequence[tinycss2.ast.Node]) -> Iterator[_Pair]:
    for node in nodes:
        if node.type == "declaration" and node.lower_name in PROPERTIES:
            yield node.lower_name, tinycss2.serialize(node.value).strip().lower(), node.important


def _match(root: Element, rules: list[tuple[str, list[_Pair]]], names: Counter[str]) -> dict[Element, list[_Pair]]:
    if not rules:
        return {}
    matcher, cost, total = cssselect2.Matcher(), 0, sum(names.values())
    for prelude, pairs in rules:
        for selector in _compiled(prelude):
            key = selector.id or selector.class_name or selector.lower_local_name
            tests = names[key] if key else total
            cost += tests * (200 if _COSTLY.search(prelude) else 1 + prelude.count(" "))
            matcher.add_selector(selector, pairs)
    if cost > MAX_MATCHES:
        raise Skip("its style sheets are too costly to tell what is visible")
    return dict(_matches(matcher, root))


def _matches(matcher: cssselect2.Matcher, root: Element) -> Iterator[tuple[Element, list[_Pair]]]:
    for wrapper in cssselect2.ElementWrapper.from_html_root(root).iter_subtree():
        found = matcher.match(wrapper)
        if found:
            yield wrapper.etree_element, [pair for *_, pseudo, pairs in found if pseudo is None for pair in pairs]


def _compiled(prelude: str) -> list[cssselect2.compiler.CompiledSelector]:
    """Return the selectors before a rule's braces. A list with one that cannot be read declares nothing, as in CSS."""
    if len(prelude) > 2000:
        return []
    try:
        return [one for one in cssselect2.compile_selector_list(prelude) if not one.never_matches]
    except (cssselect2.SelectorError, RecursionError):
        return []
