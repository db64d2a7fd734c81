"""Suggest questions that an article answers, made from its own sentences by rules.

For a page that wants to show what can be asked. Not every such question is answered from its own sentence, so
`starters` asks each and keeps those that are.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from index import Article
from index.text.chunk import sentences
from qa.facts.calendar import MONTH, WEEKDAY
from qa.facts.names import PLAIN_OPENERS
from qa.facts.persons import NO_PERSON
from qa.values import Answer

_Rule = Callable[[str, frozenset[str]], str | None]

# Chosen, not measured: what fits a button, in characters, and how often the index is asked while somebody waits, at
# some 0.2 s a question (benchmarks/README.md).
_LONGEST = 90
_SHORTEST = 16
_TRIES = 24
_FOLLOWING_TRIES = 8
_MOST_ALIKE = 2  # "How many …" and "How many …", but no third

# Measured on 1,500 news articles (rtqa_dev_2022H2, November 2026): 3,207 questions; of a sample of 40, 22 (and 22 now)
# are answered from their own sentence, and so may be shown. What a list earns is said of 500 of the articles with 1,032
# questions: how many it makes, and of a sample how many are answered. Dropped were lists that earned nothing: subjects
# that begin with "In" or "After", "next week", "has risen", offices without an ending ("coach", "boss"), and taking the
# first of three names for an office, which made "Voting Systems" of "Dominion Voting Systems".
_OPENER = "|".join(sorted(word.title() for word in PLAIN_OPENERS - {"the"}))
_NAME = rf"(?!(?:{_OPENER})\b)[A-Z][\w'’-]+(?: (?:of |de |van |von )?[A-Z][\w'’-]+){{1,3}}"
"""Two to four words with capitals, but "Dante Hall" where the sentence begins "But Dante Hall"."""
_NUMBER = r"(?:\d[\d,.]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundreds of|thousands of)"
"""The words make 47 questions; 12 of 12 are answered."""
_ABOUT = r"(?:about|around|some|nearly|almost|roughly|more than|fewer than|less than|at least|up to|only|another)"
"""Makes 52 questions; 11 of 12 are answered."""
_NOUNS = (
    r"(?!(?:have|has|had|of|were|was|are|is)\b)[a-z][a-z-]+(?: (?!(?:and|or|will|would|who|that)\b)[a-z][a-z-]+){0,3}?"
)
"""Without the first list there are 16 questions more, mostly broken ("How many has already been charged?"); without the
second 10, of which 4 are ("How many activists who were arrested?")."""
_BE = r"(?:were|was|are|is|have been|has been|had been|will be)"
"""The forms of two words make 8 questions; 6 are answered."""
_DID = r"(?:[a-z]{3,}ed|took part|lost|died|went|came)"
"""The irregular forms make 9 questions; 7 are answered."""
_DATE = rf"(?:{WEEKDAY}|\d{{1,2}} [A-Z][a-z]+|{MONTH}|(?:19|20)\d\d)"
_ARTICLES = frozenset(("The", "A", "An"))  # with a capital they open a title; within a question they need none
_CAPITALS = r"[A-Z][\w-]+(?: [A-Z][\w-]+)?"
_START = r"^(?P<subject>(?:The|A|An|[A-Z][\w'’-]+)(?: [\w'’-]+){0,5}?)"
_END = r"(?=[,.;:](?!\w)|$| (?:after|when|because|so|but|and|while|which|who|as|against) )"
"""The conjunctions make 34 questions, 11 of 12 answered; without them 13 drag a second clause along."""
_SAID = r"(?:said|announced|warned|promised|suggested|argued|told [\w ]{3,30}?)"
"""The verbs beside "said" make 93 questions; 6 of 12 are answered."""
_PERSON = (
    r"\d\d(?!\d|%| per)|who|(?:a|an|the) (?:(?!for\b)[a-z-]+ ){0,3}?(?!for\b)[a-z]+(?:er|or|ist|man|woman|cian|ian)\b"
)
"""What stands behind a person's name and its comma: an age, "who", or an office by its ending. The endings make 151
questions; 8 of 12 are answered. A share ("80%") is no age, and "for" no office: of natural_dev's answers these made
"Who is Gen Xers?"."""
_VAGUE = frozenset(
    ("he", "she", "it", "they", "his", "her", "its", "their", "this", "that", "these", "those", "i", "we")
)
"""Words that refer to something before the sentence: 31 questions have one; they cannot be understood alone."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that `article.text[start:end]` answers."""

    question: str
    start: int
    end: int


