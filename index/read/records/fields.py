"""Find an article's fields in a record or in front matter, under the names that feeds, sites and tools give them.

Names are compared without case, `_`, `-` and blanks: `publishedAt` is `published_at`. The first that holds something
counts.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from index.read.base import Skip, first_date, found_in, parse_date
from index.store.digest import digest

_NAMES = {
    "id": "id guid uuid articleid",
    "title": "title headline heading webtitle articletitle",
    "text": (
        "text content body articlebody maintext fulltext articletext bodytext contenthtml bodyhtml contenttext article"
        " story storytext plaintext contents articlecontent newstext"
    ),
    "published": (
        "published date publishedat pubdate publishdate datepublished datepublish publicationdate publishedon"
        " publisheddate publishtime publishedtime firstpublished webpublicationdate posted postedat issued datetime"
    ),
    "source": "source publisher outlet sitename site sourcename publication newspaper sourcedomain sourcehostname"
    " hostname domain",
    "url": "url link permalink canonicalurl weburl",
    "category": "category categories section sectionname",
    "credit": "author authors byline creator credit",
    "topics": "tags keywords topics",
    "updated": (
        "updated updatedat dateupdated updatedon lastupdated modified modifiedat datemodified lastmodified lastmod"
    ),
    "language": "language lang inlanguage locale",
}
_ALIASES = {field: tuple(names.split()) for field, names in _NAMES.items()}
NO_COLUMNS: Mapping[str, str] = {}
FIELD_NAMES = tuple(_NAMES)
"""The fields for which a key or column can be named."""
_DATE_LIKE = ("date", "time", "publish", "posted", "created", "datum", "fecha")
_WITHIN = ("name", "title", "rendered", "#text", "text", "html", "value", "main", "original")
"""Where the text is when a field is an object: NewsAPI's `source.name`, WordPress's `title.rendered`."""
_OF_A_DATABASE = ("$oid", "$date")
"""How MongoDB writes an id or a time."""
_NAMED = ("credit", "category", "source")
"""Fields that are names: a number is the key of another table there (WordPress)."""
_WRAPPERS = ("_source", "fields", "attributes", "article", "node")
"""Keys of an object that holds the rest of a record: in Elasticsearch, the Guardian's service, JSON:API."""
_SITE = ("http://", "https://")
_LONGEST_KEY = 60  # characters that are compared: names of fields are shorter
_MOST_NAMED = 6  # keys in a warning; chosen, not measured: it stays one line


def field_of(key: str, columns: Mapping[str, str] = NO_COLUMNS) -> str:
    """Return the field that a key or column stands for, "" for none. `columns` says which key holds a field."""
    mapped = next((field for field, column in columns.items() if column == key), "")
    return mapped or next((field for field, names in _ALIASES.items() if _plain(key) in names), "")


def _plain(key: str) -> str:
    return "".join(letter for letter in key[:_LONGEST_KEY].lower() if letter not in "_- ")


