"""`dateline eval`: the gate on our own questions, and that figures, gates, comparisons and pages are what they say."""

import json
import os
import re
import shutil
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from index import BadRequestError
from index.reindex import reindex
from index.store.folder import Folder
from qa import Answer, Assistant, Turn
from qa.answer.extract import Extractive
from qa.evaluate import METRICS, QuestionsError, Report, compare, evaluate, missed, read_gate, read_report
from qa.evaluate.gold import Gold
from qa.evaluate.libraries import LibraryMissingError
from qa.evaluate.report import page
from qa.evaluate.rows import cited
from qa.evaluate.run import IndexChangedError
from tests.command import dateline
from tests.conftest import ROOT, write
from tests.rows import row

QUESTIONS = ROOT / "benchmarks" / "sample" / "questions.jsonl"
HOSTILE = '<script>alert(1)</script><img src=http://evil.example/x.png onerror=alert(2)>" onclick="alert(3) $\\frac{1}$ \u202e\x1b[31m'  # noqa: E501


@pytest.fixture(scope="session")
def report(assistant: Assistant) -> Report:
    """The report on our own questions about articles/."""
    return evaluate(assistant, QUESTIONS, index="sample")


ASKED = 187
GATE = {
    "passage_hit@1": 0.74,
    "passage_hit@10": 0.98,
    "passage_mrr@10": 0.85,
    "article_mrr@10": 0.89,
    "answer_accuracy": 0.71,
    "answer_grade": 1.5,
    "full_answers": 0.7,
    "point_coverage": 0.73,
    "answer_noise": 0.38,
    "sentence_precision": 0.68,
    "quote_validity": 1.0,
    "shown_right": 0.69,
    "answerable_kept": 0.88,
    "abstention_accuracy": 0.83,
    "abstention_recall": 0.72,
    "abstention_auroc": 0.89,
}
"""What our own questions must reach. Measured: .781, 1, .879, .906, .766, 1.65, .789, .818, .347, .739, 1, .772, .920,
.888, .80, .937; the limits leave room for three or four questions that another processor rounds otherwise. With a third
statement and all that are within four logits of the best one, right answers were .803, cited sentences on the evidence
.682 and noise .612: more to read, and more of it beside the point."""
KINDS = {"time": 1.6, "typo": 1.2, "followup": 1.2, "keyword": 1.6, "number": 1.6, "multi": 1.4, "speaker": 1.2}
"""The mean grade that kinds of five questions must reach: .4 less than measured, which is one question."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_our_own_questions_pass_the_gate(report: Report, kind: str) -> None:
    grade = report.types[kind]["answer_grade"]
    assert grade is not None
    assert grade >= KINDS[kind]


@pytest.mark.slow
@pytest.mark.parametrize("metric", GATE)
def test_our_own_questions_pass_the_gate(report: Report, metric: str) -> None:
    value = report.metrics[metric]
    assert value is not None
    assert value <= GATE[metric] if METRICS[metric].lower_is_better else value >= GATE[metric]


@pytest.mark.slow
def test_the_report_counts_all_questions_and_loses_no_evidence(report: Report) -> None:
    assert report.settings.asked == len(report.rows) == ASKED
    assert [row.absent + row.lost for row in report.rows] == [()] * ASKED
    assert sum(values["questions"] or 0 for values in report.types.values()) == ASKED
    assert report.settings.versions["chromadb"]
    assert report.settings.model == "all-MiniLM-L6-v2"
    assert list(report.latency) == ["embed", "dense", "lexical", "fuse", "read", "compare", "answer", "total"]
    assert report.latency["read"]["p50"] < report.latency["total"]["p50"] <= report.latency["total"]["p95"]
    assert report.latency["total"]["p50"] == pytest.approx(report.metrics["latency_p50"], abs=1e-6)
    for name, limits in report.intervals.items():
        value = report.metrics[name]
        assert limits is None or value is None or limits[0] <= value <= limits[1]


@pytest.mark.slow
def test_a_report_survives_json(report: Report, tmp_path: Path) -> None:
    page.write(report, tmp_path / "deep" / "folder")
    assert read_report(tmp_path / "deep" / "folder" / "report.json") == report


class Links(HTMLParser):
    """Collects what a browser would load, follow or run."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def hostile(report: Report) -> Report:
    """Return the report with an attack in every text that comes from files."""
    rows = []
    for old in report.rows[:25]:
        question = old.question.model_copy(
            update=dict.fromkeys(("id", "question", "type"), HOSTILE + old.question.id)
            | {"answers": (HOSTILE,), "choices": (HOSTILE,), "answerable": False}
        )
        passages = tuple(
            found.model_copy(update={"title": HOSTILE, "words": HOSTILE, "article_id": HOSTILE})
            for found in old.passages
        )
        rows.append(
            old.model_copy(
                update={"question": question, "passages": passages, "answer": HOSTILE, "rewritten": HOSTILE,
                        "status": "answered", "absent": (HOSTILE,), "lost": (HOSTILE,)}
            )
        )  # fmt: skip
    types = {HOSTILE + name: values for name, values in report.types.items()}
    settings = report.settings.model_copy(update={"index": HOSTILE, "questions": HOSTILE, "versions": {HOSTILE: "1"}})
    return report.model_copy(update={"rows": tuple(rows), "types": types, "settings": settings})


