"""What is promised of the citations of every answer."""

from qa import Answer, Assistant


def check_citations(assistant: Assistant, answer: Answer) -> None:
    """Assert what is promised of every answer: exact quotes, numbers in order, marks that have a citation."""
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    for citation in answer.citations:
        with assistant.index.generation() as current:
            article = current.article(citation.article_id)
        assert article is not None
        assert article.text[citation.start : citation.end] == citation.quote != ""
        assert citation.title == article.title
        assert f"[{citation.number}]" in answer.text
    assert bool(answer.citations) == bool(answer.text) == (answer.status == "answered")
