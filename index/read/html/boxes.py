"""Tell from the size, the place and the clipping of a box whether its text is out of sight."""

import re

from index.read.html.stylesheet import SCREEN, Declarations

_LENGTH = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))([a-z]+|%)?")
_PIXELS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "cm": 37.8, "mm": 3.78, "in": 96.0, "q": 0.945, "rem": 16.0}
_OF_THE_SCREEN = {"vw": 12.8, "vh": 8.0, "vmin": 8.0, "vmax": 12.8}
# Hanging indents and overlaps move text by up to some 200 pixels; what is to be out of sight by 500 at least.
_FAR = 500
_CALC = re.compile(r"calc\(\s*([^()\s]+)\s*\)")
_TRANSLATE = re.compile(r"translate(?:x|y|3d)?\(([^)]*)\)")
_SCALE = re.compile(r"scale(?:x|y|z|3d)?\(([^)]*)\)")
_EDGES = ("left", "right", "top", "bottom")


def pixels(value: str, *, em: float = 16.0, percent_of: float = SCREEN) -> float | None:
    """Return a CSS length in pixels; None for `auto` and what only a browser can work out."""
    found = _LENGTH.fullmatch(_CALC.sub(r"\1", value).strip())
    if not found:
        return None
    number, unit = float(found[1]), found[2] or ""
    if unit in ("em", "ex", "ch", "lh"):
        return number * em
    if unit == "%":
        return number / 100 * percent_of
    factor = _PIXELS.get(unit) or _OF_THE_SCREEN.get(unit)
    return None if factor is None else number * factor


def out_of_sight(declared: Declarations) -> bool:
    """Return whether a box with these declarations shows nothing of its text, nor of what is inside it."""
    return bool(declared) and (
        _cut(declared)
        or _clipped(declared)
        or _moved_away(declared)
        or _shrunk(declared)
        or declared.get("content-visibility") == "hidden"
    )


def _cut(declared: Declarations) -> bool:
    """Return whether the box is at most a pixel in size and hides what flows over."""
    overflow = " ".join(value for name, value in declared.items() if name.startswith("overflow"))
    if not re.search(r"hidden|clip|scroll|auto", overflow):
        return False
    sizes = [pixels(declared[name]) for name in ("width", "height", "max-width", "max-height") if name in declared]
    return any(size is not None and 0 <= size <= 1 for size in sizes) or _indented_away(declared, 300)


def _clipped(declared: Declarations) -> bool:
    rectangle = re.fullmatch(r"rect\((.*)\)", declared.get("clip", ""))
    if rectangle and declared.get("position") in ("absolute", "fixed"):
        edges = [pixels(edge) for edge in re.split(r"[\s,]+", rectangle[1].strip())]
        if all(edge is not None for edge in edges) and len({round(edge or 0) for edge in edges}) == 1:
            return True
    return _clip_path(declared.get("clip-path", ""))


def _clip_path(value: str) -> bool:
    inset = re.match(r"inset\(([^)]*)\)", value)
    if inset:
        edges = [pixels(edge, percent_of=100) or 0 for edge in inset[1].split(" round ")[0].split() if edge]
        percent = "%" in inset[1]
        sides = (edges * 4)[:4] if len(edges) != 3 else [*edges, edges[1]]
        return percent and bool(sides) and (sides[0] + sides[2] >= 100 or sides[1] + sides[3] >= 100)
    circle = re.match(r"(?:circle|ellipse)\(\s*([^)\s]*)", value)
    if circle:
        return pixels(circle[1]) == 0
    polygon = re.match(r"polygon\(([^)]*)\)", value)
    return polygon is not None and len({point.strip() for point in polygon[1].split(",")}) == 1


def _moved_away(declared: Declarations) -> bool:
    if _indented_away(declared, _FAR):
        return True
    margin = pixels(declared.get("margin-left", ""))
    if margin is not None and margin <= -_FAR:
        return True
    shifts = [part for found in _TRANSLATE.findall(declared.get("transform", "")) for part in found.split(",")]
    if any(_far(part, percent_of=SCREEN / 2) for part in shifts):  # by its own width or height: up to half of both
        return True
    return declared.get("position") in ("absolute", "fixed", "relative") and any(
        _far(declared.get(edge, "")) for edge in _EDGES
    )


def _far(value: str, percent_of: float = SCREEN) -> bool:
    """Return whether a shift leads off the screen. A percentage may be half of a centring, so only whole ones do."""
    shift = pixels(value, percent_of=percent_of)
    return shift is not None and (shift <= (-SCREEN if "%" in value else -_FAR) or shift >= 3 * SCREEN)


def _indented_away(declared: Declarations, far: int) -> bool:
    indent = pixels(declared.get("text-indent", ""))
    return indent is not None and (indent <= -far or (indent >= SCREEN and "overflow" in declared))


def _shrunk(declared: Declarations) -> bool:
    factors = [part for found in _SCALE.findall(declared.get("transform", "")) for part in found.split(",")]
    factors += [*declared.get("scale", "").split(), declared.get("zoom", "1")]
    if any((size := pixels(factor, percent_of=1)) is not None and abs(size) <= 0.02 for factor in factors if factor):
        return declared.get("zoom") != "0"  # which browsers take for 1
    if re.search(r"rotate[xy]\(\s*90deg", declared.get("transform", "")):
        return True
    return re.search(r"opacity\(\s*0*(?:\.0+)?%?\s*\)", declared.get("filter", "")) is not None
