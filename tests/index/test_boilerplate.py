"""Lines that an outlet repeats in many articles are learned and left out of the chunks; they are never lost."""

import json
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from index.build.boilerplate import learned
from index.reindex import Report, reindex
from index.serving import Index
from index.store.folder import Folder
from index.store.sketches import LinesOf, line_digest
from index.text.recurring import may_recur, origin_of
from index.text.sketch import sketch
from tests.conftest import write
from ui.terminal.articles import articles

OFFER = "Have a story for us? Write to the Courier desk at desk@courier.example."
NEWS = [
    "The ferry to Osk Hill starts on Monday, and a ticket costs two crowns for everybody who lives on the island.",
    "Teachers in Ellery return to work after a deal on pay, which their union has called a fair one for all schools.",
    "A crack was found in the bearing of the bridge, so engineers closed both of its lanes to lorries until autumn.",
    "The council has voted to build a tram to the harbour; work is to begin next spring and to last for three years.",
    "A storm tore the roof off the market hall in Tarn, where nobody was hurt, and stalls will move to the square.",
    "Rain has filled the Corrick reservoir for the first time in nine years, so gardens may be watered once again.",
]


def candidates(text: str) -> list[str]:
    return [text[start:end] for start, end in may_recur(text)]


@pytest.mark.parametrize(
    "line",
    [
        OFFER,
        "Support local journalism. Subscribe to courier.example today.",
        "You can read more opinions on the Courier's opinion page.",
        "This story was first printed by the College blog of the Courier.",
        "© 2026 Ellery Media is a content partner of the Courier.",
        "Unser Newsletter kommt jeden Morgen um sechs Uhr.",
        "Follow every game: Latest scores and schedules",
    ],
)
def test_what_speaks_to_readers_may_be_boilerplate(line: str) -> None:
    assert candidates("\n".join([*NEWS, line, *NEWS])) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "Sign up deadlines were missed by 300 families, the council said.",
        "“You cannot take our bridge away,” a baker shouted.",
        "The bridge, built in 1931, carries 20,000 cars a day.",
        "Moscow calls its action a special military operation.",
        "US stocks fell for a third day on Wednesday.",
        "Our rating: False",
        "Sie haben die Brücke gesperrt.",
        "Partly cloudy tonight",
        "Ellery 2, Tarn 1",
    ],
)
def test_sentences_of_news_and_data_never_are(line: str) -> None:
    assert candidates("\n".join([*NEWS, line, *NEWS])) == []


def test_at_the_edge_a_line_that_is_no_sentence_may_be() -> None:
    byline = "Special to the Ellery Courier"
    assert candidates("\n".join([byline, *NEWS])) == [byline]
    assert candidates("\n".join([*NEWS, "NORTHERN LIGHTS OVER TARN TODAY", *NEWS])) == []


def test_a_list_of_very_many_lines_is_not_learned_from() -> None:
    assert candidates("\n".join([OFFER] * 2000)) != []
    assert candidates("\n".join([OFFER] * 2001)) == []


def rows(*texts: tuple[str, str]) -> tuple[list[LinesOf], Callable[[int], bytes]]:
    made = [
        LinesOf(n, f"{n:03}", outlet, frozenset(map(line_digest, candidates(text))), frozenset())
        for n, (outlet, text) in enumerate(texts)
    ]
    return made, lambda version: sketch(texts[version][1])


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([("Courier", f"{news}\n{OFFER}") for news in NEWS[:5]], {"Courier"}),
        ([("Courier", f"{news}\n{OFFER}") for news in NEWS[:4]], set()),
        ([("Courier", f"{NEWS[0]} {NEWS[1]}\n{OFFER}")] * 9, set()),
        ([(outlet, f"{news}\n{OFFER}") for outlet, news in zip("abcdef", NEWS, strict=True)], set()),
    ],
    ids=["five articles", "four", "copies of one", "several outlets"],
)
def test_a_line_is_learned_from_five_different_articles(texts: list[tuple[str, str]], expected: set[str]) -> None:
    made, words = rows(*texts)
    assert learned(made, words).keys() == expected
    assert learned(made[::-1], words).keys() == expected


@pytest.mark.parametrize(
    ("source", "url", "path", "origin"),
    [
        ("Courier", "https://x.example/a", "a/b.txt", "Courier"),
        ("", "https://www.courier.example/a?b=1", "a/b.txt", "courier.example"),
        ("", "http://[bad", "news/2026/b.txt", "news/"),
        ("", "", "b.txt", "./"),
        ("", "", "", "./"),
    ],
)
def test_articles_without_an_outlet_have_an_origin(source: str, url: str, path: str, origin: str) -> None:
    assert origin_of(source, url, path) == origin


Run = Callable[..., Report]


@pytest.fixture
def run(tmp_path: Path, index_path: Path, tiny_model: Path, checked_here: None) -> Run:
    return lambda index=index_path, **options: reindex([tmp_path / "news"], index, model=str(tiny_model), **options)


def chunks(index: Path) -> list[str]:
    with Index.open(index) as opened, opened.generation() as current:
        return [chunk.text for article in current.articles() for chunk in current.chunks_of(article.id)]


