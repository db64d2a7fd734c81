"""Pages from the web: only when allowed, only of the public internet, politely, and nothing is lost when it fails."""

import gzip
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from index import BadRequestError
from index.fetch.guard import Guard
from index.fetch.mirror import file_name, mirror
from index.fetch.source import throttled
from index.read import Skip
from index.reindex import reindex
from index.serving import Index
from index.sources import last_sources
from tests import made
from tests.reading import load
from tests.web_server import Page, Site, site

XML = {"Content-Type": "application/xml"}


def page(text: str, title: str = "Bridge to close") -> Page:
    return Page(made.PAGE.replace(made.STORY, text).replace("Bridge to close", title).encode())


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site on this machine, which may be fetched from in this test."""
    monkeypatch.setattr("index.fetch.mirror.GUARD", Guard(loopback=True))
    with site() as opened:
        yield opened


def resolved(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Have every name stand for these addresses."""
    found = [
        (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 80)) for one in addresses
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::",
    ],
)  # fmt: skip
def test_what_is_not_on_the_public_internet_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    resolved(monkeypatch, address)
    with pytest.raises(Skip, match="not on the public internet"):
        Guard().resolve(Guard().check("http://courier.example/"))
    resolved(monkeypatch, "93.184.215.14", address)  # one of several is enough
    with pytest.raises(Skip, match="not on the public internet"):
        Guard().resolve(Guard().check("http://courier.example/"))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"])
def test_what_is_public_is_not(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    resolved(monkeypatch, address)
    assert Guard().resolve(Guard().check("http://courier.example/")) == address


@pytest.mark.parametrize("address", ["http://127.1/", "http://0x7f000001/", "http://2130706433/", "http://localhost/"])
def test_other_ways_to_write_this_machine_are_seen_through(address: str) -> None:
    with pytest.raises(Skip, match=r"not on the public internet|is not known"):
        Guard().resolve(Guard().check(address))


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "ftp://courier.example/", "gopher://courier.example/", "http://a:b@courier.example/",
     "http://", "//courier.example/", "http://[::1", "http://courier.example:99999999/", "\ud800"],
)  # fmt: skip
def test_only_plain_addresses_of_the_web_are_fetched(address: str) -> None:
    with pytest.raises(Skip, match=r"not an address|user name"):
        Guard().check(address)


def test_a_page_is_kept_as_a_file_with_its_address(web: Site, tmp_path: Path) -> None:
    web.pages["/news/bridge"] = page("Die Brücke schließt am 1. Mai. " * 9)
    web.pages["/news/bridge"].body = web.pages["/news/bridge"].body.decode().encode("cp1252")
    web.pages["/news/bridge"].headers["Content-Type"] = "text/html; charset=windows-1252"
    assert mirror([f"{web.url}/news/bridge"], tmp_path, pause=0) == []
    ((article,), refused) = load(tmp_path)
    assert not refused
    assert (article.title, article.url) == ("Bridge to close", f"{web.url}/news/bridge")
    assert "Die Brücke schließt" in article.text
    assert article.id.startswith("127-0-0-1") or article.id.startswith("127.0.0.1")


def test_a_feed_brings_its_pages_and_a_sitemap_those_of_its_site(web: Site, tmp_path: Path) -> None:
    items = [made.rss_item(n).replace("https://courier.example", web.url) for n in (1, 2)]
    web.pages |= {
        "/feed.xml": Page(made.rss(*items, made.rss_item(3)), headers=XML),  # the third is on another site
        "/1": page(made.STORY),
        "/2": page(made.MORE),
        "/maps.xml": Page(f"<sitemapindex><sitemap><loc>{web.url}/a.xml.gz</loc></sitemap></sitemapindex>".encode()),
        "/a.xml.gz": Page(gzip.compress(f"<urlset><url><loc>{web.url}/2</loc></url></urlset>".encode()), headers=XML),
    }
    (problem,) = mirror([f"{web.url}/feed.xml"], tmp_path / "feed", pause=0)
    assert problem.reason == "lists pages of another site (courier.example: 1); to have them, give an address of it too"
    assert web.paths == ["/feed.xml", "/1", "/2"]
    assert len(load(tmp_path / "feed")[0]) == 5  # three entries, two pages
    web.asked.clear()
    assert mirror([f"{web.url}/maps.xml"], tmp_path / "map", pause=0) == []
    assert web.paths == ["/maps.xml", "/a.xml.gz", "/2"]
    assert len(load(tmp_path / "map")[0]) == 1


