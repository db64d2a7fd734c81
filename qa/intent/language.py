"""Tell that a question is not English: the reader was trained on English questions and articles."""

import re

_LETTERS = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_ASKING = {
    "German": "wer wann wo wie warum wieso weshalb welche welcher welches wieviel wem wessen ist wird wurde wurden",
    "French": "qui quand où pourquoi comment combien quel quelle quels quelles quoi est-ce qu'est-ce",
    "Spanish": "quién quiénes cuándo dónde qué cómo cuánto cuánta cuántos cuántas cuál cuáles está",
}
"""Words that ask, and are no English ones. One of them is enough where no English word stands beside it."""
_SMALL = {
    "German": "der das und nicht von den dem ein eine einen im zu auf für sich bei sie er es hat haben sind gibt",
    "French": "le la les des et une dans pour que sur du au aux pas elle ce sont ont avec",
    "Spanish": "el la los las del y en un una por con para se al su es son fue han hay",
}
_ENGLISH = frozenset((
    "about", "and", "any", "are", "at", "by", "can", "could", "did", "does", "for", "from", "had", "have", "how",
    "is", "it", "its", "of", "that", "the", "their", "there", "this", "to", "were", "what", "when", "where", "which",
    "who", "whom", "whose", "why", "with", "would",
))  # fmt: skip
"""English words that the other three do not have."""
_NOTICE = (
    "This question is not in English{name}: its words are searched, but the reader that chooses sentences knows "
    "English alone. Check the answer, or ask in English."
)


def language_notice(question: str) -> str:
    """Return what to tell who asks in another language than English; "" for an English question."""
    letters = "".join(_LETTERS.findall(question))
    if letters and len(_LATIN.findall(letters)) * 2 < len(letters):
        return _NOTICE.format(name="")
    language = _language(question)
    return _NOTICE.format(name=f" but in {language}") if language else ""


def _language(question: str) -> str:
    words = re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", question.lower().replace("’", "'"))
    english = sum(word in _ENGLISH for word in words)
    for name, asking in _ASKING.items():
        asks = sum(word in asking.split() for word in words)
        small = sum(word in _SMALL[name].split() for word in words)
        if asks and asks + small > english and (english == 0 or asks + small > 2):
            return name
    return ""
