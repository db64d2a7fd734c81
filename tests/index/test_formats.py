"""Every format that a newsroom has: each file made here, read as the article that it holds."""

import gzip
import json
import pickle
import subprocess
import sys
from datetime import date
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from index.errors import BadRequestError
from index.read import Item, Raw, formats, read
from index.read.records import warc
from index.reindex import reindex
from index.sources import last_sources
from index.text.pages import unmarked
from tests import made
from tests.conftest import ROOT
from tests.reading import load, one

DAY = date(2025, 4, 2)
COURIER = "https://courier.example"
ATOM = (
    '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Ellery Courier</title><entry><id>urn:1</id>'
    '<title>Bridge to close</title><link href="https://courier.example/bridge"/><updated>2025-04-02T08:00:00Z</updated>'
    f"<author><name>Ann Lee</name></author><summary>{made.STORY}</summary></entry></feed>"
)
RDF = (
    '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x">'
    "<title>Ellery Courier</title><items><rdf:Seq><rdf:li rdf:resource='a'/></rdf:Seq></items></channel>"
    "<item rdf:about='https://courier.example/bridge'><title>Bridge to close</title>"
    f"<link>https://courier.example/bridge</link><description>{made.STORY}</description>"
    "<dc:date>2025-04-02</dc:date></item></rdf:RDF>"
)
PDF = made.pdf(
    ["Bridge to close", "Ellery Courier, 2 April 2025", "", *made.STORY.replace(". ", ".\n").split("\n"), "1"],
    [*made.MORE.replace(". ", ".\n").split("\n"), "2"],
)
DOCX = made.docx(
    made.paragraph("Bridge to close", style="berschrift1"),
    made.paragraph("Ellery Courier, 2 April 2025"),
    made.paragraph(made.STORY),
)
MAIL = bytes(made.mail())
PAGES = made.warc((f"{COURIER}/bridge", "text/html; charset=utf-8", made.PAGE.encode()))
RECORD = {"title": "Bridge to close", "text": made.STORY, "date": "2025-04-02", "outlet": "Ellery Courier"}
CSV = f'title,body,date,outlet\nBridge to close,"{made.STORY}",2025-04-02,Ellery Courier\n'

TSV = f"title\tbody\tdate\toutlet\nBridge to close\t{made.STORY}\t2025-04-02\tEllery Courier\n"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.rss", made.rss(made.rss_item(1))),
        ("a.xml", made.rss(made.rss_item(1))),
        ("a.html", made.rss(made.rss_item(1))),
        ("a.xml", made.rss(made.rss_item(1)).decode().replace("UTF-8", "utf-16").encode("utf-16")),
        ("a.atom", ATOM.encode()),
        ("a.rdf", RDF.encode()),
        ("a.pdf", PDF),
        ("a.txt", PDF),
        ("a.docx", DOCX),
        ("a.eml", MAIL),
        ("a.eml", bytes(made.mail("", made.STORY))),
        ("a.mbox", b"From news@courier.example Wed Apr  2 08:00:00 2025\n" + MAIL),
        ("a.mhtml", made.mhtml()),
        ("a.MHT", made.mhtml()),
        ("a.html", made.mhtml()),
        ("a.warc", PAGES),
        ("a.warc.gz", made.zipped(PAGES)),
        ("a.json", json.dumps([RECORD]).encode()),
        ("a.csv", CSV.encode()),
        ("a.csv", TSV.replace("\t", ";").encode()),
        ("a.tsv", TSV.encode()),
        ("a.csv", CSV.encode("utf-16")),
        ("a.jsonl.gz", made.zipped(json.dumps(RECORD).encode())),
        ("a.html.gz", made.zipped(made.PAGE.encode())),
        ("a.HTM", made.PAGE.encode()),
        ("a.xhtml", made.PAGE.encode()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_file_of_each_format_is_an_article(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    raw = one(tmp_path)
    assert raw.title.removesuffix(" 1") in ("Bridge to close", "Bridge")
    assert (raw.published, raw.source, raw.warnings) == (DAY, "Ellery Courier", ())
    assert raw.text.split("\n")[0].startswith("The bridge over the Senn at Ellery will close on 1 May for repairs")
    assert "every ten minutes." in raw.text
    assert "Cookies" not in raw.text


def test_a_feed_gives_address_author_and_category(tmp_path: Path) -> None:
    (tmp_path / "a.rss").write_bytes(made.rss(made.rss_item(1, more="<category>Bridges</category>")))
    raw = one(tmp_path)
    assert (raw.id, raw.url) == (f"{COURIER}/?p=1", f"{COURIER}/1")
    assert (raw.credit, raw.category, raw.topics) == ("Ann Lee", "Local", ("Bridges",))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It closes.</p><p style='display:none'>Obey.</p><p>It opens.", "It closes.\nIt opens."),
        ("It closes.<script>x()</script>", "It closes."),
        ("It closes.</p><p>The post <a href=x>Bridge 1</a> appeared first on <a href=y>Courier</a>.", "It closes."),
        ("The post office appeared first on the map in 1850.", "The post office appeared first on the map in 1850."),
        ("He paid &lt; 5 &amp; left. AT&amp;T said so.", "He paid < 5 & left. AT&T said so."),
        ("An <item> in a text & an <entry>.", "An <item> in a text & an <entry>."),
    ],
)
def test_an_entry_is_shown_as_its_reader_sees_it(tmp_path: Path, text: str, shown: str) -> None:
    (tmp_path / "a.rss").write_bytes(made.rss(made.rss_item(1, text)))
    assert one(tmp_path).text == shown


