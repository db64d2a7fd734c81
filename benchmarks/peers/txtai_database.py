"""txtai as its RAG guide builds an embeddings database from paragraphs, dense and hybrid.

Documentation (read 2026-11):
- https://github.com/neuml/txtai/blob/master/examples/52_Build_RAG_pipelines_with_txtai.ipynb: each paragraph is a row
  of `Embeddings(content=True)`. Its Textractor is for files; for text, that is its base class Segmentation
  (https://neuml.github.io/txtai/pipeline/data/segmentation). The quick start cuts at sections, of which a plain text
  has one.
- https://neuml.github.io/txtai/embeddings/configuration/general: `hybrid=True` adds BM25 to it.
- https://neuml.github.io/txtai/embeddings/indexing: `upsert` for rows that may be there already.
"""

from contender_protocol import Found, Searcher, Task
from txtai import Embeddings
from txtai.pipeline import Segmentation


def rows(task):
    paragraphs = Segmentation(paragraphs=True)
    for article in task.articles:
        for number, paragraph in enumerate(paragraphs(article["text"])):
            yield f"{article['id']}#{number}", paragraph


def index(task: Task):
    embeddings = Embeddings(path=task.model, content=True, hybrid=task.setting == "hybrid")
    embeddings.index(rows(task))
    embeddings.save(str(task.store))


def again(task: Task):
    embeddings = Embeddings().load(str(task.store))
    embeddings.upsert(rows(task))
    embeddings.save(str(task.store))


def searcher(task: Task) -> Searcher:
    embeddings = Embeddings().load(str(task.store))
    return lambda question: [
        Found(hit["id"].rpartition("#")[0], hit["text"]) for hit in embeddings.search(question, 10)
    ]
