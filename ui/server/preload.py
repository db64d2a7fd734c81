"""The files of Gradio's page that a browser must have before it can show anything, to be named in the page's head.

Gradio's first script loads others, and these load what the page is made of: a browser hears of each group when the one
before has come. Named in the head, all are on their way at once.
"""

import re
from collections.abc import Collection, Iterator
from importlib.resources import files
from itertools import chain

_FIRST = re.compile(r'src="\./assets/([\w.-]+\.js)"')
_LISTED = re.compile(r"m\.f=\[([^\]]*)\]")
_LOADED = r"import\(`\./({}[\w.-]+)`\)[^_]{{0,40}},__vite__mapDeps\(\[([\d,]*)\]\)"
_ANY, _LAYOUT = re.compile(_LOADED.format("")), re.compile(_LOADED.format("Blocks"))


def preload_links(kinds: Collection[str], *, theme: str) -> str:
    """Return link elements for the files that a page of these kinds of components needs, and for that of its theme.

    "" if Gradio's files are not written as they are in 6.31: the page is then as fast as Gradio makes it.
    """
    found = _FIRST.search(_text("index.html"))
    if found is None:
        return ""
    needed = dict.fromkeys(chain.from_iterable(_needed(found[1], kinds)))
    return "".join(map(_link, needed)) + f'<link rel="preload" as="style" href="./theme.css?v={theme}">'


def _needed(first: str, kinds: Collection[str]) -> Iterator[list[str]]:
    """Yield the files of each group: those that the first script loads, and those of each kind of component."""
    of_kinds = [re.compile(rf"\b{kind}:\{{[^}}]*?component:\(\)=>\w+\(\(\)=>{_ANY.pattern}") for kind in sorted(kinds)]
    for group in _loads(_text(f"assets/{first}"), _ANY):
        yield group
        source = _text(f"assets/{group[0]}")
        for wanted in (_LAYOUT, *of_kinds):
            yield from _loads(source, wanted)


def _loads(source: str, loaded: re.Pattern[str]) -> Iterator[list[str]]:
    """Yield each file that a script loads, followed by those that it needs: numbers in the script's list of files."""
    listed = _LISTED.search(source)
    names = re.findall(r"\./([\w.-]+)", listed[1]) if listed else []
    for name, numbers in loaded.findall(source):
        yield [name, *(names[int(number)] for number in numbers.split(",") if number and int(number) < len(names))]


def _link(name: str) -> str:
    kind = 'rel="preload" as="style"' if name.endswith(".css") else 'rel="modulepreload"'
    return f'<link {kind} crossorigin href="./assets/{name}">'


def _text(name: str) -> str:
    return files("gradio").joinpath("templates", "frontend", name).read_text(encoding="utf-8")
