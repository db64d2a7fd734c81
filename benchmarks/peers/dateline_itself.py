"""Dateline by its Python interface: the retriever alone, and with the reader that puts what it found in order.

Both come from README.md: `assistant.retriever`, and the passages that `assistant.stream` gives before its answer.
"""

from contender_protocol import Found, Searcher, Task

from index.reindex import reindex
from qa import Assistant


def index(task: Task):
    reindex([task.path], task.store)


again = index


def searcher(task: Task) -> Searcher:
    assistant = Assistant.open(task.store)
    if task.setting == "retriever":
        return lambda question: [
            Found(hit.metadata["article_id"], hit.page_content, hit.metadata["start"])
            for hit in assistant.retriever.invoke(question)
        ]
    return lambda question: [
        Found(passage.article.id, passage.chunk.text, passage.chunk.start)
        for passage in next(assistant.stream(question)).passages
    ]
