"""Files made to hurt: read or refused within seconds, named, and no other article is lost by them."""

import gzip
import io
import json
import os
import resource
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.build.prepare import Prepared
from index.build.sandbox import Sandbox
from index.build.worker import WorkerConfig
from index.embed.model import SentenceEmbeddings
from index.read import Item, Skip, read
from tests import made

SECONDS = 60  # by the clock of a busy machine, of which 2 of CPU time are allowed; most take less than one
BOMB = '<!DOCTYPE r [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {after} "{f"&{name};" * 50}">' for name, after in zip("abcdefg", "bcdefgh", strict=True)
) + "]>"  # fmt: skip
DEEP = 100_000


@pytest.fixture(scope="module")
def sandbox(embeddings: SentenceEmbeddings) -> Iterator[Sandbox]:
    config = WorkerConfig(embeddings.tokenizer, embeddings.chunk_tokens, "r", seconds=2)
    with Sandbox(config) as opened:
        yield opened


def outcomes(folder: Path, sandbox: Sandbox) -> dict[str, str]:
    """Return by place the text of each article, or after "! " the reason why there is none."""
    found: dict[str, str] = {}
    for item in read([folder]):
        if not isinstance(item, Item):
            found[item.path] = f"! {item.reason}"
            continue
        try:
            prepared: Prepared = sandbox.prepare(item.read)
            found[item.place] = prepared.article.text
        except Skip as skip:
            found[item.place] = f"! {skip}"
    return found


def zip_bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("word/document.xml", b" " * (60 << 20))
    return file.getvalue()


def nested_mail() -> bytes:
    parts = "".join(f'Content-Type: multipart/mixed; boundary="b{i}"\n\n--b{i}\n' for i in range(2000))
    return f"From: a@b.example\nSubject: Deep\n{parts}Content-Type: text/plain\n\nText.\n".encode()


def long_line(before: str = "", after: str = "") -> bytes:
    return f"{before}{'The bridge will close on 1 May. ' * 330_000}{after}".encode()


FILES = {
    "entities in a feed": ("a.rss", made.rss(made.rss_item(1, more="<source>&h;</source>"), before=BOMB)),
    "entities in a title": ("a.rss", made.rss("<item><title>&h;</title><summary>x</summary></item>", before=BOMB)),
    "outer entity": ("a.rss", made.rss(
        "<item><title>T</title><description>&x;</description></item>",
        before='<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>')),
    "entities in a document": ("a.docx", made.docx(made.paragraph("&h;"), before=BOMB)),
    "entities in a page": ("a.xhtml", f'<?xml version="1.0"?>{BOMB}<html><body><p>&h;</p></body></html>'.encode()),
    "zip bomb": ("a.docx", zip_bomb()),
    "nested tags": ("a.html", b"<div>" * DEEP + b"Text."),
    "nested tags in a feed": ("a.rss", made.rss(made.rss_item(1, "<b>" * DEEP))),
    "nested lists": ("a.json", b"[" * DEEP + b"]" * DEEP),
    "nested lists in a record": ("a.json", b'[{"text": ' + b"[" * DEEP + b"]" * DEEP + b"}]"),
    "many small lists": ("a.json", b'{"a": [' + b"[]," * 2_000_000 + b"[]]}"),
    "nested elements of a document": ("a.docx", made.docx("<w:p>" * DEEP)),
    "nested parts of a mail": ("a.eml", nested_mail()),
    "nested quotes": ("a.md", b">" * DEEP + b" text"),
    "pages in a circle": ("a.pdf", made.pdf(["x"]).replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]")),
    "a long line of text": ("a.txt", long_line("Title\n\n")),
    "a long line of a page": ("a.html", long_line("<p>", "</p>")),
    "a long entry": ("a.rss", long_line("<rss><channel><item><description>", "</description></item></channel></rss>")),
    "a long comment": ("a.rss", long_line("<rss><channel><!--", "--></channel></rss>")),
    "a long cell": ("a.csv", long_line('id,text\n1,"', '"\n')),
    "an open quote": ("a.csv", long_line('id,text\n1,"')),
    "a long header": ("a.eml", long_line("Subject: ", "\n\nText.\n")),
    "a long mail": ("a.mbox", long_line("From a@b x\nSubject: T\n\n")),
    "a long string": ("a.json", long_line('[{"text": "', '"}]')),
    "a long name": ("a.json", long_line('[{"', '": 1}]')),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", FILES)
def test_it_is_read_or_refused_quickly_and_costs_no_other(tmp_path: Path, sandbox: Sandbox, kind: str) -> None:
    name, data = FILES[kind]
    (tmp_path / name).write_bytes(data)
    (tmp_path / "good.txt").write_text("Title\nA good article.")
    (tmp_path / "zgood.rss").write_bytes(made.rss(made.rss_item(9)))
    started = time.monotonic()
    found = outcomes(tmp_path, sandbox)
    assert time.monotonic() - started < SECONDS
    assert found["good.txt"] == "A good article."
    assert found["zgood.rss#1"] == made.STORY
    hostile = {place: text for place, text in found.items() if place.startswith("a.")}
    assert len(hostile) == 1, hostile.keys()
    (text,) = hostile.values()
    assert text
    assert "root:" not in text
    assert "haha" not in text


RATIO = "unpacks to more than 200 times its size"


@pytest.mark.parametrize(
    ("name", "beginning", "reason"),
    [
        ("a.jsonl.gz", b'{"text": "', RATIO),
        ("a.csv.gz", b"id,text\n1,", "a line of more than 20 million characters"),
        ("a.warc.gz", made.warc(), "a broken web archive"),
        ("a.rss.gz", b"<rss><item>", RATIO),
        ("a.html.gz", b"<p>", "larger than 20 MB"),
    ],
)
def test_a_gzip_file_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, name: str, beginning: bytes, reason: str
) -> None:
    with gzip.open(tmp_path / name, "wb", compresslevel=6) as file:
        file.write(beginning)
        for _ in range(200):
            file.write(bytes(1 << 20))
    assert any(reason in getattr(item, "reason", "") for item in read([tmp_path]))