@pytest.mark.slow
def test_the_page_loads_nothing_and_runs_nothing(report: Report) -> None:
    for html in (page.html(report), page.html(hostile(report))):
        found = Links(html)
        assert not found.tags & {"script", "img", "link", "iframe", "a", "image", "object", "style2", "foreignobject"}
        loading = ("src", "href", "xlink:href", "action", "data", "srcset", "poster")
        assert all(value.startswith("#") for name, value in found.attributes if name in loading)
        assert not [name for name, _ in found.attributes if name.startswith("on")]
        assert not re.search(r"url\((?!#)|@import", html.replace(HOSTILE, ""))
        assert "default-src 'none'" in html
    assert "\u202e" not in html
    assert "\x1b" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


@pytest.mark.slow
def test_the_page_shows_the_figures_and_the_worst_questions(report: Report) -> None:
    html = page.html(report)
    assert html.count("<svg") == 6
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert page.figure(report.metrics["passage_mrr@10"]) in html
    chosen = page.worst(report.rows)
    assert len(chosen) <= 20
    assert all(page.reason(row) for row in chosen)
    assert html.count("<details") == len(chosen)


def found(*relevant: bool) -> tuple[dict[str, Any], ...]:
    common = {"article_id": "a", "title": "", "start": 0, "end": 1, "score": 0.0, "words": ""}
    return tuple({**common, "relevant": flag} for flag in relevant)


@pytest.mark.parametrize(
    ("measured", "reason"),
    [
        (row(answerable=False, support=0.9), "answered, though the articles do not say"),
        (row(support=0.1, **{"passage_mrr@10": 1.0}), "not answered, evidence not among the passages"),
        (row(answer_accuracy=0.0), "wrong answer"),
    ],
)
def test_what_went_wrong_is_told(measured: Any, reason: str) -> None:
    assert page.reason(measured) == reason
    assert page.worst([measured, row(1, answer_accuracy=1.0)]) == [measured]


SMALL = [
    {"id": "crack", "question": "Why was the bridge over the Senn closed?", "answerable": True,
     "answers": ["a crack"], "evidence": [{"article_id": "bridge.md", "quote": "after a crack was found"}]},
    {"id": "pay", "question": "What is the deal about that ends the school strike?", "answerable": True,
     "answers": ["pay"], "evidence": [{"article_id": "school.md", "quote": "a deal\non pay"}], "type": "pay",
     "choices": ["pay", "bridges"]},
    {"id": "mars", "question": "How many moons does Mars have?", "answerable": False, "type": "absent"},
]  # fmt: skip


def asked(tmp_path: Path, *questions: dict[str, Any]) -> Path:
    file = tmp_path / "questions.jsonl"
    file.write_text("".join(json.dumps(question) + "\n" for question in questions), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, sample_index: Path) -> Path:
    """An index of two articles. Read only."""
    path = tmp_path_factory.mktemp("small")
    news = path / "news"
    write(news / "bridge.md", "Bridge closes", "The bridge over the Senn closed after a crack was found.")
    write(news / "school.md", "School strike ends", "Teachers in Ellery return to work after a deal on pay.")
    shutil.copytree(Folder(sample_index).path / "encoder", path / "index" / "encoder", copy_function=os.link)
    reindex([news], path / "index")
    return path / "index"


def test_a_small_index_by_hand(tmp_path: Path, small: Path) -> None:
    with Assistant.open(small) as assistant:
        report = evaluate(assistant, asked(tmp_path, *SMALL))
    expected = {"passage_mrr@10": 1.0, "article_hit@1": 1.0, "passage_recall@5": 1.0, "answer_accuracy": 1.0,
                "sentence_precision": 1.0, "quote_validity": 1.0, "abstention_accuracy": 1.0, "shown_right": 1.0,
                "abstention_recall": 1.0, "abstention_auroc": 1.0, "aurc": 0.0}  # fmt: skip
    assert {name: report.metrics[name] for name in expected} == expected
    assert list(report.types) == ["question", "pay", "absent"]
    assert report.types["absent"]["passage_mrr@10"] is None
    assert missed(report, [read_gate("answer_accuracy=1"), read_gate("aurc=0")]) == []