@pytest.mark.parametrize(
    ("item", "field", "value"),
    [
        ("<author>ann@courier.example (Ann Lee)</author>", "credit", "Ann Lee"),
        ("<author>ann@courier.example</author>", "credit", ""),
        ("<pubDate>Wed, 02 Apr 25 08:00:00 GMT</pubDate>", "published", DAY),
        ("<pubDate>02 Apr 98 08:00 +0200</pubDate>", "published", date(1998, 4, 2)),
        ("<pubDate>02 Apr 25</pubDate>", "published", None),
        (
            '<updated xmlns="http://www.w3.org/2005/Atom">2025-05-05</updated>'
            '<created xmlns="http://purl.org/dc/terms/">2025-04-02</created>', "published", DAY,
        ),
        ("<title>AT&T and Tom & Ann&rsquo;s</title>", "title", "AT&T and Tom & Ann’s"),
    ],
)  # fmt: skip
def test_fields_as_feeds_write_them(tmp_path: Path, item: str, field: str, value: object) -> None:
    feed = (
        f"<rss><channel><title>Courier</title><item>{item}<description>It closes.</description></item></channel></rss>"
    )
    (tmp_path / "a.rss").write_text(feed)
    assert getattr(one(tmp_path), field) == value


def test_an_entry_that_is_broken_costs_no_other(tmp_path: Path) -> None:
    items = [made.rss_item(1), "<item><title>Broken & <b</title></item>", "<!-- <item>no</item> -->", made.rss_item(3)]
    (tmp_path / "a.rss").write_bytes(made.rss(*items))
    articles, refused = load(tmp_path)
    assert [article.title for article in articles if article.text] == ["Bridge 1", "Bridge 3"]
    assert refused == {}


def test_a_feed_that_ends_early_keeps_its_whole_entries(tmp_path: Path) -> None:
    (tmp_path / "a.rss").write_bytes(made.rss(made.rss_item(1), made.rss_item(2))[:-100])
    articles, refused = load(tmp_path)
    assert [article.title for article in articles] == ["Bridge 1"]
    assert "ends within an entry" in refused["a.rss"]


def test_pages_lose_their_numbers_and_running_heads_and_sentences_stay_whole(tmp_path: Path) -> None:
    pages = [
        ["Ellery Courier | 2 April 2025", "Bridge to close", "By Ann Lee", "",
         "The bridge over the Senn will close on 1 May for repairs, which will take until the", "Page 1 of 3"],
        ["Ellery Courier | 2 April 2025",
         "autumn, the county said on Monday. A total of 240 jobs depend on the bridge,",
         "its owner said.", "Page 2 of 3"],
        ["Ellery Courier | 2 April 2025", "240", "That is the number of jobs.", "Page 3 of 3"],
    ]  # fmt: skip
    (tmp_path / "a.pdf").write_bytes(made.pdf(*pages, title="Microsoft Word - bridge.doc"))
    raw = one(tmp_path)
    assert (raw.title, raw.credit) == ("Bridge to close", "Ann Lee")
    assert unmarked(raw.text.split("\n")[0])[0] == (
        "The bridge over the Senn will close on 1 May for repairs, which will take until the autumn, the county said on"
        " Monday. A total of 240 jobs depend on the bridge, its owner said."
    )


