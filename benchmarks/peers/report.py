"""Turn what each setting of each contender gave into figures, and the figures into Markdown tables."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.peers.measures import Quality, Ranks, interval, percentile, quality, ranks, reciprocal, words

Step = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The figures of one setting. Seconds, and megabytes; `cpu` counts both cores' work, whatever else ran."""

    title: str
    version: str
    quality: Quality
    standings: tuple[Ranks, ...]
    index_seconds: float
    index_cpu: float
    again_seconds: float | None
    again_cpu: float | None
    index_memory: int
    ask_memory: int
    p50: float
    p95: float
    cpu_p50: float
    opening: float
    install_seconds: float
    install_megabytes: float
    packages: int
    lines: int
    articles: int

    @property
    def reciprocals(self) -> list[float]:
        """Return 1 / rank of the passage for each question."""
        return [reciprocal(one.passage) for one in self.standings]


def row(
    title: str, environment: Mapping[str, Any], shown: str, lines: int, articles: int, steps: Mapping[str, Step],
    questions: Sequence[Mapping[str, Any]],
) -> Row:  # fmt: skip
    """Return the figures of one setting from its steps: index, ask, and again if it has run.

    `questions` are those with evidence.
    """
    answers = {answer["id"]: answer for answer in steps["ask"]["answers"]}
    standings = tuple(ranks(answers[one["id"]]["found"], one["evidence"]) for one in questions)
    lengths = [len(words(passage["text"])) for one in questions for passage in answers[one["id"]]["found"]]
    seconds = [answer["seconds"] for answer in answers.values()]
    return Row(
        title=title,
        version=environment["versions"].get(shown, "?"),
        quality=quality(standings, lengths),
        standings=standings,
        index_seconds=steps["index"]["wall"],
        index_cpu=steps["index"]["cpu"],
        again_seconds=steps.get("again", {}).get("wall"),
        again_cpu=steps.get("again", {}).get("cpu"),
        index_memory=steps["index"]["memory"],
        ask_memory=steps["ask"]["memory"],
        p50=percentile(seconds, 0.5),
        p95=percentile(seconds, 0.95),
        cpu_p50=percentile([answer["cpu"] for answer in answers.values()], 0.5),
        opening=steps["ask"]["opening"],
        install_seconds=environment["seconds"],
        install_megabytes=environment["megabytes"],
        packages=len(environment["versions"]),
        lines=lines,
        articles=articles,
    )


def as_json(one: Row) -> dict[str, Any]:
    """Return a row's figures as JSON values."""
    return {key: value for key, value in asdict(one).items() if key != "standings"}


def quality_table(rows: Sequence[Row], against: str) -> str:
    """Return the table of what was found; `against` is the title that the others are compared with."""
    lines = [
        f"| | version | hit@1 | hit@5 | hit@10 | MRR@10 | {against} has more (95 %) | in 500 words | article hit@1 "
        "| article MRR@10 | words a passage |",
        "| --- |" + " --- |" * 10,
    ]
    ours = next((one.reciprocals for one in rows if one.title == against), None)
    for one in rows:
        found = one.quality
        more = "–"
        if ours is not None and one.title != against:
            low, high = interval([mine - theirs for mine, theirs in zip(ours, one.reciprocals, strict=True)])
            more = f"{low:+.3f} to {high:+.3f}"
        lines.append(
            f"| {one.title} | {one.version} | {_share(found.hit1)} | {_share(found.hit5)} | {_share(found.hit10)} "
            f"| {_share(found.mrr)} | {more} | {_share(found.within)} | {_share(found.article_hit1)} "
            f"| {_share(found.article_mrr)} | {found.passage_words:.0f} |"
        )
    return "\n".join(lines)


def cost_table(rows: Sequence[Row]) -> str:
    """Return the table of what it took."""
    lines = [
        "| | articles/s | CPU s to index | nothing changed, s (share of the first run) | question p50 / p95, ms "
        "| CPU ms | opening, s | memory indexing / asking, MB | install, s | MB | packages | lines of code |",
        "| --- |" + " --- |" * 11,
    ]
    lines += [
        f"| {one.title} | {one.articles / one.index_seconds:.2f} | {one.index_cpu:.0f} "
        f"| {_again(one)} "
        f"| {1000 * one.p50:.1f} / {1000 * one.p95:.1f} | {1000 * one.cpu_p50:.1f} | {one.opening:.1f} "
        f"| {one.index_memory:,} / {one.ask_memory:,} | {one.install_seconds:.0f} | {one.install_megabytes:,.0f} "
        f"| {one.packages} | {one.lines} |"
        for one in rows
    ]
    return "\n".join(lines)


def _again(one: Row) -> str:
    if one.again_seconds is None:
        return "–"
    return f"{one.again_seconds:.1f} ({one.again_seconds / one.index_seconds:.1%})"


def _share(value: float) -> str:
    return f"{value:.3f}"
