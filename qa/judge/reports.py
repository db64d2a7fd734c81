"""Decide between reports: a correction goes before what it corrects, the newer of two that differ before the older.

Two reports differ when both answer a question for a day or a number, about the same matter, with other figures
(qa/facts/disagreement.py). Both are shown, the newest first, and the answer says so. Which of two reports is true is
not decided.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from index import Article
from index.search.lexical import terms
from index.text.chunk import spoken_date
from index.values import OLDER_ENTRY
from qa.evidence import LEAST, Evidence, Sentence
from qa.facts.comparison import restates
from qa.facts.disagreement import Sought, adds_figure, disjoint, figure
from qa.facts.quantities import is_money, quantities
from qa.judge.compare import MARGIN, Embed
from qa.judge.lone import behind, lone
from qa.judge.stuffing import demote_stuffing
from qa.values import Citation

# "Correction: …", "Corrections to …"; but "Corrections officers strike" has neither a mark nor a "to".
_TITLED = re.compile(
    r"\W*(?:corrections?|corrected|clarifications?|erratum)\s*(?:[:–—-]|to\b|$)|.*\((?:correction|corrected)\)\W*$",
    re.IGNORECASE,
)
# "[^.]" keeps both halves in one sentence: a report may be named in one, and something else be wrong in the next.
_ADMITS = re.compile(
    r"\b(?:in (?:a|an|our)|an earlier|a previous|our) (?:\w+ ){0,2}(?:report|article|story|version)\b[^.]{0,160}"
    r"\b(?:wrong|wrongly|incorrect|incorrectly|mistaken|mistakenly|erroneous|erroneously|misstated)\b",
    re.IGNORECASE,
)
_REPEATS = re.compile(
    r"\b(?:we|(?:the|our|an) (?:earlier )?(?:report|article|story|version)) (?:had |also )*"
    r"(?:wrote|written|reported|said|stated|gave|misstated)\b|\b(?:wrongly|incorrectly|mistakenly|erroneously)\b",
    re.IGNORECASE,
)
_LEAD = 400
"""The characters at the beginning in which a correction admits an error. Of 7,374 news articles 15 do, and 35 further
down, where a note at their end speaks of their own earlier version (November 2026)."""
_ERROR = 12.0
"""What a sentence that repeats an error loses, in logits. With four, one of our own 79 questions is answered
otherwise, and two with none; thirty change nothing (November 2026)."""
_SAME_STORY = 0.6
"""Of the words in the title of the corrected report, found in the correction. From .4 to .7 none of 79 questions of our
own and 220 natural ones is answered otherwise, with .8 one is (November 2026)."""
_CORRECTED_WITHIN = timedelta(days=60)
"""How long after a report its correction may come. Of the same 299 questions none is answered otherwise with 14 days or
1,000. There has to be a limit, as what comes back each year has one title."""
_SAME_MATTER = 0.5
"""Cosine of title and sentence. Six pairs of articles/ that differ have .54 to .85. Four others, of at most .52, are
told apart by what they count (November 2026)."""
_ONE_EVENT = timedelta(days=300)
"""How far apart two reports of one event may be: what comes back each year is another. With 150 days one of our own 79
questions is answered otherwise, with 60 two are; 600 change nothing (November 2026)."""


def is_correction(article: Article) -> bool:
    """Say whether the article corrects what its outlet has printed before."""
    return bool(_TITLED.match(article.title) or _ADMITS.search(article.text[:_LEAD]))


def corrected(articles: Iterable[Article]) -> dict[str, Article]:
    """Return the correction of each corrected article, by the corrected one's id."""
    known = list({article.id: article for article in articles}.values())
    found: dict[str, Article] = {}
    for correction in filter(is_correction, known):
        words = set(terms(f"{correction.title} {correction.text}"))  # its title may be just "Correction"
        for article in known:
            if article.id != correction.id and _corrects(correction, words, article):
                found[article.id] = correction
    return found


def _corrects(correction: Article, words: set[str], article: Article) -> bool:
    if correction.source != article.source or not correction.published or not article.published:
        return False
    title = set(terms(article.title))
    # Two corrections of one outlet share many words: neither of them puts the other right.
    near = timedelta(0) <= correction.published - article.published <= _CORRECTED_WITHIN
    return near and not is_correction(article) and len(title & words) >= _SAME_STORY * max(1, len(title))


