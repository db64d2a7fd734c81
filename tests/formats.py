"""Write the section "Each format" of docs/reading.md: a small file of each kind, and what is read of it.

    python -m tests.formats

Nothing of it is written by hand: the files are those below, and `dateline` prints the rest. A test compares the page
with what this writes, so it cannot go stale.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from typer.testing import CliRunner

from tests import made
from ui.cli import app

PAGE = Path(__file__).parents[1] / "docs" / "reading.md"
_BEGIN, _END = "<!-- written by python -m tests.formats -->\n", "<!-- until here -->\n"
_WEB = """\
<html lang="en"><head><title>Mill to close | Senn Valley Radio</title>
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Mill to close",
 "datePublished": "2025-04-04", "author": {"name": "Bo Ray"}, "publisher": {"name": "Senn Valley Radio"}}</script>
</head><body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>Mill to close</h1>
<p>The mill in Tarn will close on 9 May, because power has become too dear for it, its owner said on Thursday.</p>
<table><tr><th>Year</th><th>Workers</th><th>Tonnes</th></tr>
<tr><td>2015</td><td>140</td><td>9,000</td></tr><tr><td>2025</td><td>61</td><td>3,100</td></tr></table>
<p>Read more: <a href="/strike">Teachers strike</a></p></article>
<footer>We use cookies</footer></body></html>
"""
_SHORT = '<html lang="en"><head><title>{0}</title></head><body><h1>{0}</h1>\n<p>{1}</p></body></html>\n'
_DAM = _SHORT.format(
    "Dam to be raised", "The dam above Tarn will be raised by two metres, because the valley needs water."
)
_WEIR = _SHORT.format("Weir opens", "The new weir at Osk lets salmon pass for the first time since 1931, anglers say.")
_MAIL = """\
From: Ellery Courier <news@courier.example>
To: ann@lee.example
Subject: Ferries wait
Date: Wed, 02 Apr 2025 08:00:00 +0000
Message-ID: <ferries@courier.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="part"

--part
Content-Type: text/plain; charset="utf-8"

See it in a browser.
--part
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

<p>The ferries below the bridge wait for caf=C3=A9s to open, their captain jokes, and=
 hopes for June.</p>
