"""A question asked of some articles, authors or languages only: by both engines, exactly and approximately."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from index import BadRequestError, Scope
from index.generation import Generation
from index.reindex import reindex
from index.serving import Index
from index.store.folder import Folder

ENGLISH = (
    "The ferry across the Senn carried {} passengers on Monday, said the harbour board of Ellery, and more are due."
)
GERMAN = (
    "Die Fähre über die Senn hat am Montag {} Fahrgäste befördert, sagte der Kreis, und es werden noch mehr werden."
)
AUTHORS = [["Ann Lee"], ["Jürgen Öz"], ["Ann Lee", "Bo Ray"], ["TARN COURIER"]]


def article(number: int, text: str = "") -> dict[str, object]:
    return {
        "id": f"a{number:02}", "title": f"Ferry {number}", "source": "Post" if number % 3 else "Tarn Courier",
        "published": f"2025-05-{1 + number:02}", "authors": AUTHORS[number % 4],
        "text": text or (GERMAN if number % 5 == 0 else ENGLISH).format(100 + number),
    }  # fmt: skip


ALL = [article(number) for number in range(20)]
EDITED = article(7, ENGLISH.format(900))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
    """An index whose second generation has a base, an article that was added, one that was edited and one gone."""
    folder = tmp_path_factory.mktemp("scope")
    for served in (ALL[:19], [*ALL[:7], EDITED, *ALL[8:18], ALL[19]]):
        lines = "".join(f"{json.dumps(one)}\n" for one in served)
        (folder / "news.jsonl").write_text(lines, encoding="utf-8")
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("index.build.plan.LEAST_ADDED", 5)
            number = reindex([folder / "news.jsonl"], folder / "index", model=str(tiny_model)).generation
    assert number == 2
    assert Folder(folder / "index").about(2)[1]["base"] == 1
    return folder / "index"


@pytest.fixture(params=[2000, 0], ids=["exactly", "approximately"])
def current(index: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Generation]:
    monkeypatch.setattr("index.generation._EXACT_BELOW", request.param)
    with Index.open(index) as opened, opened.generation() as generation:
        yield generation


def ids(*numbers: int) -> set[str]:
    return {f"a{number:02}" for number in numbers}


HERE = {*range(18), 19}
SCOPES = {
    "one article": (Scope(articles=("a03",)), {3}),
    "an article that was edited": (Scope(articles=("a07",)), {7}),
    "an article that was added": (Scope(articles=("a19",)), {19}),
    "an article that is gone": (Scope(articles=("a18",)), set()),
    "articles": (Scope(articles=("a03", "a04", "a19")), {3, 4, 19}),
    "an author": (Scope(authors=("Ann Lee",)), {n for n in HERE if n % 4 in (0, 2)}),
    "an author in other capitals": (Scope(authors=("JÜRGEN öz",)), {n for n in HERE if n % 4 == 1}),
    "a part of a name": (Scope(authors=("Ann",)), set()),
    "either of two authors": (Scope(authors=("Bo Ray", "Jürgen Öz")), {n for n in HERE if n % 4 in (1, 2)}),
    "a language": (Scope(languages=("de",)), {0, 5, 10, 15}),
    "languages": (Scope(languages=("de", "en")), HERE),
    "with other filters": (
        Scope(authors=("Ann Lee",), languages=("en",), sources=("Post",)),
        {n for n in HERE if n % 4 in (0, 2) and n % 5 and n % 3},
    ),
    "filters that exclude each other": (Scope(articles=("a03",), languages=("de",)), set()),
    "what looks like SQL": (Scope(articles=("a03' OR '1'='1",), authors=('"],[",')), set()),
}  # fmt: skip


@pytest.mark.parametrize(("scope", "numbers"), SCOPES.values(), ids=SCOPES)
def test_both_engines_keep_to_the_scope(current: Generation, scope: Scope, numbers: set[int]) -> None:
    def articles(hits: list[object]) -> set[str]:
        return {one.id for _, one in current.chunks([hit.chunk_id for hit in hits]).values()}  # type: ignore[attr-defined]

    vector = current.embeddings.embed_query("How many passengers did the ferry carry?")
    for k in (100, 2):
        near, words = current.dense(vector, k, scope), current.lexical("ferry Fähre passengers", k, scope)
        assert articles([*near, *words]) <= ids(*numbers)
        assert len(near) == len(words) == min(k, len(numbers))
    assert {one.id for one in current.articles(scope)} == ids(*numbers)
    free = {hit.chunk_id: hit.score for hit in current.dense(vector, 100, Scope())}
    assert all(hit.score == pytest.approx(free[hit.chunk_id], abs=1e-5) for hit in current.dense(vector, 100, scope))


def test_an_engine_that_gives_few_hits_is_done_without(current: Generation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers may limit how many results a search has."""
    vector = current.embeddings.embed_query("Wie viele Fahrgäste?")
    scope = Scope(languages=("de",))
    expected = current.dense(vector, 4, scope)
    search = current._dense.search
    monkeypatch.setattr(current._dense, "search", lambda vector, k, scope: search(vector, min(k, 3), scope))
    assert [hit.chunk_id for hit in current.dense(vector, 4, scope)] == [hit.chunk_id for hit in expected]
    assert len(expected) == 4


def test_authors_and_languages_are_counted(current: Generation) -> None:
    """An outlet that stands in the place of an author is none, however it is written there."""
    assert list(current.authors().items()) == [("Ann Lee", 9), ("Jürgen Öz", 5), ("Bo Ray", 4)]
    assert current.languages() == {"en": 15, "de": 4}


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        (Scope(authors=("Ann Lea",)), r"No article has the author 'Ann Lea'. There are: Ann Lee$"),
        (Scope(authors=("Nobody",)), r"There are: Ann Lee, Jürgen Öz, Bo Ray$"),
        (Scope(languages=("fr",)), r"No article has the language 'fr'. There are: en, de$"),
        (Scope(articles=("a03", "a18")), r"No article has the id 'a18'. Find its id with: dateline articles list"),
    ],
    ids=repr,
)
def test_what_no_article_has_is_refused(current: Generation, scope: Scope, message: str) -> None:
    current.require(Scope(authors=("ann lee",), languages=("de",), articles=("a03",)))
    with pytest.raises(BadRequestError, match=message):
        current.require(scope)