def suggestions(article: Article) -> Iterator[Suggestion]:
    """Yield questions that the article's sentences answer, the most telling kinds first, at most one a sentence."""
    proper, place = _proper(article.text), _place(f"{article.title}. {article.text}")
    spans = sentences(article.text)
    used: set[tuple[int, int]] = set()
    for rule in _RULES:
        for start, end in spans:
            if (start, end) in used:
                continue
            question = _placed(rule(article.text[start:end], proper), place)
            if _fit(question):
                used.add((start, end))
                yield Suggestion(question, start, end)


def follow_ups(
    answer: Answer, asked: Iterable[str], *, ask: Callable[[str], Answer] | None = None, most: int = 3
) -> tuple[str, ...]:
    """Return questions that the answer's articles answer beside what was `asked` and what is cited already.

    With `ask`, they are only those that it answers from the sentence they were made of; it is called 8 times at most.
    """
    tries = 0
    cited = {citation.article_id for citation in answer.citations}
    chosen = _Chosen(most, {_plain(question) for question in (answer.question, *asked)})
    for article in {p.article.id: p.article for p in answer.passages if p.article.id in cited}.values():
        said = [(c.start, c.end) for c in answer.citations if c.article_id == article.id]
        for suggestion in suggestions(article):
            if any(suggestion.start < end and start < suggestion.end for start, end in said):
                continue
            if ask is not None and chosen.wants(suggestion.question):
                tries += 1
                if tries > _FOLLOWING_TRIES:
                    return tuple(chosen.questions)
                if not _holds(ask(suggestion.question), article, suggestion):
                    continue
            chosen.offer(suggestion.question)
    return tuple(chosen.questions)


def starters(articles: Iterable[Article], ask: Callable[[str], Answer], *, most: int = 4) -> tuple[str, ...]:
    """Return questions that `ask` answers from the sentence they were made of, each from another article.

    Asks 24 times at most, so that a corpus of which the rules make little costs little.
    """
    chosen = _Chosen(most, set())
    tries = 0
    for article in articles:
        for suggestion in filter(lambda s: chosen.wants(s.question), suggestions(article)):
            tries += 1
            if _holds(ask(suggestion.question), article, suggestion):
                chosen.offer(suggestion.question)
                break
            if tries == _TRIES:
                return tuple(chosen.questions)
    return tuple(chosen.questions)


@dataclass(slots=True)
class _Chosen:
    """At most `most` questions, none twice or asked `before`, and no more than two of a kind."""

    most: int
    before: set[str]
    questions: list[str] = field(default_factory=list)

    def wants(self, question: str) -> bool:
        alike = [other for other in self.questions if _kind(other) == _kind(question)]
        return len(self.questions) < self.most and len(alike) < _MOST_ALIKE and _plain(question) not in self.before

    def offer(self, question: str) -> None:
        if self.wants(question):
            self.before.add(_plain(question))
            self.questions.append(question)


def _kind(question: str) -> list[str]:
    return question.split()[:2]


def _holds(answer: Answer, article: Article, suggestion: Suggestion) -> bool:
    return any(
        citation.article_id == article.id and citation.start < suggestion.end and suggestion.start < citation.end
        for citation in answer.citations
    )


def _fit(question: str) -> bool:
    """Say whether a question can stand alone: it names something, and refers to nothing before it."""
    fits = _SHORTEST <= len(question) <= _LONGEST
    return fits and _names_something(question) and _VAGUE.isdisjoint(_plain(question).split())


def _plain(question: str) -> str:
    return " ".join(re.findall(r"\w+", question.lower()))


def _proper(text: str) -> frozenset[str]:
    """Return the words that are written with a capital inside sentences: 19 questions begin their subject with one."""
    return frozenset(re.findall(r"(?<=[a-z,] )[A-Z][\w'’-]+", text)) - _ARTICLES


