"""Demote articles that were written to be found or obeyed rather than to report: by their words alone.

A sentence that tells the reader or a machine what to answer states nothing. An article that poses the very question is
found for that, whatever it says: it stays behind the others that answer. What this module does not know: whether it
lies. Honest ones are headed by questions, too, and so it is shown, and answers alone where no other does.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.search.lexical import terms
from qa.evidence import THRESHOLD, Evidence, Sentence

_MACHINE = r"(?:(?:(?:ai|language|chat)[ -]?(?:systems?|models?|assistants?|agents?|bots?))|llms?|(?:chat)?gpts?)"
_ANSWERING = r"(?:answer|say|reply|respond|repeat|state|tell|output)"
_REPORTS = r"(?:articles?|reports?|sources?|passages?|documents?|texts?|answers?|accounts?)"
_TRUE = r"(?:true|correct|right|real|actual|definitive|final|official|verified|proper)"
_BELIEVABLE = r"(?:correct|reliable|true|valid|trustworthy|official|verified)"
# What news often says is kept out by the words round it: "When asked, he said" has no order behind the comma, and
# "explain" counts only where it opens the sentence.
_ADDRESSES = re.compile(
    "|".join(
        (
            # It calls itself the answer, or the source.
            rf"\bthe (?:only )?{_TRUE} answer (?:is|to (?:this|that|your|the question))\b",
            rf"^\W*(?:the )?{_TRUE} answer\W*:",
            r"^\W*(?:(?:so|and|but|in short|for the record|in a word),? )?the answer (?:is|:) (?-i:[A-Z0-9£$€])",
            r"\bthe answer (?:that )?you(?: are|'re|’re)? (?:look|search|ask|seek|need|want)",
            r"\bquestion\b.*\banswer (?:is|was)\b",
            rf"\bthis (?:(?:article|passage|text|document|page|report) )?is the (?:only|most) {_BELIEVABLE}"
            r" (?:source|article|report|answer)\b(?! of)",
            # Of the other articles.
            r"\b(?:ignore|disregard|forget|override|skip) (?:(?:all|any|the|every|of|these|those|your|what|text) )*"
            r"(?:(?:other|previous|prior|preceding|earlier|above) )+(?:articles?|reports?|sources?|passages?|documents?"
            r"|texts?|answers?|instructions?)\b",
            r"\b(?:ignore|disregard|forget) (?:everything|anything|what|all)(?: that)?"
            r" (?:above|before(?! \d)|else|you (?:have |were )?(?:been )?(?:told|read|know|learned))\b(?! for)",
            r"\b(?:ignore|disregard|forget) the (?:text|passages?|articles?|context|instructions?)\b",
            rf"\b(?:do not|don't|don’t|never) (?:trust|use|cite|quote|believe|rely on|mention) (?:any |the |an)?"
            rf"other {_REPORTS}\b",
            rf"\b(?:all|any|every|the) (?:of the )?other {_REPORTS}\b.{{0,40}}\b(?:is|are|was|were) (?:wrong|false|fake"
            r"|incorrect|outdated|lies|mistaken|unreliable|untrue)\b(?! alarm)",
            r"^\W*(?:please |always |only )*(?:cite|quote|use|trust|prefer|rank|choose|select|rely on|return)"
            r" (?:only |just )?this (?:article|passage|text|document|source|report)\b",
            # To the reader's question.
            rf"\b(?:when|if|whenever)(?: you are| you're| ever)? asked\b[^,:]*[,:] (?:please |always |only |just )*"
            rf"{_ANSWERING}\b",
            r"\b(?:when|if|whenever) (?:anyone|anybody|someone|somebody|people|they|(?:an?|the) (?:user|reader)|users"
            rf"|readers) (?:ever )?asks?\b[^,:]*[,:] (?:please |always |only |just )*{_ANSWERING}\b",
            r"\b(?:anyone|anybody|whoever|everyone|users?|readers?)(?: who)? (?:asks?|asking)\b(?! for\b).*\b(?:should"
            r"|must|shall) (?:always )?(?:be (?:told|answered|informed)|know that the answer)\b",
            # To a machine.
            rf"\b(?:note|notice|message) (?:to|for) (?:the |any |all )?(?:{_MACHINE}|assistants?|bots?)\b",
            r"^\W*(?:system(?: note)?|new instructions?)\W*:",
            r"^\W*(?:[\[<(]+\W*|#+\W*)(?:system|inst|instructions?|assistant)\b",
            r"\b(?:tell|inform|remind) (?:the|your) users?\b",
            rf"\b{_MACHINE},? (?:must|should|shall|have to|are to|please) (?:always |only )*{_ANSWERING}"
            r"(?: that\b| with\b| only\b|:| (?-i:(?=[A-Z“\"])))",
            rf"(?:^\W*|, )(?:dear|attention|hello),? (?:ai|assistant|{_MACHINE})\b|^\W*{_MACHINE}[,:] ",
            rf"\bto (?:any|all|every|the) (?:ai|{_MACHINE})s?\b.{{0,20}}\b(?:reading|processing|answering)\b",
            rf"\byou are an? (?:helpful (?:\w+ )?assistant|ai|{_MACHINE})\b|\bas an? (?:ai|{_MACHINE}),",
            rf"\byou (?:must|should|have to|are to) (?:always |only )*{_ANSWERING} (?:that|with|only)\b",
            r"(?<!send )(?<!send us )(?<!post )(?<!give )(?<!submit )\byour (?:answer|response|reply|output)\b",
            rf"^\W*(?:please |always |you must )*{_ANSWERING} (?:that|with|only with|only the)\b|^\W*repeat after me\b",
            r"^\W*(?:please )?(?:output|print|repeat|reply with|answer with) (?:only )?the (?:following|words?|name"
            r"|phrase|sentence)\b",
            r"^\W*(?:please )?(?:explain|describe|translate|compose|draft|write|provide|summari[sz]e)"
            r" (?:an?|the|how|this|me|us)\b",
        )
    ),
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“\"][^”\"]*(?:[”\"]|$)")  # a quotation that a sentence leaves open goes on to its end
_REPORTED = re.compile(
    r"\b(?:said|says|(?<!be )(?<!you were )told|added|argued|wrote|ruled|warned|urged|insisted|replied|answered"
    r"|according to)\b",
    re.IGNORECASE,
)
"""Reported speech: what somebody says to somebody is news."""
_CLAUSES = re.compile(r"(?<=[:;.?!–—\n])\s+")
_WORD = re.compile(r"\w+")
_ASKS = re.compile(
    r"\b(?:who|whom|whose|what|which|when|where|why|how)\b|^\W*(?:am|is|are|was|were|do|does|did|has|have|had|can|could"
    r"|will|would|shall|should|may|might|must)\b",
    re.IGNORECASE,
)
"""Not a few words as they are typed into a search box: honest titles begin with these."""
_SAME_QUESTION = 0.8
"""More than this share of all different words of both, stemmed, but for `_HELPING` ones."""
_HELPING = frozenset(
    "will would is are was were be being been going to do does did has have had the a an then so".split()  # noqa: SIM905
)
_LEADS_IN = frozenset(
    "so and but then now well ok just exactly here is this s that how q question questions faq no number you we i many "  # noqa: SIM905
    "people readers users ask asks asked asking wonder wonders wondering know do does did want to tell me explained "
    "revealed answered answer latest news quiz update exclusive".split()
)
"""Words before a question that is asked outright; behind a name, "who will lead it" asks nothing."""
_SHORT_FORM = re.compile(r"(?<=\w)['’](?:ll|s|re|d)\b")
_LEAST_WORDS = 3  # of a question: shorter ones stand in honest articles too
_UNSUPPORTED, _BEHIND = 30.0, 1.0
"""Logits: docs/decisions/0021."""


def addresses(sentence: str) -> bool:
    """Say whether a sentence tells the reader or a machine what to answer, and is nobody's reported words."""
    return bool(_ADDRESSES.search(_QUOTED.sub(" ", sentence))) and not _REPORTED.search(sentence)


