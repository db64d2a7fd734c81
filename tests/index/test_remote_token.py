"""A Chroma server of several tenants, behind a proxy that wants a token: it is sent there, and shown to nobody."""

from pathlib import Path

import httpx
import pytest

from index import BadRequestError, IndexUnavailableError
from index.doctor import examine
from index.history import generations
from index.reindex import reindex
from index.server.address import VARIABLE, Address, token_header
from index.server.http import Response
from index.serving import Index
from qa import Assistant
from tests.chroma import Chroma, guarded
from tests.published import Cache, cache, chroma, small, three

__all__ = ["cache", "chroma", "small", "three"]  # fixtures
TOKEN = "ck-7Qm2.secret"


@pytest.fixture
def tenant(chroma: Chroma) -> str:
    """Make a tenant with a database on the server, and return what comes before an index's name."""
    for path, name in (("", "desk-one"), ("/desk-one/databases", "archive-2026")):
        made = httpx.post(f"http://127.0.0.1:{chroma.port}/api/v2/tenants{path}", json={"name": name})
        assert made.status_code in (200, 409)  # it may be there already
    return "desk-one/archive-2026"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("header", "value"), [("X-Chroma-Token", TOKEN), ("Authorization", f"Bearer {TOKEN}")], ids=["Chroma", "Bearer"]
)
def test_an_index_of_a_tenant_behind_a_token(
    small: str, tmp_path: Path, chroma: Chroma, tenant: str, cache: Cache, header: str, value: str,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setenv(VARIABLE, value)
    with guarded(chroma.port, header, value) as port:
        url = f"http://127.0.0.1:{port}/{tenant}/{'chroma' if value == TOKEN else 'bearer'}"
        cache("reader", url)
        assert reindex([tmp_path / "news"], tmp_path / "index", publish_to=url).published == f"{url}, generation 1"
        assert not any("bearer" in name or "chroma" in name for name in chroma.collections(""))  # of another tenant
        with Assistant.open(url, answer_cache=0) as reader:
            assert reader.ask("Why did the bridge close?").status == "answered"
        assert [info.articles for info in generations(url)] == [3]
        assert examine(url) == []
        for wrong, message in (("", rf"wants a token \(status 401\).*{VARIABLE}"), ("ck-other", r"refuses .*40[13]")):
            monkeypatch.setenv(VARIABLE, wrong)
            with pytest.raises(IndexUnavailableError, match=message) as caught:
                Index.open(url)
            assert "ck-" not in str(caught.value)
            with pytest.raises(IndexUnavailableError, match="is up to date, but what is published is not"):
                reindex([tmp_path / "news"], tmp_path / "index")
            (finding,) = examine(url)
            assert VARIABLE in finding.what
    assert "ck-" not in caplog.text


@pytest.mark.slow
def test_a_tenant_that_is_not_there(small: str, tmp_path: Path, chroma: Chroma) -> None:
    url = f"http://127.0.0.1:{chroma.port}/nobody/nowhere/news"
    with pytest.raises(IndexUnavailableError, match=r"Database \[nowhere\] does not exist.*Check the address"):
        reindex([tmp_path / "news"], tmp_path / "index", publish_to=url)


def test_a_token_that_is_told_back_is_not_shown() -> None:
    told = Response(500, f"{'x' * 100} you sent {TOKEN} to us".encode(), (TOKEN,))
    assert "secret" not in told.words
    assert "ck-" not in told.words
    assert TOKEN not in repr(told).replace(repr(told.body), "")


@pytest.mark.parametrize(
    ("address", "token", "header"),
    [
        ("https://api.example/t01/d01/news", TOKEN, {"X-Chroma-Token": TOKEN}),
        ("http://127.0.0.1:8000", TOKEN, {"X-Chroma-Token": TOKEN}),
        ("http://[::1]:8000", TOKEN, {"X-Chroma-Token": TOKEN}),
        ("http://localhost", f" {TOKEN}\n", {"X-Chroma-Token": TOKEN}),
        ("https://api.example", "Basic YTpi", {"Authorization": "Basic YTpi"}),
        ("http://api.example", "", {}),
        ("http://api.example", " ", {}),
    ],
)
def test_where_a_token_goes(address: str, token: str, header: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, token)
    assert token_header(Address.parse(address)) == header


@pytest.mark.parametrize(
    ("address", "token"),
    [
        ("http://api.example", TOKEN),  # others could read it
        ("http://127.0.0.1.example", TOKEN),
        ("https://api.example", f"{TOKEN} more"),
        ("https://api.example", f"{TOKEN}\r\nHost: other.example"),
        ("https://api.example", f"{TOKEN}ü"),
        ("https://api.example", "x" * 5000),
    ],
)
def test_a_token_that_cannot_be_sent(address: str, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, token)
    with pytest.raises(BadRequestError, match=VARIABLE) as caught:
        token_header(Address.parse(address))
    assert "secret" not in str(caught.value)
    assert "xxx" not in str(caught.value)


def test_addresses_of_tenants() -> None:
    text = "https://api.example:443/desk-one/archive-2026/news"
    address = Address.parse(text)
    assert str(address) == text
    assert (address.tenant, address.database, address.name) == ("desk-one", "archive-2026", "news")
    assert Address.parse("http://h/default_tenant/default_database/news") == Address.parse("http://h/news")


@pytest.mark.parametrize(
    "text", ["http://h/tenant/news", "http://h/a/b/c/d", "http://h/../data/news", "http://h/te nant/data/news",
             "http://h/tenant//news", "http://h/tenant/data/news-000001-2"],
)  # fmt: skip
def test_what_is_no_address_of_a_tenant(text: str) -> None:
    with pytest.raises(BadRequestError):
        Address.parse(text)
