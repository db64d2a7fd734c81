"""Compare ways of searching for a follow-up: alone, with the question before it, with the whole history, and ours.

    python -m benchmarks.followups SET... [--indexes FOLDER] [--questions 200] [--llm openai:NAME --llm-base-url URL]

A SET is a folder with articles.jsonl and questions.jsonl; of its questions those count that have a history and
evidence. An article is found if it holds the evidence; hit@5 and MRR@10 are of articles, as the reader has ordered
them. Conversations are numbered by their first article or their id: what was chosen was chosen on the odd ones
("dev"), so the even ones ("test") say more.
"""

from collections.abc import Callable, Sequence

from qa import Answer, Assistant
from qa.values import Turn

Ask = Callable[[Assistant, str, Sequence[Turn]], Answer]
