"""Near-copies of one report are one story, and count as one."""

import json
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from index.reindex import reindex
from index.serving import Index
from index.store.sketches import Sketched
from index.stories import stories, story_of, window
from index.text.sketch import likeness, sketch
from qa import Assistant
from tests.conftest import write
from tests.made import MORE, STORY
from ui.terminal.articles import articles
from ui.terminal.printing import print_answer

WIRE = f"{STORY} {MORE}"
TRIMMED = f"{STORY} Readers of this paper can write to the county."
OTHER = (
    "The bridge at Ellery must close, and buses will have to do, the county has said. It is the bearing in the north "
    "that worries the engineers, who saw a crack there weeks ago. The ferry's owner is getting ready for more people."
)


def test_sketches_stay_as_they_are() -> None:
    """They are stored in every index: change `_SINCE` of `index.store.sketches` and make them anew if this changes."""
    assert sketch("The bridge will close on 1 May.").hex()[:32] == "c742a91a115bbc0887170705bde37714"
    assert len(sketch("")) == len(sketch(WIRE)) == 512


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        (WIRE, WIRE, 1.0, 1.0),
        (WIRE, WIRE.upper().replace(",", " -"), 1.0, 1.0),
        (WIRE, WIRE.replace("Monday", "Tuesday"), 0.8, 0.99),
        (WIRE, TRIMMED, 0.4, 0.7),
        (WIRE, OTHER, 0.0, 0.1),
        (WIRE, "", 0.0, 0.0),
        ("a b c", "c b a", 0.0, 0.0),
    ],
    ids=["itself", "marks and capitals", "a word", "trimmed", "another's words", "nothing", "another order"],
)
def test_sketches_tell_how_alike_texts_are(one: str, other: str, low: float, high: float) -> None:
    assert low <= likeness(sketch(one), [sketch(other)])[0] <= high


def made(**texts: tuple[str, int | None]) -> list[Sketched]:
    return [Sketched(id_, day, sketch(text)) for id_, (text, day) in texts.items()]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"a": (WIRE, 1), "b": (TRIMMED, 2), "c": (OTHER, 1)}, [["a", "b"]]),
        ({"a": (WIRE, 1), "b": (WIRE, 4)}, []),
        ({"a": (WIRE, 1), "b": (WIRE, 3), "c": (WIRE, 5)}, [["a", "b", "c"]]),
        ({"a": (WIRE, 1), "b": (WIRE, None)}, [["a", "b"]]),
        ({"a": (OTHER, 1), "b": (OTHER, 1), "c": (WIRE, None), "d": (WIRE, None)}, [["a", "b"], ["c", "d"]]),
        ({}, []),
    ],
    ids=["a wire story", "what comes back", "day by day", "no day", "two stories", "none"],
)
def test_near_copies_of_a_few_days_are_a_story(
    texts: dict[str, tuple[str, int | None]], expected: list[list[str]]
) -> None:
    articles_ = made(**texts)
    assert stories(articles_) == expected
    random.Random(1).shuffle(articles_)
    assert sorted(stories(articles_)) == expected

    def near(day: int | None) -> list[Sketched]:
        days = window(day)
        return [one for one in articles_ if days is None or one.day is None or days[0] <= one.day <= days[1]]

    for one in articles_:
        assert story_of(one, near) == next((story for story in expected if one.id in story), [one.id])


@pytest.fixture(scope="module")
def carried(tmp_path_factory: pytest.TempPathFactory, sample_index: Path) -> Path:
    """An index in which three outlets carry one wire story, and one has asked for itself."""
    folder = tmp_path_factory.mktemp("carried")
    day = {"date": "2025-04-02"}
    write(folder / "news" / "a.md", "Bridge to close for repairs", WIRE, source="Ellery Courier", **day)
    write(folder / "news" / "b.md", "Senn bridge to close", WIRE, source="Harbour Post", date="2025-04-03")
    write(folder / "news" / "c.md", "Ellery bridge closing", TRIMMED, source="Varrow Gazette", **day)
    write(folder / "news" / "d.md", "Bearing worries engineers", OTHER, source="Osk Herald", **day)
    reindex([folder / "news"], folder / "index")
    return folder / "index"


@pytest.mark.slow
def test_what_several_outlets_carry_is_one_report(carried: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Index.open(carried) as opened, opened.generation() as current:
        assert [[one.id for one in story] for story in current.stories()] == [["a.md", "c.md", "b.md"]]
        assert [one.id for one in current.story("b.md")] == ["a.md", "c.md", "b.md"]
        assert [one.id for one in current.story("d.md")] == ["d.md"]
        assert current.story("nothing") == []
    with Assistant.open(carried) as assistant:
        answer = assistant.ask("When will the bridge over the Senn close?")
    story = next(story for story in answer.stories if answer.citations[0].article_id in story.cited)
    assert story.outlets == ("Ellery Courier", "Varrow Gazette", "Harbour Post")
    assert {id_ for one in answer.stories for id_ in one.cited} == {c.article_id for c in answer.citations}
    assert sum("a.md" in one.cited or "b.md" in one.cited for one in answer.stories) == 1
    print_answer(answer)
    shown = capsys.readouterr().out
    assert "also carried by " in shown
    assert "1 independent report ·" in shown


@pytest.mark.slow
def test_stories_are_listed(carried: Path) -> None:
    run = CliRunner().invoke
    lines = run(articles, ["stories", "--index", str(carried)]).stdout.splitlines()
    assert [line[-5:-1] for line in lines] == ["a.md", "c.md", "b.md"]
    assert lines[0][:10] == "2025-04-02"
    told = json.loads(run(articles, ["stories", "--index", str(carried), "--json"]).stdout)
    assert [[one["source"] for one in story] for story in told] == [
        ["Ellery Courier", "Varrow Gazette", "Harbour Post"]
    ]
