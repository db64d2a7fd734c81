"""Metrics for Prometheus. They hold no text and no names."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from qa import Answer
from ui.server.observed import Outcome

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}
# Buckets: Prometheus' own, and more for language models, which take up to a minute.
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The metrics of one server process, in a registry of their own. Thread-safe."""

    def __init__(self, *, generation: Callable[[], int], answering: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        self.questions = Counter("dateline_questions", "Questions by outcome.", ["outcome"], registry=self.registry)
        self.seconds = Histogram(
            "dateline_stage_seconds", "Seconds per stage of answering.", ["stage"],
            registry=self.registry, buckets=_SECONDS,
        )  # fmt: skip
        self.requests = Counter(
            "dateline_http_requests", "HTTP requests by method and status.", ["method", "status"],
            registry=self.registry,
        )  # fmt: skip
        self.fallbacks = Counter(
            "dateline_model_fallbacks", "Answers produced by a fallback.",
            registry=self.registry,
        )  # fmt: skip
        self.kept = Counter("dateline_answers_kept", "Answers that were kept, and given again.", registry=self.registry)
        self.unsupported = Counter(
            "dateline_statements_unsupported", "Statements that no article supports.", registry=self.registry
        )
        self._gauge("dateline_generation", "The number of the index's served generation.", generation)
        self._gauge("dateline_answering", "Questions being answered now.", answering)
        ProcessCollector(registry=self.registry)

    def watch_queue(self, length: Callable[[], int]) -> None:
        """Report the length of the queue from now on."""
        self._gauge("dateline_queue_length", "Questions that wait in the queue.", length)

    def observe(self, outcome: Outcome, seconds: float, answer: Answer | None) -> None:
        """Record the outcome of a question."""
        self.questions.labels(outcome).inc()
        if answer is None:
            return
        for stage, taken in answer.timings.items():
            if stage != "total":
                self.seconds.labels(stage).observe(taken)
        self.seconds.labels("total").observe(seconds)
        self.kept.inc("kept" in answer.timings)
        self.fallbacks.inc(bool(answer.notice))
        self.unsupported.inc(sum(statement.support == "unsupported" for statement in answer.statements))

    def count_request(self, method: str, status: int) -> None:
        """Count a request. Unknown methods share one label, since each new value of a label is a series for good."""
        self.requests.labels(method if method in _METHODS else "other", str(status)).inc()

    def text(self) -> bytes:
        """Return all metrics in Prometheus' text format."""
        return generate_latest(self.registry)

    def _gauge(self, name: str, description: str, value: Callable[[], int]) -> None:
        Gauge(name, description, registry=self.registry).set_function(value)