def repeats_the_error(article: Article, sentence: str) -> bool:
    """Say whether a sentence of a correction tells what was printed wrongly."""
    return bool(_REPEATS.search(sentence)) and is_correction(article)


def settle_reports(evidence: Evidence, embed: Embed) -> Evidence:
    """Return the evidence with its sentences ordered by what one report says about another.

    A report that was corrected is not shown where its correction answers, and a newer report that differs from the
    best stands before it. `embed` gives texts' unit vectors.
    """
    # The order matters. What repeats an error loses first: a correction that does only that answers nothing, and hides
    # nothing. Who poses the question is known before reports are compared: such an article is no report.
    wrong = corrected(sentence.article for sentence in evidence.sentences)
    judged = [
        replace(s, evidence=s.evidence - _ERROR) if repeats_the_error(s.article, s.text) else s
        for s in evidence.sentences
    ]
    telling = {sentence.article.id for sentence in judged if sentence.evidence >= LEAST}
    judged = [s for s in judged if s.article.id not in wrong or wrong[s.article.id].id not in telling]
    judged.sort(key=lambda sentence: -sentence.evidence)
    sought = Sought.of(evidence.searched)
    judged = _without_older_entries(sought, _beside_others(sought, judged))
    return _opposed(demote_stuffing(replace(evidence, sentences=tuple(judged), corrected=wrong)), embed)


def _opposed(evidence: Evidence, embed: Embed) -> Evidence:
    """Return the evidence with `lone` and `differing`: reports that name or count otherwise, and ordered by them."""
    alone = lone(evidence.searched, _reporting(evidence, evidence.sentences))
    judged = behind(evidence.sentences, alone)
    rivals = _rivals(evidence.searched, _reporting(evidence, judged), embed)
    return replace(evidence, sentences=_newest_first(judged, rivals), differing=rivals, lone=alone)


def _reporting(evidence: Evidence, judged: Sequence[Sentence]) -> list[Sentence]:
    """Return the sentences of articles that do not pose the question: only they speak for or against each other."""
    return [sentence for sentence in judged if sentence.article.id not in evidence.posing]


def caveat(evidence: Evidence, citations: Sequence[Citation]) -> str:
    """Return what a reader should know of the cited reports: that they, or a newer one, differ or were corrected."""
    # Reversed: an article's first number stays.
    numbers = {citation.article_id: citation.number for citation in reversed(citations)}
    notes = []
    if evidence.differing and numbers:
        notes.append(_difference(evidence, numbers))
    notes += _unconfirmed(evidence, citations, numbers)
    for id_, correction in evidence.corrected.items():
        if id_ in numbers or correction.id in numbers:
            notes.append(f"{correction.source or 'The outlet'} corrected an earlier report on {_day(correction)}.")
    return " ".join(dict.fromkeys(filter(None, notes)))  # two corrections of one day say the same


def _difference(evidence: Evidence, numbers: Mapping[str, int]) -> str:
    """Return how the cited reports differ from the newest one; "" if they do not."""
    sought = Sought.of(evidence.searched)
    newest, *older = evidence.differing
    latest = sought.figures(newest.text)
    apart = [
        s
        for s in older
        if s.article.id in numbers and _of_one_event(newest, s) and disjoint(latest, sought.figures(s.text))
    ]
    if newest.article.id not in numbers:
        cited = [sentence for sentence in older if sentence.article.id in numbers]
        return f"A newer report differs: {_named(newest.article)}, “{newest.article.title}”." if cited else ""
    if not apart:
        return ""
    listed = (
        f"{figure(sought.figures(sentence.text))} ({_named(sentence.article)}) [{numbers[sentence.article.id]}]"
        for sentence in (newest, *apart)
    )
    return f"Reports differ: {' · '.join(listed)}."


def _unconfirmed(evidence: Evidence, citations: Sequence[Citation], numbers: Mapping[str, int]) -> Iterator[str]:
    """Yield what is cited of a report that others differ from, or that poses the question and no other confirms."""
    if evidence.lone and evidence.lone[0].article.id in numbers:
        alone, other = (sentence.article for sentence in evidence.lone)
        yield f"Other reports differ from [{numbers[alone.id]}]: {_named(other)}, “{other.title}”."
    others = [sentence.text for sentence in _reporting(evidence, evidence.sentences)]
    for citation in citations:
        posed = citation.article_id in evidence.posing
        if posed and not any(restates(text, citation.quote) for text in others):
            yield f"[{citation.number}] is from an article that asks this very question; no other report confirms it."
            return