def test_silence_is_measured_and_compared(tmp_path: Path, small: Path) -> None:
    file = asked(tmp_path, *SMALL)
    with Assistant.open(small) as assistant:
        before = evaluate(assistant, file)
    with Assistant.open(small, answerer=Extractive(threshold=1.1)) as silent:
        after = evaluate(silent, file)
    assert after.metrics["answer_accuracy"] == after.metrics["answerable_kept"] == 0.0
    assert after.metrics["abstention_precision"] == pytest.approx(1 / 3, abs=1e-6)
    assert after.metrics["abstention_recall"] == after.metrics["passage_mrr@10"] == 1.0
    assert after.metrics["quote_validity"] is None
    differences = {one.metric: one for one in compare(before, after)}
    assert list(differences) == list(METRICS)
    lost = differences["answer_accuracy"]
    assert (lost.a, lost.b, lost.difference, lost.interval, lost.verdict) == (1.0, 0.0, -1.0, (-1.0, -1.0), "worse")
    same = differences["passage_mrr@10"]
    assert (same.difference, same.interval, same.verdict) == (0.0, (0.0, 0.0), "")
    assert differences["quote_validity"].interval is None
    assert missed(after, [read_gate("answer_accuracy=0.5"), read_gate("quote_validity=1")]) == [
        "answer_accuracy is 0; at least 0.5 is wanted.",
        "quote_validity has no value on these questions.",
    ]


def test_reports_of_other_questions_are_not_compared(tmp_path: Path, small: Path) -> None:
    with Assistant.open(small) as assistant:
        all_three = evaluate(assistant, asked(tmp_path, *SMALL))
        two = evaluate(assistant, asked(tmp_path, *SMALL[:2]))
        other = evaluate(assistant, asked(tmp_path, {**SMALL[0], "answers": ["rust"]}, *SMALL[1:]))
    with pytest.raises(BadRequestError, match=r"1 only in A \(mars\)"):
        compare(all_three, two)
    with pytest.raises(BadRequestError, match="under the same id: crack"):
        compare(all_three, other)


def test_differences_are_paired(tmp_path: Path) -> None:
    """The same questions are hard for both: unpaired, the interval of such a difference would hold zero."""
    base = {"settings": {}, "metrics": {}, "intervals": {}, "latency": {}, "types": {}}
    hard = [number % 2 for number in range(60)]
    one, other = (
        Report.model_construct(
            **base,
            rows=tuple(row(number, answer_accuracy=0.5 * easy + gain * (number % 3 == 0), total=1 + slow)
                       for number, easy in enumerate(hard)),
        )
        for gain, slow in ((0.0, 0.0), (0.1, 1.0))
    )  # fmt: skip
    differences = {difference.metric: difference for difference in compare(one, other)}
    gained = differences["answer_accuracy"]
    assert gained.difference == pytest.approx(0.1 / 3, abs=1e-6)
    assert gained.interval is not None
    assert 0.02 < gained.interval[0] < gained.interval[1] < 0.05
    assert gained.verdict == "better"
    assert differences["latency_p50"].verdict == "worse"


def test_evidence_that_the_index_lacks_counts_as_not_found(tmp_path: Path, small: Path) -> None:
    gone = {**SMALL[0], "id": "gone", "evidence": [{"article_id": "gone.md", "quote": "x"}]}
    changed = {**SMALL[0], "id": "changed", "evidence": [{"article_id": "bridge.md", "quote": "never written"}]}
    with Assistant.open(small) as assistant:
        report = evaluate(assistant, asked(tmp_path, gone, changed, SMALL[0]))
        rows = {row.question.id: row for row in report.rows}
        with pytest.raises(QuestionsError, match=r"none of the articles .* like 'gone.md'"):
            evaluate(assistant, asked(tmp_path, gone))
    assert (rows["gone"].absent, rows["changed"].lost) == (("gone.md",), ("never written",))
    assert [rows[id_].measures["passage_hit@10"] for id_ in rows] == [0, 0, 1]
    assert [rows[id_].measures["article_hit@10"] for id_ in rows] == [0, 1, 1]
    assert rows["gone"].measures["sentence_precision"] == 0


def test_a_swap_of_the_index_ends_the_evaluation(tmp_path: Path, source: Path, index_path: Path) -> None:
    reindex([source], index_path)

    def swap(_: str, done: int, __: int | None) -> None:
        if done == 1:
            write(source / "new.md", "New", "Something new has happened in Ellery.")
            reindex([source], index_path)

    with Assistant.open(index_path) as assistant, pytest.raises(IndexChangedError, match="from generation 1 to 2"):
        evaluate(assistant, asked(tmp_path, *SMALL), progress=swap)


