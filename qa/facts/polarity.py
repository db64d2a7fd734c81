"""Say whether a text affirms or denies, and whether two texts use opposite words: approved and rejected, rose and fell.

Polarity is read clause by clause: "It opens in May, and nobody was hurt" affirms that it opens. The lists are closed
and plain, from the verbs and prepositions of news reports; a word that they lack is not seen here, and
`qa.facts.comparison` takes any exchanged word for another fact. Grammar, irony, and who denies are not looked at.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from index.search.lexical import terms

_CONTRACTIONS = (
    (re.compile(r"\bwon't\b", re.IGNORECASE), "will not"),
    (re.compile(r"\b(?:can't|cannot)\b", re.IGNORECASE), "can not"),
    (re.compile(r"n't\b", re.IGNORECASE), " not"),
    (re.compile(r"\b([ap])\. ?m(?:\.|\b)", re.IGNORECASE), r"\1m"),
    (re.compile(r"(?<=\d):00(?= ?[ap]m\b)", re.IGNORECASE), ""),
    (re.compile(r"\bU\.S\.(?:A\.)?|\bUSA?\b|\bUnited States\b"), "America"),
    (re.compile(r"\bU\.K\.|\bUK\b|\bUnited Kingdom\b"), "Britain"),
)
_NO_DENIAL = re.compile(  # these look like denials: "No. 7", "not only", "no fewer than"
    r"\bno\.? ?\d+|\bnot (?:only|just|least|merely|simply)\b|\bno (?:doubt|wonder|later than|fewer than|less than)\b"
    r"|\bwithout (?:a )?doubt\b|\bwhether or not\b|\bif not\b|\bor not\b|\bnothing but\b|\bcan not (?:but|help)\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:no (?:longer|more|plans? to|intention (?:of|to)|need to|wish to)"
    r"|not|no|nor?|never|none|nobody|nothing|nowhere|neither|without|hardly|scarcely|barely|unless"
    r"|den(?:y|ies|ied|ying)|fail(?:s|ed|ing)? to|failure to|refus(?:e|es|ed|ing)|declin(?:e|es|ed|ing) to"
    r"|rul(?:e|es|ed|ing) (?:it )?out|stop(?:s|ped)? short of|far from|lack(?:s|ed|ing)?|unable|unlikely|impossible"
    r"|yet to|await(?:s|ed|ing)?|pending|disput(?:e|es|ed|ing)|rebut(?:s|ted)|refut(?:e|es|ed|ing)|avoid(?:s|ed"
    r"|ing)?|prevent(?:s|ed|ing)?)\b|n't\b",
    re.IGNORECASE,
)
_OF_A_NOUN = ("no", "without", "lack", "lacks", "lacked")
# A conjunction stays at the head of its clause (a lookahead): what follows it may need it to be understood.
CLAUSES = re.compile(
    r"[,;:()–—]+\s|\s[-–—]+\s|\.\s+(?=[A-Z])"
    r"|(?=\b(?:and|but|while|whereas|although|though|because|since|who|which|where|when|if|after|before|until)\b)",
    re.IGNORECASE,
)
# Words like "voted-for" are those that `_PHRASES` makes of several.
_OPPOSITES = (
    (
        "approve approved approves backed backs accept accepted adopt adopted agree agreed endorse endorsed "
        "support supported ratify ratified welcome welcomed allow allowed permit permitted passed voted-for",
        "reject rejected rejects oppose opposed opposes veto vetoed block blocked scrap scrapped defeated disagree "
        "disagreed voted-against ban banned forbid forbade forbidden prohibit prohibited turned-down threw-out "
        "voted-down shelved dismissed condemned",
    ),
    (
        "rise rose risen rises rising raise raised increase increased increases grow grew grown climb climbed gain "
        "gained jump jumped soar soared surge surged up higher more improve improved strengthen strengthened "
        "expand expanded double doubled upgrade upgraded",
        "fall fell fallen falls falling drop dropped drops decrease decreased decline declined cut cuts shrink "
        "shrank shrunk slump slumped plunge plunged sink sank down lower lowered less fewer worsen worsened weaken "
        "weakened reduce reduced halve halved slash slashed downgrade downgraded slid dip dipped",
    ),
    ("north northern", "south southern"),
    ("east eastern", "west western"),
    ("northern north", "eastern east western west"),
    ("southern south", "eastern east western west"),
    ("left-hand", "right-hand"),
    ("inside indoors", "outside outdoors"),
    ("before earlier", "after later"),
    ("above over", "below under beneath"),
    ("accelerate accelerated quicken quickened sped", "slow slowed slowing ease eased"),
    ("land landed", "take-off"),
    ("home", "away"),
    ("seller", "buyer"),
    (
        "open opened opens reopen reopened reopens start started starts begin began begun begins launch launched "
        "resume resumed resumes continue continued continues remain remained remains stay stayed stays keep kept",
        "close closed closes shut shuts end ended ends stop stopped stops finish finished halt halted suspend "
        "suspended cancel cancelled canceled abandon abandoned scrap scrapped quit",
    ),
    ("win won wins wins beat beats beaten defeats victory winner", "lose lost loses loss defeat defeated loser losing"),
    ("guilty convict convicted condemned sentenced jailed", "acquit acquitted innocent cleared freed"),
    ("arrest arrested detain detained jail jailed imprison imprisoned seized", "release released free freed"),
    (
        "hire hired appoint appointed recruit recruited elect elected joined reinstated",
        "sack sacked fire fired dismiss dismissed resign resigned quit stepped-down leave left ousted",
    ),
    ("buy bought buys acquire acquired purchase purchased", "sell sold sells"),
    ("lend lent lends", "borrow borrowed borrows"),
    (
        "arrive arrived enter entered came return returned stay stayed",
        "leave left depart departed exit exited flee fled",
    ),
    ("find found recover recovered", "lose lost missing"),
    (
        "survive survived alive living lived rescued saved unhurt",
        "die died dead killed drowned kill kills deadly fatal",
    ),
    (
        "build built construct constructed rebuild rebuilt keep kept save saved",
        "demolish demolished destroy destroyed torn-down dismantle dismantled raze razed",
    ),
    ("first", "last"),
    ("new newest young younger youngest", "old oldest older elder eldest"),
    ("early on-time", "late delayed postponed put-off"),
    ("more-than over exceed exceeded above", "less-than under fewer below"),
    ("true confirm confirmed confirms correct prove proved admit admitted", "false wrong incorrect untrue"),
    ("safe", "dangerous"),
    ("public", "private"),
    (
        "man men boy father husband son brother male he his him",
        "woman women girl mother wife daughter sister female she her",
    ),
    ("morning day", "evening night"),
    ("cheap cheaper", "expensive dearer dear costlier pricier"),
    ("hot hotter warm warmer hottest warmest", "cold colder cool cooler coldest coolest"),
    ("love praise praised like liked", "hate blame blamed dislike criticise criticised criticized condemn condemned"),
    ("include included including", "exclude excluded excluding except"),
    ("attack attacked attacks", "defend defended defends"),
    ("accuse accused charge charged", "cleared exonerated acquitted"),
    ("ally friend", "enemy rival"),
    ("strong stronger big bigger large larger high long longer", "weak weaker small smaller low short shorter"),
    ("best most majority maximum", "worst least minority minimum fewest"),
    ("full", "empty"),
    ("import imports imported", "export exports exported"),
    ("advance advanced promoted promotion", "retreat retreated relegated relegation"),
    ("enter entered join joined", "withdraw withdrew withdrawn"),
    ("succeed succeeded success", "fail failed failure"),
    ("surplus profit", "deficit loss"),
    ("peace truce ceasefire", "war fighting"),
    ("everybody everyone all every always each", "some few several sometimes somebody someone"),
)
"""Pairs of poles. A word may stand on several axes: a text is on a pole only when it has words of no other."""
# Before words are read one by one: "turn down" has no word that rejects, and "at least" is no opposite of "most".
_PHRASES = (
    (re.compile(r"\b(turn|turned|turns) (?:it |them )?down\b", re.IGNORECASE), "turned-down"),
    (re.compile(r"\b(?:throw|threw|thrown) (?:it |them )?out\b", re.IGNORECASE), "threw-out"),
    (re.compile(r"\b(?:vote|voted|votes) (?:it |them )?down\b", re.IGNORECASE), "voted-down"),
    (re.compile(r"\b(?:put|puts) (?:it |them )?(?:off|back)\b", re.IGNORECASE), "put-off"),
    (re.compile(r"\b(?:step|stepped|steps|stand|stood) down\b", re.IGNORECASE), "stepped-down"),
    (re.compile(r"\b(?:torn?|tore|pull|pulled) down\b", re.IGNORECASE), "torn-down"),
    (re.compile(r"\b(?:lay|lays|laid|laying) off\b", re.IGNORECASE), "sacked"),
    (re.compile(r"\b(?:take|takes|took|taken|taking) off\b", re.IGNORECASE), "take-off"),
    (re.compile(r"\bmore than\b", re.IGNORECASE), "more-than"),
    (re.compile(r"\b(?:less|fewer) than\b", re.IGNORECASE), "less-than"),
    (re.compile(r"\b(?:at (?:least|most|first|last)|for the first time|most of)\b", re.IGNORECASE), " "),
    (re.compile(r"\b(?:(?:vot(?:e|es|ed|ing)|were|was|are|is) for|in favou?r of)\b", re.IGNORECASE), "voted-for"),
    (re.compile(r"\b(?:vot(?:e|es|ed|ing)|were|was|are|is) against\b", re.IGNORECASE), "voted-against"),
)
# At least four letters are left over: "under", "into" and "deal" have no prefix.
_PREFIXED = re.compile(r"\b(?:un|dis|non-?|de|anti-?|il|ir|im|in|mis)(?=[a-z]{4})")
_NOT_PREFIXED = frozenset(
    "unit units until under union unions unless disease diseases discover discovered display displayed discount "  # noqa: SIM905
    "disclose disclosed discharge discharged dispose disposed dispute distress inform informed inside income intend "
    "invest invested import imported impact impose imposed impress increase increased include included indeed input "
    "install insure insured inquest inspect instead involve intent intense interest improve improved impart deal "
    "dealt decide declare declared define defend demand demanded depart deport deport depose depress describe deserve "
    "design desire detail detain detest develop device devote mission missing mister distance district detour decease "
    "impossible unlikely unable".split()  # these deny by themselves
)


@lru_cache(maxsize=4096)
def clauses(text: str) -> tuple[str, ...]:
    """Return the clauses of a text, roughly: parts between commas, conjunctions and relative words."""
    return tuple(part.strip() for part in CLAUSES.split(text) if any(map(str.isalnum, part)))


@lru_cache(maxsize=4096)
def spelt_out(text: str) -> str:
    """Return a text with "will not" for "won't", "9am" for "9:00 a.m.", and "America" for "U.S."."""
    text = text.replace("’", "'")
    for short, full in _CONTRACTIONS:
        text = short.sub(full, text)
    return text


@lru_cache(maxsize=4096)
def tails(text: str) -> tuple[tuple[str, int], ...]:
    """Return what follows each denial in a text, and how many content words of that are denied.

    "Without a roof the school …" denies the roof alone.
    """
    plain = _NO_DENIAL.sub(" ", spelt_out(text))
    return tuple(
        (plain[match.end() :], 1 if match[0].lower() in _OF_A_NOUN else 2) for match in _DENIAL.finditer(plain)
    )


@lru_cache(maxsize=4096)
def denials(text: str) -> int:
    """Return how many words of a text deny."""
    return len(tails(text))


def opposed(one: str, other: str) -> bool:
    """Say whether two texts stand on opposite poles of some axis, or only one has "un" or the like before a word."""
    mine, yours = _poles(one), _poles(other)
    for axis, poles in mine.items():
        if len(poles) == 1 and len(yours.get(axis, ())) == 1 and poles != yours[axis]:
            return True
    first, second = _words(one), _words(other)
    return bool(_bases(first) & (second - first) or _bases(second) & (first - second))


@lru_cache(maxsize=4096)
def _poles(text: str) -> dict[int, frozenset[int]]:
    """Return the poles at which a text has words, by axis."""
    found: dict[int, set[int]] = {}
    for word in _words(text):
        for axis, pole in (known for form in {word, *_stem(word)} for known in _axes().get(form, ())):
            found.setdefault(axis, set()).add(pole)
    return {axis: frozenset(poles) for axis, poles in found.items()}


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    for phrase, word in _PHRASES:
        text = phrase.sub(word, text)
    return frozenset(re.findall(r"[a-z]+(?:-[a-z]+)*", text.casefold()))


def _bases(found: Iterable[str]) -> frozenset[str]:
    """Return what is left of words that begin with "un" or the like, and "harmful" for "harmless"."""
    words = [word for word in found if word not in _NOT_PREFIXED]
    prefixed = {_PREFIXED.sub("", word, count=1) for word in words if _PREFIXED.match(word)}
    return frozenset(prefixed | {f"{word[:-4]}ful" for word in words if word.endswith("less")})


@cache
def _axes() -> dict[str, list[tuple[int, int]]]:
    """Return the axes and poles of each word, and of the stem of each long one."""
    found: dict[str, list[tuple[int, int]]] = {}
    for axis, pair in enumerate(_OPPOSITES):
        for pole, line in enumerate(pair):
            for form in dict.fromkeys(form for word in line.split() for form in (word, *_stem(word))):
                found.setdefault(form, []).append((axis, pole))
    return found


def _stem(word: str) -> list[str]:
    """Return the stem of a word that is long enough to have one of its own."""
    return terms(word) if len(word) > 4 and "-" not in word else []