def _rivals(question: str, judged: Sequence[Sentence], embed: Embed) -> tuple[Sentence, ...]:
    """Return the best sentence with a figure of the kind asked for, and those of other articles that differ from it.

    They are on the same matter, the newest first; nothing, when there is no such other.
    """
    sought = Sought.of(question)
    telling = [s for s in judged if s.evidence >= LEAST and sought.figures(s.text)]
    if not telling:
        return ()
    best = telling[0]
    others = [other for other in telling[1:] if _rival(sought, best, other)]
    if not others:
        return ()
    # With their titles: without them six pairs that differ have cosines from .27 on (docs/decisions/0014).
    vectors = embed([_headed(sentence) for sentence in (best, *others)])
    found = {best.article.id: best}
    for other, nearness in zip(others, vectors[1:] @ vectors[0], strict=True):
        if nearness >= _SAME_MATTER:
            found.setdefault(other.article.id, other)  # the first of an article is its best
    newest = sorted(found.values(), key=lambda sentence: sentence.article.published or date.min, reverse=True)
    return tuple(newest) if len(newest) > 1 else ()


def _rival(sought: Sought, best: Sentence, other: Sentence) -> bool:
    """Say whether another article gives a figure that the best sentence does not, on the same matter."""
    return (
        best.article.id != other.article.id
        and all(sought.is_named_in(sentence.text) for sentence in (best, other))
        and adds_figure(sought.figures(best.text), sought.figures(other.text))
        and sought.same_matter(best.text, _headed(other))
    )


def _beside_others(sought: Sought, judged: Sequence[Sentence]) -> list[Sentence]:
    """Return the sentences; where the best one counts what is asked, those with only a sum or a share go last.

    "1,500 crowns for each home" is no number of homes. A count may be one in another word: spectators are people.
    """
    if not judged or not sought.counted or not sought.figures(judged[0].text):
        return list(judged)
    less = [
        # By just so much they are no longer shown beside the best; where nothing counts, they still answer.
        replace(s, evidence=s.evidence - MARGIN) if _measures(s.text) and not sought.figures(s.text) else s
        for s in judged
    ]
    return sorted(less, key=lambda sentence: -sentence.evidence)


def _without_older_entries(sought: Sought, judged: Sequence[Sentence]) -> list[Sentence]:
    """Return the sentences without older entries of a live blog whose figure a newer entry of it has replaced."""
    older = [s for s in judged if s.text.startswith(OLDER_ENTRY)]
    replaced = {
        old
        for old in older
        for new in judged
        if new.article.id == old.article.id
        and new.evidence >= LEAST
        and not new.text.startswith(OLDER_ENTRY)
        and adds_figure(sought.figures(old.text), sought.figures(new.text))
    }
    return [s for s in judged if s not in replaced]


def _measures(text: str) -> bool:
    """Say whether a text has a sum of money or a percentage."""
    return any(is_money(quantity.unit) or quantity.unit == "percent" for quantity in quantities(text))


def _newest_first(judged: Sequence[Sentence], rivals: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """Return the sentences with the newer ones of these rivals just before the best rival, and as well supported."""
    if not rivals:
        return tuple(judged)
    best = next(sentence for sentence in judged if sentence in rivals)
    newer = rivals[: rivals.index(best)]
    # As well supported as the best one, or an answer would show the older figure alone.
    lifted = [replace(sentence, evidence=max(sentence.evidence, best.evidence)) for sentence in newer]
    place = judged.index(best)
    return (*judged[:place], *lifted, *(sentence for sentence in judged[place:] if sentence not in newer))


def _of_one_event(one: Sentence, other: Sentence) -> bool:
    """Say whether two reports can be of one event: what comes back each year has another figure each year."""
    first, second = one.article.published, other.article.published
    return first is None or second is None or abs(first - second) <= _ONE_EVENT


def _headed(sentence: Sentence) -> str:
    return f"{sentence.article.title}. {sentence.text}"


def _named(article: Article) -> str:
    return ", ".join(part for part in (article.source, spoken_date(article.published)) if part)


def _day(article: Article) -> str:
    return spoken_date(article.published)