def test_a_feed_brings_pages_of_another_site_that_is_named_too(web: Site, tmp_path: Path) -> None:
    there = web.url.replace("127.0.0.1", "localhost")
    web.pages |= {"/feed.xml": Page(made.rss(made.rss_item(1).replace("https://courier.example", there)), headers=XML)}
    web.pages |= {"/1": page(made.STORY), "/2": page(made.MORE)}
    (problem,) = mirror([f"{web.url}/feed.xml"], tmp_path / "one", pause=0)
    assert problem.reason.startswith("lists pages of another site (localhost: 1)")
    assert mirror([f"{web.url}/feed.xml", f"{there}/2"], tmp_path / "two", pause=0) == []
    assert web.paths[-3:] == ["/feed.xml", "/1", "/2"]


def test_what_has_not_changed_is_not_sent_again(web: Site, tmp_path: Path) -> None:
    web.pages["/map.xml"] = Page(
        f"<urlset><url><loc>{web.url}/1</loc><lastmod>2026-03-03</lastmod></url>"
        f"<url><loc>{web.url}/2</loc></url></urlset>".encode()
    )
    web.pages["/1"] = page(made.STORY)
    web.pages["/2"] = page(made.MORE)
    web.pages["/2"].headers["ETag"] = '"a"'
    for _ in range(2):
        assert mirror([f"{web.url}/map.xml"], tmp_path, pause=0) == []
    assert web.asked[5:] == [("/map.xml", 200), ("/2", 304)]  # "/1" changed on no later day
    assert len(load(tmp_path)[0]) == 2


@pytest.mark.parametrize(
    ("status", "left", "reason"),
    [(404, 0, "is gone (HTTP 404)"), (410, 0, "is gone (HTTP 410)"), (500, 1, "cannot be fetched (HTTP 500)"),
     (403, 1, "cannot be fetched (HTTP 403)"), (429, 1, "asks to come back later (HTTP 429)")],
)  # fmt: skip
def test_only_a_page_that_is_gone_is_deleted(web: Site, tmp_path: Path, status: int, left: int, reason: str) -> None:
    web.pages["/1"] = page(made.STORY)
    mirror([f"{web.url}/1"], tmp_path, pause=0)
    web.pages["/1"] = Page(status=status)
    assert [one.reason for one in mirror([f"{web.url}/1"], tmp_path, pause=0)] == [reason]
    assert len(load(tmp_path)[0]) == left


def test_robots_are_obeyed(web: Site, tmp_path: Path) -> None:
    web.pages |= {
        "/robots.txt": Page(b"User-agent: *\nDisallow: /private/\n\nUser-agent: dateline\nDisallow: /drafts/\n"),
        "/private/1": page(made.STORY),
        "/drafts/1": page(made.STORY),
        "/turn": Page(status=302, headers={"Location": "/drafts/1"}),
    }
    found = mirror([f"{web.url}{path}" for path in ("/private/1", "/drafts/1", "/turn")], tmp_path, pause=0)
    assert [one.reason for one in found] == ["the robots.txt of 127.0.0.1 does not allow it"] * 2
    assert web.paths == ["/private/1", "/turn"]
    web.pages["/robots.txt"] = Page(status=500)
    assert "cannot be read" in mirror([f"{web.url}/private/1"], tmp_path, pause=0)[0].reason


@pytest.mark.parametrize(
    ("page_", "reason"),
    [
        (Page(status=302, headers={"Location": "http://10.0.0.1/"}), "10.0.0.1, which is not on the public internet"),
        (Page(status=302, headers={"Location": "http://169.254.169.254/latest"}), "not on the public internet"),
        (Page(status=302, headers={"Location": "file:///etc/passwd"}), "not an address of http or https"),
        (Page(status=302, headers={"Location": "http://["}), "no address|not an address|is not known"),
        (Page(status=302, headers={"Location": "/1"}), "redirects more than 5 times"),
        (Page(b"x" * (21 << 20)), "larger than 20 MB"),
        (Page(gzip.compress(bytes(300 << 20)), headers={"Content-Encoding": "gzip"}), "larger than 20 MB"),
        (Page(b"xxxx", headers={"Content-Encoding": "gzip"}), "is packed wrongly"),
        (Page(b"xxxx", headers={"Content-Encoding": "br"}), "comes packed as br"),
        (Page(b"\x89PNG\r\n", headers={"Content-Type": "image/png"}), "is image/png, and no page"),
        (Page(gzip.compress(bytes(300 << 20)), headers=XML), "larger than 20 MB"),
    ],
    ids=["a private network", "a cloud's own", "a file", "nonsense", "a circle", "size", "a bomb", "broken", "brotli",
         "a picture", "a bomb as a file"],
)  # fmt: skip
def test_what_cannot_be_used_is_named(web: Site, tmp_path: Path, page_: Page, reason: str) -> None:
    web.pages["/1"] = page_
    (problem,) = mirror([f"{web.url}/1"], tmp_path, pause=0)
    assert problem.path == f"{web.url}/1"
    assert re.search(reason, problem.reason)
    assert load(tmp_path) == ([], {})


