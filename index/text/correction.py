"""Find the note by which an outlet says that it has corrected a story since it was first printed."""

import re

_STORY = r"(?:story|article|report|post|column)"
_NOTE = re.compile(
    r"^[^\w\n]{0,9}(?:editor['’]?s['’]? note\s*[:–—-]\s*)?(?:"
    r"(?:corrections?|clarifications?|corrigendum|korrektur|berichtigung|correctif|correcci[oó]n|fe de erratas)"
    r"(?:,? ?[(,] ?(?=[^:\n]*\d)[^:\n]{3,40})?\s*[:–—]\s*\S"
    rf"|(?:an earlier|a previous|the original) version of this {_STORY}\b"
    rf"|this {_STORY} (?:has been|was) (?:corrected|(?:updated|amended|edited) to (?:correct|clarify))\b"
    r")[^\n]*",
    re.IGNORECASE | re.MULTILINE,
)
_LONGEST = 400  # characters; chosen, not measured: a note is a sentence or two


def correction_note(text: str) -> str:
    """Return the line of a story that says what was corrected in it, "" where there is none."""
    match = _NOTE.search(text)
    return match[0].strip()[:_LONGEST] if match else ""
