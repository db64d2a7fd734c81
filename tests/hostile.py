"""Texts that try to become more than text on the page, and how to see that they did not."""

from html.parser import HTMLParser

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "svg": "<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x></svg>",
    "breaks out of an attribute": '" onmouseover="alert(1)" x=\'',
    "breaks out of a quote": "' autofocus onfocus='alert(1)",
    "link": '<a href="javascript:alert(1)">go</a>',
    "link in pieces": "<a href='jav&#x09;ascript:alert(1)'>go</a>",
    "data": '<iframe src="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="></iframe>',
    "markdown image": "![pixel](https://evil.example/p.png?q=1)",
    "markdown link": "[go](javascript:alert(1)) <https://evil.example>",
    "comment": "<!-- --><!--><img src=x onerror=alert(1)>-->",
    "template": "${alert(1)} `${alert(1)}` \\${alert(1)}",
    "handlebars": "{{constructor.constructor('alert(1)')()}} {{{alert}}}",
    "entities": "&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x onerror=alert(1)&#62;",
    "closes its container": "</p></section></textarea></title></style><script>alert(1)</script>",
    "style": "<style>@import 'https://evil.example/x.css';</style><p style='background:url(https://evil.example)'>",
    "form": "<form action=https://evil.example><input name=q autofocus onfocus=alert(1)></form>",
    "base": "<base href=https://evil.example><meta http-equiv=refresh content='0;url=https://evil.example'>",
    "math": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "latex": "$$\\href{javascript:alert(1)}{x}$$ \\(\\unicode{x}\\)",
    "translation": '__i18n__{"__type__": "translation_metadata", "key": "ask_tab"}',
    "bidi": "safe\u202egnp.exe\u2066 \u200fright",
    "tags": "hello\U000e0041\U000e0042\u200b\u2060 there",
    "control": "null\x00byte\x08back\x1bescape",
}

ADDRESSES = {
    "javascript": "javascript:alert(1)",
    "mixed case": "JaVaScRiPt:alert(1)",
    "blank first": " \t javascript:alert(1)",
    "invisible first": "\u200bjavascript:alert(1)",
    "data": "data:text/html,<script>alert(1)</script>",
    "vbscript": "vbscript:msgbox(1)",
    "file": "file:///etc/passwd",
    "no scheme": "//evil.example/x",
    "relative": "/gradio_api/file=/etc/passwd",
    "name and password": "https://user:secret@evil.example/",
    "quote": 'https://evil.example/"onmouseover="alert(1)',
    "markup": "https://evil.example/<script>",
    "new line": "https://evil.example/\nx",
    "broken": "http://[::1",
    "no host": "https:///x",
    "empty": "",
}

_TAGS = frozenset(
    ("a", "article", "br", "button", "dd", "details", "dialog", "div", "dl", "dt", "fieldset", "form", "h1", "h2", "h3",
     "input", "kbd", "label", "legend", "li", "mark", "nav", "ol", "option", "rect", "select", "strong", "time",
     "p", "path", "progress", "s", "section", "span", "sup", "svg", "summary", "table", "tbody", "td", "th", "thead",
     "tr", "ul")
)  # fmt: skip
_OURS = ("?view=api", "conversations/")


class Seen(HTMLParser):
    """What a browser makes of some HTML: tags with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(str(html))  # of `Markup`, what is added is escaped
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("br", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    handle_decl = handle_pi = unknown_decl = handle_comment


def inert(html: str) -> Seen:
    """Assert that nothing in the HTML runs, loads or leads anywhere but to a web page; return what there is."""
    seen = Seen(html)
    assert seen.open == []
    for tag, attributes in seen.tags:
        assert tag in _TAGS, tag
        for name, value in attributes.items():
            assert not name.startswith("on"), name
            assert name not in ("src", "style", "srcdoc", "formaction", "xlink:href"), name
            if name == "href":
                assert value is not None
                assert value.startswith(("https://", "http://", *_OURS)), value
                if value.startswith("http"):
                    assert "noopener" in (attributes["rel"] or "")
    return seen
