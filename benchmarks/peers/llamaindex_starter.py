"""LlamaIndex as its starter builds a VectorStoreIndex, and its query fusion with BM25.

Documentation (read 2026-11):
- https://developers.llamaindex.ai/python/framework/getting_started/starter_example_local: HuggingFaceEmbedding,
  `VectorStoreIndex.from_documents`, persisting and loading. Its node parser is left at its defaults: sentences up to
  1,024 tokens, of which this embedding model reads 256. Metadata is embedded with the text, as is the default.
- https://developers.llamaindex.ai/python/framework/integrations/retrievers/reciprocal_rerank_fusion: BM25Retriever
  and QueryFusionRetriever with "reciprocal_rerank"; one query, since more of them need a language model.
- https://developers.llamaindex.ai/python/framework/module_guides/indexing/document_management: `refresh_ref_docs`
  for articles that may not have changed.
"""

from contender_protocol import Found, Searcher, Task
from llama_index.core import Document, Settings, StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever


def documents(task):
    return [
        Document(
            text=article["text"],
            doc_id=article["id"],
            metadata={"title": article["title"], "published": article.get("published")},
        )
        for article in task.articles
    ]


def stored(task):
    Settings.embed_model = HuggingFaceEmbedding(model_name=task.model)
    return load_index_from_storage(StorageContext.from_defaults(persist_dir=str(task.store)))


def index(task: Task):
    Settings.embed_model = HuggingFaceEmbedding(model_name=task.model)
    VectorStoreIndex.from_documents(documents(task)).storage_context.persist(persist_dir=str(task.store))


def again(task: Task):
    vectors = stored(task)
    vectors.refresh_ref_docs(documents(task))
    vectors.storage_context.persist(persist_dir=str(task.store))


def searcher(task: Task) -> Searcher:
    vectors = stored(task)
    retriever = vectors.as_retriever(similarity_top_k=10)
    if task.setting == "hybrid":
        keywords = BM25Retriever.from_defaults(docstore=vectors.docstore, similarity_top_k=10)
        retriever = QueryFusionRetriever(
            [retriever, keywords], llm=MockLLM(), num_queries=1, similarity_top_k=10, mode="reciprocal_rerank"
        )
    return lambda question: [
        Found(hit.node.ref_doc_id, hit.node.text, hit.node.start_char_idx) for hit in retriever.retrieve(question)
    ]
