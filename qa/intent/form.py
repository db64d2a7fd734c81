"""Say what form of answer a question asks for: one fact, a list, a verdict, a summary, a comparison …

It looks for words; there is no grammar here. A question that fits no form is asked for one fact.
"""

import re
from typing import Literal

Form = Literal["fact", "list", "verdict", "summary", "comparison", "cause", "way", "speech"]

_OPENS = r"^\W*(?:(?:and|but|so) )?"
_AUXILIARY = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must|am"
    r"|(?:is|are|was|were|do|does|did|has|have|had|wo|would|could)n['’]?t)"
)
_PREPOSITION = r"(?:at|in|on|to|under|with|by|from|of|for)"
_NUMBER = r"(?:two|three|four|five|six|seven|eight|nine|ten)"
_SAYS = (
    r"(?:say|says|said|think|thinks|tell|told|answer|react|respond|reply|call|blame|conclude|promise|argue|claim|warn"
    r"|suggest|comment|describe|explain|feel|make of|compare)"
)
# "How many" and the like ask for a figure, not for a way.
_MEASURES = (
    r"(?:many|much|old|high|long|large|big|far|heavy|tall|deep|fast|often|wide|strong|late|early|soon|hot|cold"
    r"|expensive|close|likely)"
)
# Words without a verb or a question word. Of 43,000 questions of 18 sets two are for a summary by it, one rightly.
_KEYWORDS = rf"^(?:(?!(?:wh\w+|how|{_AUXILIARY})\b)[\w'’-]+ ){{0,6}}[\w'’-]+(?<!\bthe)(?<!\bin)"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


# The first that fits counts, so the order matters: "How did the strike end?" asks for a summary before it asks for a
# way, "How does it compare …?" for a comparison before it asks for somebody's words.
_FORMS: tuple[tuple[Form, re.Pattern[str]], ...] = (
    (
        "summary",
        _any(
            r"^\W*(?:(?:can|could|please|pls)\b[^,]{0,20} )?(?:summari[sz]e|sum up|recap|tell me about)\b",
            r"\bgive (?:me )?(?:an?|the) (?:short |brief )?(?:summary|overview)\b|^\W*(?:the )?latest (?:on|news)\b",
            r"^\W*(?:tell me )?what(?:['’]s| is| was| are)? (?:happened|happening|going on|went on|went wrong|wrong)\b",
            r"^\W*what(?:['’]s| is| was| are)? the (?:latest|story|news|row|dispute|situation|state of)\b",
            r"^\W*what (?:has )?(?:become|became|came|come) of\b",
            # As keywords: "harbour strike what happened", "harbour strike latest".
            rf"{_KEYWORDS} what(?:['’]s| is| was)? (?:happened|happening|going on)\W*$",
            rf"{_KEYWORDS} (?:latest(?: news)?|updates?|news|summary)\W*$",
            r"^\W*how (?:did|does|is|are|was|has|have) .{3,80} (?:go|going|gone|turn out|develop|unfold|end)\W*$",
        ),
    ),
    (
        "comparison",
        _any(
            r"\bcompar(?:e[ds]?|ing|ison)\b|\bdiffer(?:s|ed|ence|ences|ent)?\b|\bversus\b|\bvs\b|\bbefore and after\b",
            r"\b(?:more|less|fewer|\w{2,}er|better|worse|most|\w{3,}est)\b.*[,:–—-] .*\bor\b",
        ),
    ),
    (
        "cause",
        _any(
            _OPENS + r"(?:why|how come|what (?:(?:was|is) )?(?:the )?(?:reasons?|causes?|caused|led|prompted|drove))\b",
            r"\breasons?\W*$|\bfor what reason\b",
        ),
    ),
    ("verdict", _any(_OPENS + _AUXILIARY + " (?!you )")),
    (
        "speech",
        _any(
            _OPENS + rf"(?:what|how) (?:did|does|do|has|have|had|was|is) .{{2,80}}\b{_SAYS}\b",
            _OPENS + r"(?:who|which \w+(?: \w+)?) (?:said|says|told|called|calls|claim(?:s|ed)|warned|argued|blamed)\b",
        ),
    ),
    (
        "list",
        _any(
            _OPENS + rf".{{0,30}}?\b(?:which|what) {_NUMBER}\b",
            _OPENS
            + rf"(?:{_PREPOSITION} )?(?:which|what) (?:(?!{_AUXILIARY}\b)\w+ ){{0,2}}"
            + rf"(?!{_AUXILIARY}\b|this\b|his\b|its\b)\w\w+(?<!s)s\b",
            r"^\W*(?:list|name|who shared|(?:who|what) (?:are|were))\b|\bwhat (?:all|else)\b|\ball the\b",
        ),
    ),
    ("way", _any(_OPENS + rf"how (?!{_MEASURES}\b)|\bby what means\b|\bin what way\b")),
)


def form(question: str) -> Form:
    """Return the form of answer that a question asks for."""
    return next((name for name, pattern in _FORMS if pattern.search(question)), "fact")
