"""Haystack as its tutorials build an index and a query pipeline, dense, and joined with BM25.

Documentation (read 2026-11):
- https://haystack.deepset.ai/tutorials/27_first_rag_pipeline: InMemoryDocumentStore, the sentence-transformers
  embedders with all-MiniLM-L6-v2, InMemoryEmbeddingRetriever.
- https://haystack.deepset.ai/tutorials/33_hybrid_retrieval: DocumentSplitter, InMemoryBM25Retriever, DocumentJoiner.
  It splits for a model that reads 512 tokens and asks to fit the length to the model; DocumentSplitter's default of
  200 words fits this one. Its joiner concatenates for a reranker that no package brings; without one
  https://docs.haystack.deepset.ai/docs/documentjoiner offers "reciprocal_rank_fusion".
- https://docs.haystack.deepset.ai/docs/documentwriter: DuplicatePolicy.SKIP for documents that are there already.
  They are embedded before the writer sees them.
"""

from contender_protocol import Found, Searcher, Task
from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.components.writers import DocumentWriter
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.document_stores.types import DuplicatePolicy
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)


def write(task, documents, policy):
    pipeline = Pipeline()
    pipeline.add_component("splitter", DocumentSplitter())
    pipeline.add_component("embedder", SentenceTransformersDocumentEmbedder(model=task.model))
    pipeline.add_component("writer", DocumentWriter(documents, policy=policy))
    pipeline.connect("splitter", "embedder")
    pipeline.connect("embedder", "writer")
    articles = [
        Document(content=article["text"], meta={"article": article["id"], "title": article["title"]})
        for article in task.articles
    ]
    pipeline.run({"splitter": {"documents": articles}})
    documents.save_to_disk(str(task.store / "documents.json"))


def index(task: Task):
    write(task, InMemoryDocumentStore(), DuplicatePolicy.NONE)


def again(task: Task):
    documents = InMemoryDocumentStore.load_from_disk(str(task.store / "documents.json"))
    write(task, documents, DuplicatePolicy.SKIP)


def searcher(task: Task) -> Searcher:
    documents = InMemoryDocumentStore.load_from_disk(str(task.store / "documents.json"))
    pipeline = Pipeline()
    pipeline.add_component("embedder", SentenceTransformersTextEmbedder(model=task.model))
    pipeline.add_component("dense", InMemoryEmbeddingRetriever(documents))
    pipeline.connect("embedder.embedding", "dense.query_embedding")
    last = "dense"
    if task.setting == "hybrid":
        pipeline.add_component("keywords", InMemoryBM25Retriever(documents))
        pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
        pipeline.connect("dense", "joiner")
        pipeline.connect("keywords", "joiner")
        last = "joiner"

    def search(question):
        asked = {"embedder": {"text": question}}
        if task.setting == "hybrid":
            asked["keywords"] = {"query": question}
        hits = pipeline.run(asked)[last]["documents"]
        return [Found(hit.meta["article"], hit.content, hit.meta["split_idx_start"]) for hit in hits]

    return search