def test_a_gzip_file_of_ordinary_news_is_no_bomb(tmp_path: Path) -> None:
    line = json.dumps({"id": "x", "text": made.STORY}).encode() + b"\n"
    (tmp_path / "a.jsonl.gz").write_bytes(made.zipped(line * 100_000))  # 30 MB, packed 300 times
    assert sum(isinstance(item, Item) for item in read([tmp_path])) == 100_000


@pytest.mark.parametrize("suffix", [".rss", ".pdf", ".jsonl.gz", ".eml", ".csv", ".docx", ".warc", ".mbox"])
def test_pipes_devices_and_links_that_lead_out_are_refused(tmp_path: Path, suffix: str) -> None:
    folder, outside = tmp_path / "news", tmp_path / f"secret{suffix}"
    folder.mkdir()
    outside.write_bytes(made.rss(made.rss_item(1)))
    os.mkfifo(folder / f"fifo{suffix}")
    (folder / f"zero{suffix}").symlink_to("/dev/zero")
    (folder / f"out{suffix}").symlink_to(outside)
    found = {item.path: getattr(item, "reason", "read") for item in read([folder])}
    assert found[f"fifo{suffix}"] == found[f"zero{suffix}"] == "not a regular file"
    assert found[f"out{suffix}"].startswith("a symbolic link that leads out of the folder")


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.rss", "a.warc", "a.json", "a.mbox", "a.csv", "a.jsonl.gz"])
def test_memory_does_not_grow_with_the_size_of_a_file(tmp_path: Path, name: str) -> None:
    """Of 60 MB no more than 30 are held at once."""
    record = {"text": made.STORY * 100}
    one, begin, between, end = {
        "a.rss": (made.rss_item(1, made.STORY * 100).encode(), b"<rss><channel>", b"", b"</channel></rss>"),
        "a.warc": (made.warc(("https://x.example/a", "text/html", made.STORY.encode() * 100)), b"", b"", b""),
        "a.json": (json.dumps(record).encode(), b"[", b",", b"]"),
        "a.mbox": (b"From a@b x\nSubject: T\n\n" + made.STORY.encode() * 100, b"", b"\n\n", b""),
        "a.csv": (f'"{made.STORY * 100}"\n'.encode(), b"text\n", b"", b""),
        "a.jsonl.gz": (json.dumps(record).encode() + b"\n", b"", b"", b""),
    }[name]  # fmt: skip
    count = (60 << 20) // len(one)
    opened = gzip.open if name.endswith(".gz") else open
    with opened(tmp_path / name, "wb") as file:
        file.write(begin)
        for number in range(count):
            file.write(one + (between if number < count - 1 else b""))
        file.write(end)
    next(read([tmp_path]))  # what is imported is not counted
    before = _peak()
    assert sum(isinstance(item, Item) for item in read([tmp_path])) == count
    assert (_peak() - before) >> 10 < 30