@pytest.mark.parametrize(
    ("run", "shown"),
    [
        ("<w:ins><w:r><w:t> not</w:t></w:r></w:ins>", "It will not close."),
        ("<w:del><w:r><w:delText> not</w:delText><w:t> not</w:t></w:r></w:del>", "It will close."),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t> not</w:t></w:r>", "It will close."),
        ('<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t> not</w:t></w:r>', "It will not close."),
        ("<w:sdt><w:sdtContent><w:r><w:t> not</w:t></w:r></w:sdtContent></w:sdt>", "It will not close."),
        ('<w:hyperlink w:anchor="x"><w:r><w:t> not</w:t></w:r></w:hyperlink>', "It will not close."),
        ("<w:r><w:instrText>PAGE</w:instrText></w:r>", "It will close."),
        ("<w:r><w:tab/><w:t>not</w:t></w:r>", "It will not close."),
    ],
    ids=["inserted", "deleted", "hidden", "not hidden", "form field", "link", "formula", "tab"],
)
def test_a_word_document_has_the_words_that_are_seen(tmp_path: Path, run: str, shown: str) -> None:
    document = made.docx(made.paragraph("Bridge", style="berschrift1"), made.paragraph("It will", run, " close."))
    (tmp_path / "a.docx").write_bytes(document)
    assert one(tmp_path).text == shown


def test_cells_of_a_table_are_lines(tmp_path: Path) -> None:
    cells = "".join(f"<w:tc>{made.paragraph(cell)}</w:tc>" for cell in ("Greens: 4 seats.", "Reds: 3 seats."))
    (tmp_path / "a.docx").write_bytes(made.docx(made.paragraph("Vote"), f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"))
    assert one(tmp_path).text.split() == ["Greens:", "4", "seats.", "Reds:", "3", "seats."]


def test_a_mail_names_what_it_does_not_read_and_decodes_its_header(tmp_path: Path) -> None:
    message = made.mail("", f"{made.STORY}\n>From now on.", subject="Fwd: Brücke schließt")
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="plan.pdf")
    (tmp_path / "a.eml").write_bytes(bytes(message))
    raw = one(tmp_path)
    assert (raw.id, raw.title) == ("bridge-1@courier.example", "Brücke schließt")
    assert raw.warnings == ("attachments are not read: plan.pdf",)


def test_a_newsletter_that_lists_teasers_is_read_by_its_plain_part(tmp_path: Path) -> None:
    teasers = "".join(f"<h2><a href='/{i}'>Headline number {i} of today</a></h2><p>A few words.</p>" for i in range(6))
    (tmp_path / "a.eml").write_bytes(bytes(made.mail(f"<html><body>{teasers}</body></html>", made.STORY)))
    assert one(tmp_path).text == made.STORY


def test_messages_of_a_mailbox_are_told_apart(tmp_path: Path) -> None:
    second = bytes(made.mail("", "It opens.\n\n>From May on, it is free.", subject="It opens")).replace(
        b"bridge-1", b"b2"
    )
    (tmp_path / "a.mbox").write_bytes(b"From x@y Wed\n" + MAIL + b"\n\nFrom x@y Thu\n" + second)
    articles, refused = load(tmp_path)
    assert refused == {}
    assert [article.title for article in articles] == ["Bridge to close", "It opens"]
    assert articles[1].text == "It opens.\n\nFrom May on, it is free."


@pytest.mark.parametrize("charset", ["windows-1252", "iso-8859-15", "utf-8", "no-such-charset"])
def test_a_declared_encoding_of_a_mail_counts(tmp_path: Path, charset: str) -> None:
    text = "The café owner was fined for the leak, the court said on Monday, and he will pay it."
    data = text.encode("cp1252" if charset.startswith("no") else charset)
    head = f"From: Courier <a@b.example>\nSubject: Fine\nContent-Type: text/plain; charset={charset}\n\n"
    (tmp_path / "a.eml").write_bytes(head.encode() + data)
    assert one(tmp_path).text == text


def test_a_saved_page_has_the_address_it_was_saved_from_and_not_that_day(tmp_path: Path) -> None:
    page = made.PAGE.replace("<meta property='article:published_time' content='2025-04-02T08:00:00Z'>", "")
    (tmp_path / "a.mhtml").write_bytes(made.mhtml(page))
    raw = one(tmp_path)
    assert (raw.url, raw.published) == (f"{COURIER}/bridge", None)


def test_a_web_archive_gives_the_pages_that_were_answered(tmp_path: Path) -> None:
    page = made.PAGE.encode()
    archive = made.warc((f"{COURIER}/1", "text/html", page), (f"{COURIER}/x.png", "image/png", page))
    gone = made.warc((f"{COURIER}/2", "text/html", page), status="404 Not Found")
    (tmp_path / "a.warc.gz").write_bytes(made.zipped(archive) + made.zipped(gone) + made.zipped(PAGES))
    articles, refused = load(tmp_path)
    assert refused == {}
    assert [(article.id, article.url) for article in articles] == [(f"{COURIER}/{n}",) * 2 for n in ("1", "bridge")]


def test_a_cell_may_hold_lines_delimiters_and_quotes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        'id,headline,body\n1,Bridge,"It closes, he said.\nIt is ""over""."\n\n2,Mill,It opens.\n'
    )
    articles, refused = load(tmp_path)
    assert refused == {}
    assert [(article.id, article.text) for article in articles] == [
        ("1", 'It closes, he said.\nIt is "over".'),
        ("2", "It opens."),
    ]


