"""LangChain as its tutorial builds semantic search, and its keyword search joined in as its guide says.

Documentation (read 2026-11):
- https://docs.langchain.com/oss/python/langchain/knowledge-base: RecursiveCharacterTextSplitter with 1,000 characters,
  200 of overlap and start indexes; `add_documents`; `similarity_search`. Chroma and HuggingFaceEmbeddings are among
  the choices it offers.
- https://docs.langchain.com/oss/python/langchain/retrieval-optimization (Combine semantic and keyword search):
  BM25Retriever over the same chunks, ten of each, reciprocal rank fusion with 60. Chroma has no hybrid search of its
  own here.

Running the tutorial's script again embeds everything and adds it a second time. `langchain_core.indexing.index`
with a record manager would prevent that; neither page mentions it.
"""

from contender_protocol import Found, Searcher, Task
from langchain_chroma import Chroma
from langchain_community.retrievers import BM25Retriever
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

BATCH = 5000  # Chroma refuses more than 5,461 at a time


def chunks(task):
    documents = [
        Document(article["text"], metadata={"id": article["id"], "title": article["title"]})
        for article in task.articles
    ]
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
    return splitter.split_documents(documents)


def vector_store(task):
    embeddings = HuggingFaceEmbeddings(model_name=task.model)
    return Chroma(collection_name="articles", embedding_function=embeddings, persist_directory=str(task.store))


def index(task: Task):
    vectors, splits = vector_store(task), chunks(task)
    for first in range(0, len(splits), BATCH):
        vectors.add_documents(splits[first : first + BATCH])


again = index


def searcher(task: Task) -> Searcher:
    vectors = vector_store(task)
    if task.setting == "dense":
        return lambda question: found(vectors.similarity_search(question, k=10))
    keywords = BM25Retriever.from_documents(chunks(task))
    keywords.k = 10
    return lambda question: found(fused(vectors.similarity_search(question, k=10), keywords.invoke(question)))


def fused(*rankings):
    documents, scores = {}, {}
    for ranking in rankings:
        for rank, document in enumerate(ranking):
            documents[document.page_content] = document
            scores[document.page_content] = scores.get(document.page_content, 0) + 1 / (60 + rank)
    return [documents[text] for text in sorted(scores, key=scores.get, reverse=True)]


def found(documents):
    return [Found(one.metadata["id"], one.page_content, one.metadata["start_index"]) for one in documents]