<p><a href=3D"https://x.example">Unsubscribe</a></p>
--part--
"""
_RSS = """\
<?xml version="1.0"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Ellery Courier</title>
<item><title>Crack in the bridge</title><link>https://courier.example/crack?utm_source=rss</link>
<guid>courier-7</guid><pubDate>Wed, 02 Apr 2025 08:00:00 +0000</pubDate><dc:creator>Ann Lee</dc:creator>
<category>Local</category><description>A crack was found in its northern bearing.</description></item>
</channel></rss>
"""
_PACKED = '{"id": "m-1", "title": "Baths heated", "text": "The baths are heated by the mill."}\n'
_PDF = (["Harbour to be dredged", "By Ann Lee", "", "The harbour of Ellery will be dredged in June, the port said."],
        ["Ships of six metres can then come in at any tide, which", "no pilot has seen in forty years."])  # fmt: skip
_WORD = ("Tram reaches Osk Hill", "Harbour Post, 3 April 2025", "The tram reached Osk Hill on Thursday, a year late.")


@dataclass(frozen=True, slots=True)
class Example:
    """A file of one format: its name and content, the ids of its articles, and what people see in it, if not that."""

    name: str
    data: bytes
    ids: tuple[str, ...]
    told: str = ""


def _text(name: str, text: str, *ids: str) -> Example:
    return Example(name, text.encode("utf-8"), ids or (name,), text)


EXAMPLES = (
    _text("bridge.txt", "Bridge to close\nEllery Courier, 2 April 2025\nBy Ann Lee\n\n"
          "The bridge over the Senn will close on 1 May, the county said. It will open again in autumn.\n"),
    _text("ferry.md", "---\ntitle: Ferry runs more often\ndate: 2025-04-02\nauthor: [Ann Lee, Bo Ray]\n"
          "source: Ellery Courier\n---\nThe ferry will run **every ten minutes** ([timetable](https://x.example)).\n\n"
          "| Pier | First | Last |\n| --- | --- | --- |\n| Lowmere | 5:40 | 23:10 |\n| Osk | 5:55 | 23:25 |\n"),
    _text("mill.html", _WEB),
    Example("dam.mhtml", made.mhtml(_DAM), ("dam.mhtml",)),
    _text("feed.rss", _RSS, "courier-7"),
    _text("feed.atom", '<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour Post</title><entry>\n'
          "<id>tag:post.example,2025:8</id><title>Pier sold</title><updated>2025-04-05T09:00:00Z</updated>\n"
          '<link href="https://post.example/pier"/><author><name>Mei Tan</name></author>\n'
          "<content type=\"html\">&lt;p&gt;The pier was sold for one crown, said the town.&lt;/p&gt;</content>\n"
          "</entry></feed>\n", "tag:post.example,2025:8"),
    _text("wire.jsonl", '{"id": "wire-7", "headline": "School strike ends", "pubDate": "2025-04-02", '
          '"outlet": "Senn Agency", "body": "Teachers return to work on Monday, their union said."}\n', "wire-7"),
    _text("export.json", '{"articles": [{"guid": "e-1", "title": "Market moves", "date": "2025-04-06",\n'
          ' "byline": "By Mei Tan and Bo Ray", "text": "The fish market moves to the north quay in May."}]}\n', "e-1"),
    _text("desk.csv", "id;Title;Date;Section;Text\nd-1;Reservoir full;2025-04-06;Weather;"
          '"The Corrick reservoir is full again, for the first time in nine years."\n', "d-1"),
    _text("letter.eml", _MAIL, "ferries@courier.example"),
    Example("box.mbox", b"From desk@post.example Thu Apr  3 10:00:00 2025\n"
            b"From: Harbour Post <desk@post.example>\nSubject: Baths to open\nDate: Thu, 03 Apr 2025 10:00:00 +0000\n"
            b"Message-ID: <baths@post.example>\n\nThe baths in Lowmere will open on 1 June, the town has said.\n",
            ("baths@post.example",)),
    Example("harbour.pdf", made.pdf(*_PDF), ("harbour.pdf",),
            "\n\n".join(f"[page {n}]\n" + "\n".join(lines) for n, lines in enumerate(_PDF, 1))),
    Example("tram.docx", made.docx(*map(made.paragraph, _WORD)), ("tram.docx",), "\n\n".join(_WORD)),
    Example("crawl.warc", made.warc(("https://courier.example/weir", "text/html", _WEIR.encode())),
            ("https://courier.example/weir",)),
    Example("more.jsonl.gz", made.zipped(_PACKED.encode()), ("m-1",), f"[gzip of]\n{_PACKED}"),
    _text("sitemap.xml", '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
          "<url><loc>https://courier.example/1</loc></url></urlset>\n"),
)  # fmt: skip


def section(folder: Path, *options: str) -> str:
    """Return the section, made in an empty folder. `options` are further ones of `dateline reindex`."""
    news, index = folder / "news", folder / "index"
    news.mkdir()
    for example in EXAMPLES:
        (news / example.name).write_bytes(example.data)
    said = _run("reindex", str(news), "--index", str(index), *options).partition("\nGeneration ")[0]
    parts = [_BEGIN, _console(["dateline reindex news"], [said])]
    parts += ["\n".join(_entry(example, index)) for example in EXAMPLES]
    return "\n".join([*parts, _END])


def _entry(example: Example, index: Path) -> Iterator[str]:
    """Yield the lines on one file."""
    told = (example.told or example.data.decode("utf-8", "replace")).replace("\r\n", "\n").strip("\n")
    yield f"### {example.name}\n\n```\n{told}\n```\n"
    if example.name == "sitemap.xml":
        yield _console(["dateline articles rejected"], [_run("articles", "rejected", "--index", str(index))])
        return
    commands = [f"dateline articles show {id_}" for id_ in example.ids]
    yield _console(commands, [_run("articles", "show", id_, "--index", str(index)) for id_ in example.ids])


def _console(commands: list[str], outputs: list[str]) -> str:
    lines = (f"$ {command}\n{output.strip()}" for command, output in zip(commands, outputs, strict=True))
    return "\n".join(["```", *lines, "```", ""])


def _run(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments)
    if done.exception is not None:
        raise done.exception
    return done.output


def renewed(page: str, written: str) -> str:
    """Return the page with another section."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return before + written + after


def main() -> None:
    """Write the section."""
    with TemporaryDirectory() as folder:
        PAGE.write_text(renewed(PAGE.read_text("utf-8"), section(Path(folder))), "utf-8")


if __name__ == "__main__":
    main()