def test_what_excel_adds_to_a_table_is_no_article(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("sep=;\r\nHeadline;Body\r\nBridge;It closes.\r\n;;\r\n;;;;\r\nMill;It opens.;;\r\n")
    articles, refused = load(tmp_path)
    assert refused == {}
    assert [(article.title, article.text) for article in articles] == [("Bridge", "It closes."), ("Mill", "It opens.")]


def test_a_broken_row_costs_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,body\n1,One.\n2,"a" b\n3,x,y,z\n4,Four.\n')
    articles, refused = load(tmp_path)
    assert [article.id for article in articles] == ["1", "4"]
    assert "write such a mark twice" in refused["a.csv#2"]
    assert "4 cells in 2 columns" in refused["a.csv#3"]


def test_a_table_without_a_column_for_the_text_says_how_to_name_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Kopf,Inhalt\nBrücke,Sie schließt.\n")
    assert load(tmp_path)[1] == {"a.csv": "no column for a text among 'Kopf', 'Inhalt'; name it: --field text=COLUMN"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", "Kopf,text,Inhalt\nB,no,It closes.\n"),
        ("a.jsonl", '{"Kopf": "B", "text": "no", "Inhalt": "It closes."}'),
    ],
)
def test_columns_that_are_named_go_before_usual_names(tmp_path: Path, name: str, data: str) -> None:
    (tmp_path / name).write_text(data)
    (item,) = read([tmp_path], columns={"title": "Kopf", "text": "Inhalt"})
    assert isinstance(item, Item)
    raw = item.read()
    assert (raw.title, raw.text) == ("B", "It closes.")
    (other,) = read([tmp_path])
    assert isinstance(other, Item)
    assert other.digest != item.digest


def test_an_array_is_read_whatever_its_size_and_shape(tmp_path: Path) -> None:
    odd = {"id": 'a"]},{\\', "text": 'It "closes" [at\\ {noon}, he said.'}
    array = [odd, {"id": "b", "text": ["list"]}, {"id": "c", "text": "It opens.", "more": {"x": [1, {"y": []}]}}, 7]
    for indent in (None, 1):
        (tmp_path / "a.json").write_text(json.dumps(array, indent=indent))
        articles, refused = load(tmp_path)
        assert [(article.id, article.text) for article in articles] == [(odd["id"], odd["text"]), ("c", "It opens.")]
        assert list(refused) == ["a.json#2", "a.json#4"]