def test_altered_quotes_are_noticed(small: Path) -> None:
    nothing = Gold({}, frozenset(), frozenset(), (), ())
    with Assistant.open(small) as assistant, assistant.index.generation() as generation:
        answer = assistant.ask(SMALL[0]["question"])
        (good, *_) = answer.citations
        changes: list[dict[str, Any]] = [
            {"quote": good.quote + "!"},
            {"start": good.start + 1},
            {"start": -5},
            {"article_id": "none"},
            {"quote": "", "end": good.start},
        ]
        for change in changes:
            bad = replace(good, **change)
            judged = cited(replace(answer, citations=(good, bad)), nothing, generation)
            assert [one.valid for one in judged] == [True, False], bad


def test_the_conversation_is_passed_on(tmp_path: Path, small: Path) -> None:
    heard: list[Any] = []

    class Listening(Assistant):
        def ask(self, question: str, *, history: Any = (), **options: Any) -> Answer:
            heard.append(history)
            return super().ask(question, **options)

    turns: list[Any] = [{"role": "user", "content": "Which bridge?"}, {"role": "assistant", "content": "It."}]
    with Listening.open(small) as assistant:
        evaluate(assistant, asked(tmp_path, {**SMALL[0], "history": turns}, SMALL[1]))
    assert heard == [[Turn(**turn) for turn in turns], []]


def test_a_limit_draws_by_seed(tmp_path: Path, small: Path) -> None:
    file = asked(tmp_path, *({**SMALL[0], "id": str(number)} for number in range(30)))
    with Assistant.open(small) as assistant:
        drawn = [[row.question.id for row in evaluate(assistant, file, limit=3, seed=seed).rows] for seed in (1, 1, 2)]
        with pytest.raises(BadRequestError, match="limit"):
            evaluate(assistant, file, limit=0)
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(drawn[0]) == 3
    assert drawn[0] == sorted(drawn[0], key=int)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("passage_mrr=0.8", r"no metric 'passage_mrr'. Did you mean passage_mrr@10\? There are: passage_hit@1, "),
        ("=1", "no metric ''"),
        ("aurc", "A limit is a number, like aurc=0.8"),
        ("aurc=low", "'aurc=low' has none"),
        ("aurc=nan", "has none"),
    ],
)
def test_gates_that_mean_nothing(text: str, told: str) -> None:
    with pytest.raises(BadRequestError, match=told):
        read_gate(text)


def test_reports_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"format": 2}', encoding="utf-8")
    with pytest.raises(BadRequestError, match="No such file"):
        read_report(tmp_path / "none.json")
    with pytest.raises(BadRequestError, match="no report of this version"):
        read_report(tmp_path / "other.json")


@pytest.mark.parametrize("module", ["ir_measures", "matplotlib", "scipy"])
def test_without_the_extra_nothing_is_asked(
    module: str, assistant: Assistant, report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    told = re.escape(f"Evaluation needs {module.replace('_', '-')}. Install with: pip install '.[eval]'")
    with pytest.raises(LibraryMissingError, match=told):
        evaluate(assistant, tmp_path / "unread.jsonl")
    with pytest.raises(LibraryMissingError, match=told):
        compare(report, report)


def test_the_command(tmp_path: Path, small: Path) -> None:
    file, out = asked(tmp_path, *SMALL), tmp_path / "out"
    done = dateline(
        "eval", file, "--index", small, "--report", out, "--min", "quote_validity=1", "--min", "latency_p50=60"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 questions over 2 articles (2 passages)" in done.stdout
    assert re.search(r"passage_mrr@10 +1\.000 +1\.000 to 1\.000", done.stdout)
    assert re.search(r"  abstention_accuracy .* Rightly answered or rightly not *\n", done.stdout)  # not folded
    assert (out / "report.html").is_file()
    failing = dateline("eval", file, "--index", small, "--json", "--min", "aurc=-1", "--min", "passage_hit@1=2")
    assert failing.returncode == 1
    assert Report.model_validate_json(failing.stdout).settings.asked == 3
    assert failing.stderr.splitlines() == [
        "dateline: aurc is 0; at most -1 is wanted.",
        "dateline: passage_hit@1 is 1; at least 2 is wanted.",
    ]
    both = dateline("eval", "--compare", out / "report.json", out / "report.json")
    assert both.returncode == 0
    assert re.search(r"passage_mrr@10 +1\.000 +1\.000 +\+0\.000 +0\.000 to 0\.000", both.stdout)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Give either a file of QUESTIONS or --compare"),
        (["q.jsonl", "--compare", "a", "b"], "Give either"),
        (["none.jsonl", "--min", "x=1"], "There is no metric 'x'"),
    ],
    ids=["nothing", "both", "metric"],
)
def test_the_commands_errors(tmp_path: Path, arguments: list[str], told: str) -> None:
    done = dateline("eval", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
