"""Files of every format, made here: the smallest that programs of that kind write."""

import gzip
import io
import zipfile
from collections.abc import Sequence
from email.message import EmailMessage
from xml.sax.saxutils import escape

STORY = (
    "The bridge over the Senn at Ellery will close on 1 May for repairs, the county said on Monday. "
    "Engineers found a crack in its northern bearing in March. "
    "Traffic will be led over the Corrick bridge until the autumn, and buses will run every ten minutes."
)
MORE = (
    "Ole Brand, who runs the ferry below the bridge, expects three times as many passengers. "
    "The county has set aside 4.2 million for the repairs, which a firm from Tarn will carry out."
)
PAGE = (
    "<!doctype html><html><head><meta charset=utf-8><title>Bridge to close</title>"
    "<meta property='og:site_name' content='Ellery Courier'>"
    "<meta property='article:published_time' content='2025-04-02T08:00:00Z'></head><body><nav><a href=/>Home</a></nav>"
    f"<article><h1>Bridge to close</h1><p>{STORY}</p><p>{MORE}</p></article><footer>Cookies</footer></body></html>"
)


def pdf(*pages: Sequence[str], title: str = "") -> bytes:
    """Return a PDF of pages, each given by its lines."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for lines in pages:
        shown = "".join(
            f"({line.replace(chr(92), chr(92) * 2).replace('(', chr(92) + '(').replace(')', chr(92) + ')')}) Tj T*\n"
            for line in lines
        )
        stream = f"BT /F1 11 Tf 14 TL 72 770 Td\n{shown}ET".encode("cp1252")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
    refs = " ".join(f"{kid} 0 R" for kid in kids)
    objects[1] = f"<< /Type /Pages /Kids [{refs}] /Count {len(kids)} >>".encode()
    objects.append(f"<< /Title ({title}) >>".encode())
    made = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer << /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, len(objects), start,
    )  # fmt: skip
    return bytes(made)


_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_STYLES = f'<w:styles {_WORD}><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style></w:styles>'


def paragraph(*runs: str, style: str = "") -> str:
    """Return the XML of a paragraph; a run that begins with "<" is XML already."""
    inner = "".join(run if run.startswith("<") else f"<w:r><w:t>{escape(run)}</w:t></w:r>" for run in runs)
    return f"<w:p>{f'<w:pPr><w:pStyle w:val={chr(34)}{style}{chr(34)}/></w:pPr>' if style else ''}{inner}</w:p>"


def docx(*paragraphs: str, before: str = "") -> bytes:
    """Return a Word document of paragraphs, given as XML."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr(
            "word/document.xml", f"{before}<w:document {_WORD}><w:body>{''.join(paragraphs)}</w:body></w:document>"
        )
        packed.writestr("word/styles.xml", _STYLES)
    return file.getvalue()


def rss(*items: str, title: str = "Ellery Courier", before: str = "") -> bytes:
    """Return an RSS feed of items, given as XML."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{before}<rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>{title}</title><link>https://courier.example/</link>{''.join(items)}</channel></rss>"
    ).encode()


def rss_item(number: int, text: str = STORY, more: str = "") -> str:
    """Return an item of an RSS feed."""
    return (
        f"<item><title>Bridge {number}</title><link>https://courier.example/{number}</link>"
        f"<guid>https://courier.example/?p={number}</guid><pubDate>Wed, 02 Apr 2025 08:00:00 +0000</pubDate>"
        f"<dc:creator>Ann Lee</dc:creator><category>Local</category>{more}"
        f"<content:encoded><![CDATA[<p>{text}</p>]]></content:encoded></item>"
    )


def mail(html: str = PAGE, plain: str = "", *, subject: str = "Bridge to close") -> EmailMessage:
    """Return a newsletter."""
    message = EmailMessage()
    message["From"] = "Ellery Courier <news@courier.example>"
    message["To"] = "ann@lee.example"
    message["Subject"] = subject
    message["Date"] = "Wed, 02 Apr 2025 08:00:00 +0000"
    message["Message-ID"] = "<bridge-1@courier.example>"
    message.set_content(plain or "See it in a browser.")
    if html:
        message.add_alternative(html, subtype="html")
    return message


def mhtml(page: str = PAGE) -> bytes:
    """Return a page as a browser saves it in one file."""
    body = page.encode("utf-8")
    head = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://courier.example/bridge\r\n"
        "Subject: Bridge to close\r\nDate: Fri, 6 Nov 2026 10:00:00 -0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----Part--1"\r\n\r\n'
        "------Part--1\r\nContent-Type: text/html\r\nContent-ID: <frame@x>\r\nContent-Transfer-Encoding: binary\r\n"
        "Content-Location: https://courier.example/bridge\r\n\r\n"
    )
    tail = "\r\n------Part--1\r\nContent-Type: text/css\r\n\r\np { color: red }\r\n------Part--1--\r\n"
    return head.encode() + body + tail.encode()


def warc(*pages: tuple[str, str, bytes], status: str = "200 OK") -> bytes:
    """Return a web archive of answers, each given by address, media type and body."""
    made = (
        b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Type: application/warc-fields\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
    )
    for number, (url, kind, body) in enumerate(pages):
        answer = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        made += (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2025-04-03T10:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{number:012}>\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
        ).encode() + answer + b"\r\n\r\n"  # fmt: skip
    return made


def zipped(data: bytes) -> bytes:
    """Return the bytes as a gzip file."""
    return gzip.compress(data, mtime=0)