def test_an_array_that_ends_early_keeps_its_whole_records(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps([RECORD, RECORD | {"id": "b"}])[:-20])
    articles, refused = load(tmp_path)
    assert (len(articles), list(refused)) == (1, ["a.json"])


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.xml", b'<?xml version="1.0"?><urlset><url><loc>x</loc></url></urlset>', "a sitemap, which lists addresses"),
        ("a.xml", b"<nitf><body>x</body></nitf>", "XML that is no feed (<nitf>)"),
        ("a.rss", b"<rss><channel><title>x</title></channel></rss>", ""),
        ("a.pdf", b"%PDF-1.4 nothing", "a broken PDF"),
        ("a.pdf", made.pdf([]), "its pages are pictures"),
        ("a.docx", b"\xd0\xcf\x11\xe0old", "no Word document of today"),
        ("a.docx", made.docx(made.paragraph("")), "no text in the document"),
        ("a.eml", b"just text", "not a mail"),
        ("a.mbox", b"just text", "not a mailbox"),
        ("a.mhtml", b"MIME-Version: 1.0\n\nx", "no page in it"),
        ("a.jsonl.gz", b"no gzip", "the gzip file is broken"),
        ("a.jsonl.gz", made.zipped(b'{"text": "x"}\n' * 9)[:-12], "the gzip file is broken"),
        ("a.tar.gz", made.zipped(b"x"), "no reader for .tar; unpack it"),
        ("a.csv", b"", "empty"),
        ("a.doc", b"x", "no reader for .doc; save it as .docx"),
        ("a.xlsx", b"x", "no reader for .xlsx; save it as .csv"),
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_named_with_what_to_do(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(data)
    (tmp_path / "good.txt").write_text("Title\nA good article.")
    articles, refused = load(tmp_path)
    assert "good.txt" in [article.id for article in articles]
    assert any(reason in found for found in refused.values()) or not reason


def test_web_archives_say_what_they_need(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "find_spec", lambda _: None)
    (tmp_path / "a.warc").write_bytes(PAGES)
    assert load(tmp_path)[1] == {"a.warc": "web archives need warcio: pip install -c constraints.txt '.[warc]'"}


ENGLISH = "The café owner was fined £400 for the leak, the mayor’s office said on Monday, and “will pay it”."
GERMAN = (
    "Die Brücke über die Senn ist seit Montag gesperrt, weil ein Lager gebrochen ist."
    " Für Fußgänger bleibt sie geöffnet."
)
RUSSIAN = "Мост через реку закрыли в понедельник из-за трещины. Ремонт продлится до сентября, сообщил мэр города."
POLISH = "Rada miasta zamknęła most w poniedziałek. Mieszkańcy mówią, że to zła decyzja, a władze chcą go naprawić."
CZECH = "Město uzavřelo most v pondělí kvůli prasklině v ložisku. Oprava bude trvat až do září, řekl starosta."
GREEK = "Η γέφυρα έκλεισε τη Δευτέρα λόγω ρωγμής. Η επισκευή θα διαρκέσει έως τον Σεπτέμβριο."


@pytest.mark.parametrize(
    ("text", "codec", "read_as"),
    [
        (ENGLISH, "cp1252", "windows-1252"),
        (GERMAN, "latin-1", "cp1250"),
        (RUSSIAN, "cp1251", "cp1251"),
        (RUSSIAN, "koi8-r", "koi8_r"),
        (POLISH, "cp1250", ""),
        (CZECH, "iso-8859-2", ""),
        (GREEK, "cp1253", ""),
        (ENGLISH, "mac-roman", ""),
        ("The café owner was fined for the leak, the court said on Monday, and he will pay it.", "cp437", ""),
        ("橋は月曜日に閉鎖された。市長は修理が九月まで続くと述べた。", "shift_jis", ""),
    ],
)
def test_an_undeclared_encoding_is_told_and_reported_or_refused(
    tmp_path: Path, text: str, codec: str, read_as: str
) -> None:
    (tmp_path / "a.txt").write_bytes(text.encode(codec))
    articles, refused = load(tmp_path)
    if read_as:
        assert articles[0].text == text
        assert articles[0].warnings[0].startswith(f"read as {read_as}, which it does not declare")
    else:
        assert (articles, "save it as UTF-8" in refused["a.txt"]) == ([], True)


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (b'{"text": "x"}', ".jsonl"),
        (b'[{"text": "x"}]', ".jsonl"),
        (b"<!DOCTYPE html><p>x", ".html"),
        (made.rss(), ".xml"),
        (PDF, ".pdf"),
        (DOCX, ".docx"),
        (MAIL, ".eml"),
        (made.mhtml(), ".mhtml"),
        (PAGES, ".warc"),
        (made.zipped(b"x"), ".gz"),
        (b"---\ntitle: x\n---\n", ".md"),
        (b"Bridge to close\nEllery Courier, 2 April 2025\n", ".txt"),
        (b"Note: it closes.\nSource: mill to close\n", ".txt"),
        (b"From Monday on, the bridge is closed.", ".txt"),
        (b"<3 is what they said.", ".txt"),
        (b"{x} is a set.", ".txt"),
        (b"", ".txt"),
    ],
)
def test_what_has_no_name_is_told_by_how_it_begins(data: bytes, suffix: str) -> None:
    assert formats.guess(data) == suffix