def _place(text: str) -> str:
    """Return where the news is from: the name that stands behind "in" or "at" most often, if twice at least.

    75 questions get their name from it, of which 11 of 12 are answered.
    """
    found = re.findall(rf"\b(?:in|at) (?!{_DATE})({_CAPITALS})(?![\w'’-])", text)  # not "in Pence’s office"
    return next((name for name, count in Counter(found).most_common(1) if count > 1), "")


def _placed(question: str | None, place: str) -> str:
    """Return the question with the place in it, where it names nothing itself."""
    if not question or not place or _names_something(question):
        return question or ""
    return f"{question.removesuffix('?')} in {place}?"


def _names_something(question: str) -> bool:
    return any(word[:1].isupper() for word in question.split()[1:])


def _inside(subject: str, proper: frozenset[str]) -> str:
    """Return the subject as it is written inside a sentence."""
    first, _, rest = subject.partition(" ")
    return subject if first in proper else f"{first.lower()} {rest}".strip()


def _called(name: str) -> str:
    """Return a name as it is written inside a sentence: "the National Weather Service"."""
    return f"the {name[4:]}" if name.startswith("The ") else name


def _how_many(sentence: str, _: frozenset[str]) -> str | None:
    begin = rf"(?:^|(?<=[,-] )|(?<=and )|(?<=that )|(?<=said ))(?:{_ABOUT} )?{_NUMBER} (?P<what>{_NOUNS})"
    found = re.search(rf"{begin} (?P<verb>{_BE} [a-z]|{_DID})(?P<rest>.{{0,50}}?){_END}", sentence, re.IGNORECASE)
    return f"How many {found['what']} {found['verb']}{found['rest']}?" if found else None


def _of_subject(verb: str, question: str) -> _Rule:
    """Return the rule that turns a sentence that begins with a subject and this verb into this question."""
    pattern = re.compile(f"{_START} {verb}")

    def ask(sentence: str, proper: frozenset[str]) -> str | None:
        found = pattern.search(sentence)
        if not found:
            return None
        return question.format_map({**found.groupdict(), "subject": _inside(found["subject"], proper)})

    return ask


def _who_is(sentence: str, _: frozenset[str]) -> str | None:
    found = re.search(rf"(?P<name>{_NAME}), (?:{_PERSON})", sentence)
    if not found or NO_PERSON.search(found["name"]):
        return None
    return f"Who is {_called(found['name'])}?"


def _said_about(sentence: str, _: frozenset[str]) -> str | None:
    found = re.search(
        rf"(?P<name>{_NAME}) {_SAID} (?:that )?(?P<topic>the {_NOUNS})(?= {_BE} | had | would )", sentence
    )
    return f"What did {_called(found['name'])} say about {found['topic']}?" if found else None


def _said(sentence: str, _: frozenset[str]) -> str | None:
    found = re.search(rf"(?P<name>{_NAME}) {_SAID}\b|\bsaid (?P<other>{_NAME})", sentence)
    return f"What did {_called(found['name'] or found['other'])} say?" if found else None


_RULES: Sequence[_Rule] = (
    _how_many,
    _of_subject(
        rf"(?P<aux>has|have|had|will|would) (?P<verb>[a-z]{{2,}}) (?:{_ABOUT} )?[£$€]\d",
        "How much {aux} {subject} {verb}?",
    ),
    _of_subject(
        rf"(?P<aux>will|would) (?P<verb>[a-z][^,]{{2,45}}?) (?:on|in|from|by|until) (?:the )?{_DATE}",
        "When {aux} {subject} {verb}?",
    ),
    _of_subject(
        rf"(?P<be>was|were) (?P<verb>[a-z]+(?:ed|en|t|n|ut|ld)(?: up| out| down)?) (?:on|in) {_DATE}",
        "When {be} {subject} {verb}?",
    ),
    _of_subject(
        r"(?P<aux>can|will|would|could) be (?P<verb>[a-z]+(?:ed|en|t|n|de|ld)) (?:at|in) (?:the )?[A-Z]",
        "Where {aux} {subject} be {verb}?",
    ),
    _said_about,
    _who_is,
    _said,
)
"""Each makes a question from a sentence, or none; `proper` are the words that keep their capital. The most telling come
first. Of 12 questions of each over 500 articles are answered: how many 8, how much 8, when will 11, when was all, where
4 of 5, said about 10, who is 10, said 8."""