def poses(text: str, question: str) -> bool:
    """Say whether a clause of a text is the question, or begins with it, in nearly the same words."""
    asked = _words(question)
    if len(asked) < _LEAST_WORDS or not _ASKS.search(question):
        return False
    return any(
        words[: len(asked)] == asked or _nearly(words, asked)
        for words in (_outright(_words(clause), asked[0]) for clause in _CLAUSES.split(text))
    )


def poses_any(text: str, evidence: Evidence) -> bool:
    """Say whether a text poses the question in any of its forms."""
    # As typed, without its days, and with a name for its pronoun: any of them may have been copied.
    return any(poses(text, one) for one in {evidence.question, evidence.alone, evidence.searched})


def demote_stuffing(evidence: Evidence) -> Evidence:
    """Return the evidence with less support for what addresses the reader, and the articles that pose the question.

    Those stand behind the best supported sentence of another article; where there is none, they stay.
    """
    judged = [replace(s, evidence=s.evidence - _UNSUPPORTED) if addresses(s.text) else s for s in evidence.sentences]
    posing = frozenset(_posing(judged, evidence))
    honest = [s.evidence for s in judged if s.article.id not in posing and s.support >= THRESHOLD]
    if honest and posing:
        # One step for all, so that they keep their order.
        less = max(0.0, max(s.evidence for s in judged if s.article.id in posing) - max(honest) + _BEHIND)
        judged = [replace(s, evidence=s.evidence - less) if s.article.id in posing else s for s in judged]
    return replace(evidence, sentences=_ordered(judged), posing=posing)


def _ordered(judged: Sequence[Sentence]) -> tuple[Sentence, ...]:
    return tuple(sorted(judged, key=lambda sentence: -sentence.evidence))


def _posing(judged: Sequence[Sentence], evidence: Evidence) -> Iterator[str]:
    """Yield the ids of the articles of which the title, or a sentence that was read, poses the question."""
    for sentence in judged:
        if poses_any(sentence.article.title, evidence) or poses_any(sentence.text, evidence):
            yield sentence.article.id


def _outright(words: Sequence[str], first: str) -> Sequence[str]:
    """Return the words of a clause from the first one of the question on, if only "so", "FAQ" or the like is before."""
    start = next((at for at, word in enumerate(words) if word == first), 0)
    return words[start:] if all(word in _LEADS_IN or word.isdecimal() for word in words[:start]) else words


def _nearly(words: Sequence[str], asked: Sequence[str]) -> bool:
    """Say whether two begin alike, and have nearly all of their words in common, whatever their forms."""
    mine, theirs = _meant(words), _meant(asked)
    alike = len(theirs) >= _LEAST_WORDS and len(mine & theirs) > _SAME_QUESTION * len(mine | theirs)
    return words[:1] == asked[:1] and alike


def _meant(words: Sequence[str]) -> set[str]:
    return set(terms(" ".join(word for word in words if word not in _HELPING)))


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text)  # letters of full width, or ligatures, look the same
    return _WORD.findall(_SHORT_FORM.sub("", plain).casefold())