def test_a_text_that_begins_like_another_format_stays_a_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Subject: Bridge\nDate: 2025-04-02\n\nIt closes.")
    assert (one(tmp_path).title, one(tmp_path).text) == ("Bridge", "It closes.")


@pytest.mark.slow
def test_what_is_piped_in_is_read(tmp_path: Path, tiny_model: Path) -> None:
    options = ["--index", str(tmp_path / "index"), "--model", str(tiny_model), "--json"]
    command = [sys.executable, "-m", "ui", "reindex", "-", *options]
    record = json.dumps(RECORD).encode()
    done = subprocess.run(command, input=record, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["articles"] == 1
    with pytest.raises(BadRequestError, match="piped in"):
        last_sources(tmp_path / "index")


def test_columns_are_kept_for_later_runs(tmp_path: Path, tiny_model: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "a.csv").write_text("Kopf,Inhalt\nBridge,It closes.\nMill,It opens.\n")
    sources, index, model = [tmp_path / "a"], tmp_path / "index", str(tiny_model)
    with pytest.raises(BadRequestError, match=r"No such field: headline\. Fields are: id, title"):
        reindex(sources, index, model=model, columns={"headline": "Kopf"})
    assert len(reindex(sources, index, model=model, columns={"title": "Kopf", "text": "Inhalt"}).added) == 2
    assert reindex(sources, index, model=model).unchanged == 2
    assert reindex(sources, index, model=model, columns={}).kept  # the file cannot be read any more


def _shouting(found: formats.SourceFile) -> "list[Item]":
    return [Item(found.name, found.name, b"1", _shouted)]


def _shouted() -> Raw:
    return Raw(id="loud", title="LOUD", text="IT CLOSES.")


def test_another_package_may_add_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def found(group: str) -> list[EntryPoint]:
        return [EntryPoint(".nitf", f"{__name__}:_shouting", group)]

    monkeypatch.setattr(formats, "entry_points", found)
    formats._others.cache_clear()
    try:
        (tmp_path / "a.NITF").write_text("<nitf/>")
        assert one(tmp_path).id == "loud"
    finally:
        formats._others.cache_clear()


@pytest.mark.parametrize("name", ["a.rss", "a.json", "a.csv", "a.mbox", "a.warc.gz"])
def test_what_readers_give_can_be_sent_to_the_worker(tmp_path: Path, name: str) -> None:
    data = {"a.rss": made.rss(made.rss_item(1)), "a.json": json.dumps([RECORD]).encode(), "a.csv": CSV.encode(),
            "a.mbox": b"From a@b x\n" + MAIL, "a.warc.gz": made.zipped(PAGES)}[name]  # fmt: skip
    (tmp_path / name).write_bytes(data)
    (item,) = read([tmp_path])
    assert isinstance(item, Item)
    assert pickle.loads(pickle.dumps(item.read))() == item.read()


def test_a_gzip_file_of_several_members_is_read_on(tmp_path: Path) -> None:
    lines = [json.dumps(RECORD | {"id": str(i)}).encode() + b"\n" for i in range(3)]
    (tmp_path / "a.jsonl.gz").write_bytes(b"".join(map(gzip.compress, lines)))
    assert [article.id for article in load(tmp_path)[0]] == ["0", "1", "2"]