def stored(index: Path) -> list[tuple[bytes, ...]]:
    """Return the digests of all served articles and the ids of their chunks."""
    sql = (
        "SELECT a.hash, c.id FROM member JOIN article a USING (version) JOIN chunk c USING (version)"
        " WHERE generation = ? ORDER BY 1, 2"
    )
    connection = sqlite3.connect(Folder(index).archive)
    found = connection.execute(sql, (Folder(index).served(),)).fetchall()
    connection.close()
    return found


def test_repeated_lines_are_left_out_and_come_back(tmp_path: Path, index_path: Path, run: Run) -> None:
    news = tmp_path / "news"
    for number, text in enumerate(NEWS[:4]):
        write(news / f"{number}.md", f"News {number}", f"{text}\n\n{OFFER}")
    run()
    assert sum(OFFER in chunk for chunk in chunks(index_path)) == 4
    write(news / "4.md", "News 4", f"{NEWS[4]}\n\n{OFFER}")
    report = run()  # now five articles have it, so four that did not change lose it
    assert (report.added, report.changed, report.unchanged, report.embedded) == (("4.md",), (), 4, 5)
    assert not any(OFFER in chunk for chunk in chunks(index_path))
    with Index.open(index_path) as opened, opened.generation() as current:
        article = current.article("0.md")
        assert current.earlier("0.md") == []
    assert article is not None
    ((start, end),) = article.boilerplate
    assert article.text[start:end] == OFFER
    write(news / "5.md", "News 5", f"{NEWS[5]}\n\n{OFFER}")
    assert run().embedded == 1  # no other article is embedded again
    again = run()
    assert (again.unchanged, again.generation) == (6, 3)
    run(tmp_path / "anew")
    assert stored(index_path) == stored(tmp_path / "anew")
    shown = CliRunner().invoke(articles, ["boilerplate", "--index", str(index_path)]).stdout
    assert shown == f"     6  Ellery Courier · {OFFER}\n"
    for number in (4, 5):
        (news / f"{number}.md").unlink()
    run(yes=True)
    assert sum(OFFER in chunk for chunk in chunks(index_path)) == 4


def test_without_an_outlet_a_host_or_a_folder_repeats_lines(tmp_path: Path, index_path: Path, run: Run) -> None:
    """What recurs in the news stays, however often; and so does what is spread over several folders."""
    missed = "Sign up deadlines were missed by 300 families, the council said."
    far = "Listen to our podcast on the life of ferrymen."
    (tmp_path / "news" / "wire").mkdir(parents=True)
    lines = []
    for number, text in enumerate(NEWS):
        story = f"News {number}\n\n{text}\n\n{missed}\n\n{OFFER}\n"
        (tmp_path / "news" / "wire" / f"{number}.txt").write_text(story, encoding="utf-8")
        (tmp_path / "news" / f"part-{number}").mkdir()
        (tmp_path / "news" / f"part-{number}" / "a.txt").write_text(
            f"Part {number}\n\n{text}\n\n{far}\n", encoding="utf-8"
        )
        url = f"https://www.senn.example/{number}"
        lines.append(
            {"id": url, "url": url, "title": f"Page {number}", "text": f"{text}\n{missed}\n{far} Page of the host."}
        )
    (tmp_path / "news" / "pages.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    run()
    held = chunks(index_path)
    assert not any(OFFER in chunk or "Page of the host" in chunk for chunk in held)
    assert sum(missed in chunk for chunk in held) == 12
    assert sum(far in chunk for chunk in held) == 6
    shown = CliRunner().invoke(articles, ["boilerplate", "--index", str(index_path)]).stdout
    assert shown == f"     6  senn.example · {far} Page of the host.\n     6  wire/ · {OFFER}\n"


def test_nothing_is_left_out_if_it_is_asked_for(tmp_path: Path, index_path: Path, run: Run) -> None:
    for number, text in enumerate(NEWS):
        write(tmp_path / "news" / f"{number}.md", f"News {number}", f"{text}\n\n{OFFER}")
    run()
    assert not any(OFFER in chunk for chunk in chunks(index_path))
    assert run(learn_boilerplate=False).unchanged == 6
    assert sum(OFFER in chunk for chunk in chunks(index_path)) == 6
    assert run().generation == 2  # as before


def test_what_is_learned_over_many_runs_is_what_one_run_learns(tmp_path: Path, index_path: Path, run: Run) -> None:
    """Runs look only at lines of articles that came, went, changed, or moved to another outlet."""
    news, draw = tmp_path / "news", random.Random(16)
    lines = [
        OFFER,
        "Follow the Courier for more local news every day",
        "Subscribe to our newsletter about the weather.",
    ]
    for step in range(6):
        for number in draw.sample(range(24), 12):
            told = draw.sample(NEWS, 2)
            text = "\n\n".join([*told, *draw.sample(lines, draw.randrange(4))])
            write(news / f"{number}.md", f"News {number}", text, source=draw.choice(["Ellery Courier", "Tarn Post"]))
        for path in draw.sample(sorted(news.iterdir()), 1 if step % 2 else 0):
            path.unlink()
        run(yes=True)
        if step in (2, 5):
            run(tmp_path / f"anew{step}")
            assert stored(index_path) == stored(tmp_path / f"anew{step}")
    with Index.open(index_path) as opened, opened.generation() as current:
        assert any(article.boilerplate for article in current.articles())
