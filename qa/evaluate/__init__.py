"""Measure answers on questions whose answers are known: `evaluate(assistant, path)` returns a `Report`.

Retrieval, answers, citations, abstention and latency, with intervals; two reports can be compared (`compare`), and
one can be shown as a page (`report.page.write`).
"""

from qa.evaluate.compare import Difference, compare, read_report
from qa.evaluate.gate import Gate, missed, read_gate
from qa.evaluate.metrics import METRICS
from qa.evaluate.questions import Question, QuestionsError, read_questions
from qa.evaluate.run import evaluate
from qa.evaluate.values import Report, Row, Settings

__all__ = [
    "METRICS",
    "Difference",
    "Gate",
    "Question",
    "QuestionsError",
    "Report",
    "Row",
    "Settings",
    "compare",
    "evaluate",
    "missed",
    "read_gate",
    "read_questions",
    "read_report",
]