def test_a_site_is_asked_no_more_once_it_asks_for_rest(web: Site, tmp_path: Path) -> None:
    links = "".join(f"<url><loc>{web.url}/{n}</loc></url>" for n in range(9))
    web.pages["/map.xml"] = Page(f"<urlset>{links}</urlset>".encode())
    web.pages |= {f"/{n}": Page(status=503, headers={"Retry-After": "120"}) for n in range(9)}
    problems = mirror([f"{web.url}/map.xml"], tmp_path, pause=0)
    assert {one.reason for one in problems} == {"asks to come back later (HTTP 503, after 120)"}
    assert web.paths == ["/map.xml", "/0"]


@pytest.mark.parametrize(
    "address",
    ["https://a.example/../../etc/passwd", "https://a.example/%2e%2e/%2e%2e/x", "https://a.example/.hidden/.x",
     "https://a.example/a%2Fb", "https://a.example/" + "x" * 500, "https://a.example/?q=1", "https://a.example/a\\b",
     "https://a.example/%00", "https://a.example"],
)  # fmt: skip
def test_a_file_s_name_leads_nowhere_else(address: str) -> None:
    steps = file_name(address, ".mhtml").split("/")
    assert all(step and not step.startswith(".") and len(step) < 120 for step in steps)
    assert file_name(address, ".mhtml") != file_name(f"{address}/", ".mhtml")


def test_an_address_that_no_file_can_be_named_after_is_named(web: Site, tmp_path: Path) -> None:
    paths = ["/a", "/" + "d/" * 2500, "/c"]
    web.pages |= {path: page(made.STORY) for path in paths}
    reasons = [[one.reason for one in mirror([f"{web.url}{path}" for path in paths], tmp_path, pause=0)] for _ in "12"]
    assert all(reason.startswith("cannot be kept: ") for reason in reasons[0])
    assert len(reasons[0]) == len(reasons[1]) == 1
    assert len(load(tmp_path)[0]) == 2


def test_nothing_is_fetched_unless_it_is_allowed(tmp_path: Path) -> None:
    with pytest.raises(BadRequestError, match="add --allow-fetch"):
        reindex(["https://courier.example/feed.xml"], tmp_path / "index")
    assert not (tmp_path / "index").exists()


def test_a_site_is_not_asked_again_within_the_pause_and_its_problems_stay(web: Site, tmp_path: Path) -> None:
    web.pages["/1"] = Page(status=500)
    sparing, eager = throttled(60), throttled(0)
    found = [sparing([f"{web.url}/1"], tmp_path, lambda *_: None) for _ in range(3)]
    assert web.paths == ["/1"]
    assert [problem.reason for problems in found for problem in problems] == ["cannot be fetched (HTTP 500)"] * 3
    for _ in range(2):
        eager([f"{web.url}/1"], tmp_path, lambda *_: None)
    assert web.paths == ["/1"] * 3


def test_what_was_fetched_is_indexed_like_any_file(
    web: Site, source: Path, index_path: Path, tiny_model: Path, checked_here: None
) -> None:
    web.pages["/1"] = page(made.STORY)
    given = [source, f"{web.url}/1"]
    report = reindex(given, index_path, model=str(tiny_model), allow_fetch=True, dry_run=True)
    assert len(report.added) == 4
    assert not (index_path / "fetched").exists()
    reindex(given, index_path, model=str(tiny_model), allow_fetch=True)
    assert last_sources(index_path) == given
    web.pages["/1"] = Page(status=500)  # it stays as it was, and is named
    report = reindex(last_sources(index_path), index_path, model=str(tiny_model), allow_fetch=True)
    assert (report.unchanged, [one.reason for one in report.rejected]) == (4, ["cannot be fetched (HTTP 500)"])
    with Index.open(index_path) as opened, opened.generation() as current:
        assert f"{web.url}/1" in {article.url for article in current.articles()}
    assert reindex([source], index_path, model=str(tiny_model)).removed != ()
