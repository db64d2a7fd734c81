"""Capital letters of every alphabet, as a pattern's character class: "Łukasz", "Élise" and "Ελένη" are names too.

Python's `re` has a class for letters, but none for capitals.
"""

_LAST = 0x2000
"""Alphabets with capitals that newspapers print lie before this; the few after it cost a second to look through."""

CAPITAL = f"[{''.join(letter for letter in map(chr, range(_LAST)) if letter.isupper())}]"
"""One capital letter, composed (NFC)."""