class Fields:
    """The fields of one article, from a record that may name them in any usual way."""

    def __init__(self, record: Mapping[str, Any], columns: Mapping[str, str] = NO_COLUMNS) -> None:
        self._values: dict[str, Any] = {}
        self._keys: dict[str, str] = {}
        mapped: dict[str, Any] = {}
        self._unknown: list[str] = []
        self.warnings: list[str] = []
        """What of the record is not used because it is no text."""
        for key, value in record.items():
            field = field_of(str(key), columns)
            if field in columns and columns[field] == key:
                mapped[_ALIASES[field][0]] = value
                self._keys[_ALIASES[field][0]] = str(key)
            elif field:
                self._values.setdefault(_plain(str(key)), value)
                self._keys.setdefault(_plain(str(key)), str(key))
            else:
                self._unknown.append(str(key))
        self._values.update(mapped)

    def text(self, field: str) -> str:
        """Return the field as text, "" where it is not given; of a list of names, all.

        Raises `Skip` for an id or text that is none: a list, a number with a point, true or false. Another field that
        is none is left out, with a warning.
        """
        for name in _ALIASES[field]:
            try:
                found = self._named(field, name) if field in _NAMED else _text(self._values.get(name), name)
            except Skip as error:
                if field in ("id", "text"):
                    raise
                self.warnings.append(f"{error}; it is left out")
                continue
            if found:
                return found
        return self._site() if field == "url" else ""

    def _named(self, field: str, name: str) -> str:
        value = self._values.get(name)
        values = [one for one in (value if isinstance(value, list) else [value]) if type(one) is not int]
        if field == "source":
            found = _text(value, name) if values else ""
            return "" if found.startswith(_SITE) else found
        return "; ".join(dict.fromkeys(text for one in values if (text := _text(one, name))))

    def _site(self) -> str:
        """Return the address that stands where an outlet should, as trafilatura writes it."""
        values = (self._values.get(name) for name in _ALIASES["source"])
        return next((one for one in values if isinstance(one, str) and one.startswith(_SITE)), "")

    def topics(self) -> tuple[str, ...]:
        """Return the article's own tags."""
        given = next((value for name in _ALIASES["topics"] if (value := self._values.get(name))), None)
        items = re.split(r"[,;]", given) if isinstance(given, str) else given if isinstance(given, list) else ()
        return tuple(item.strip() for item in items if isinstance(item, str) and item.strip())

    def published(self, *otherwise: object) -> tuple[date | None, tuple[str, ...]]:
        """Return the day, and a warning of a date that cannot be read or a key that may hold one and is not used."""
        day, warnings = first_date([*(_time(self._values.get(name)) for name in _ALIASES["published"]), *otherwise])
        unused = [key for key in self._unknown if any(part in key.lower() for part in _DATE_LIKE)]
        if day is None and not warnings and unused:
            warnings = (f"no date: the key date or published is read, not {_named(unused)}",)
        return day, warnings

    def updated(self) -> date | None:
        """Return the day of an update."""
        return first_date(_time(self._values.get(name)) for name in _ALIASES["updated"])[0]

    def origins(self, published: date | None, otherwise: str = "", **found: str) -> tuple[tuple[str, str], ...]:
        """Return by which key each field was found; `otherwise` says where, of those that were found elsewhere."""
        names = {field: self._holding(field) for field in ("source", "category")}
        names["authors"] = self._holding("credit")
        names["published"] = next((n for n in _ALIASES["published"] if published and self._day(n) == published), "")
        names["updated"] = next((name for name in _ALIASES["updated"] if self._day(name)), "")
        own = {field: f"key {self._keys[name]}" for field, name in names.items() if name}
        others = found_in(otherwise, published=published, **found) if otherwise else ()
        return (*own.items(), *((field, where) for field, where in others if field not in own))

    def _holding(self, field: str) -> str:
        return next((name for name in _ALIASES[field] if self._values.get(name)), "")

    def _day(self, name: str) -> date | None:
        return parse_date(_time(self._values.get(name)))

    def no_text(self) -> str:
        """Return why an article has no text, with the keys that were not used."""
        unused = f", not {_named(self._unknown)}" if self._unknown else ""
        return f"no text: the key text, content or body is read{unused}"


def content_id(*parts: str) -> str:
    """Return an id from the article's words, the same in every version of the readers."""
    return digest("1", *parts).hex()


def _named(keys: list[str]) -> str:
    return ", ".join(repr(key[:40]) for key in keys[:_MOST_NAMED])


def flattened(record: Mapping[str, Any], columns: Mapping[str, str] = NO_COLUMNS) -> Mapping[str, Any]:
    """Return a record, with what stands in an object of its own beside the rest if there is no text else."""
    within = next((record[key] for key in _WRAPPERS if isinstance(record.get(key), dict)), None)
    if (
        within is None
        or columns
        or any(field_of(str(key)) == "text" and record[key] for key in record if key not in _WRAPPERS)
    ):
        return record
    return {**{key: value for key, value in record.items() if key not in _WRAPPERS}, **within}


def _time(value: Any) -> Any:
    return next((value[key] for key in _OF_A_DATABASE if key in value), value) if isinstance(value, dict) else value


def _text(value: Any, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value).strip()
    if isinstance(value, Mapping) and isinstance(value.get("$oid"), str):
        return str(value["$oid"])
    if isinstance(value, Mapping) and name != "id":
        return next((_text(value[key], name) for key in _WITHIN if isinstance(value.get(key), str)), "")
    raise Skip(f"the field {name!r} is not text")
