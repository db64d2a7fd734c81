"""All texts of the page in English and German, and dates and numbers as each language writes them.

Labels of Gradio's own components are translated in the browser from the same table (`STRINGS`), everything else on the
server, for the language that the browser asks for. Articles, answers and quotes are never translated.
"""

from collections.abc import Iterator, Mapping
from datetime import date

_ENGLISH = {
    "about": "Ask your articles. Every statement shows the exact words that it stands on.",
    "add_filters": "Filters",
    "answer": "Answer",
    "api": "For programs: the API",
    "article_changed": "This article has changed since the answer was given. The quoted words may have moved or gone.",
    "deleted": "no longer in the index",
    "article_gone": "This article is no longer in the index. It said:",
    "articles": "{count} articles",
    "articles_one": "1 article",
    "as_of": "as of {day}",
    "ask_label": "Your question",
    "ask_placeholder": "Your question …",
    "ask_tab": "Ask",
    "by_month": "Articles by month",
    "by_outlet": "Articles by outlet",
    "cancel": "Cancel",
    "category": "Category",
    "citation": "Citation {number}: {title}",
    "citation_of": "Citation {number} of {count}",
    "clear_filters": "Remove all filters",
    "close": "Close",
    "conversations": "Conversations",
    "copied": "Copied",
    "copy": "Copy",
    "covered": "The index holds {articles}, {span}.",
    "covered_all_dates": "without dates",
    "covered_span": "from {first} to {last}",
    "dark": "Dark or light",
    "date": "Date",
    "delete": "Delete",
    "delete_sure": "Delete this conversation?",
    "edit": "Edit",
    "editing": "Editing question {number}. What follows it will be replaced.",
    "error": "Something went wrong on the server. If it keeps happening, tell the operator this number: {id}",
    "export_json": "Export JSON",
    "export_markdown": "Export Markdown",
    "file": "File",
    "follow_ups": "Ask next",
    "from": "From",
    "generation": "Generation",
    "helpful": "Helpful",
    "index_built": "built {when}",
    "index_tab": "Index",
    "last_run": "Last reindex",
    "link": "Link",
    "looking": "Searching the articles …",
    "model": "Embedding model",
    "name": "Name",
    "nearest": "The nearest passages",
    "never": "not known",
    "new": "New conversation",
    "new_generation": "The articles were updated: generation {number} is served now.",
    "next_citation": "Next citation",
    "no_conversations": "Your conversations will be listed here.",
    "no_outlet": "no outlet named",
    "no_rejected": "Every file of the last run could be read.",
    "not_found": "Not in these articles.",
    "no_question": "That asks nothing about the articles, so nothing was searched.",
    "not_found_why": "No article says this clearly enough to quote.",
    "not_helpful": "Not helpful",
    "of": "of {names}",
    "original": "Read the original",
    "others": "{count} more",
    "outlet": "Outlet",
    "outlets": "{count} outlets",
    "outlets_one": "1 outlet",
    "passage": "Passage",
    "passages": "Passages",
    "password": "Password",
    "place": "Waiting for others’ questions: number {number} in the queue …",
    "previous_citation": "Previous citation",
    "question": "Question",
    "reader": "Article",
    "reason": "Reason",
    "reindex": "Reindex now",
    "reindex_busy": "Another run is writing the index. Try again when it is done.",
    "reindex_done": "{added} added, {changed} changed, {removed} removed, {rejected} rejected, {seconds} s.",
    "reindex_failed": "The run failed. The index is as it was.",
    "reindex_intro": "Reads the configured folders again. Meanwhile the page answers from the present ones.",
    "reindex_nothing": "Done: nothing has changed.",
    "rejected": "Files that could not be read",
    "remove_filter": "Remove filter: {name}",
    "rename": "Rename",
    "retry": "Retry",
    "save": "Save",
    "score": "Score",
    "scores": "How these passages were found",
    "scores_dense": "by meaning",
    "scores_fused": "both",
    "scores_lexical": "by words",
    "scores_reader": "reader",
    "searched_for": "Searched for: {query}",
    "seconds": "{seconds} s",
    "sign_in": "Sign in",
    "sign_in_often": "Too many attempts. Please wait a minute.",
    "sign_in_wrong": "The name or the password is not right.",
    "sign_out": "Sign out",
    "sources": "Sources",
    "stage_build": "Building the index",
    "stage_check": "Checking it",
    "stage_embed": "Embedding passages",
    "stage_read": "Reading articles",
    "stage_start": "Starting",
    "starters": "You could ask",
    "stopped": "Stopped.",
    "unanswered": "Too many questions are being asked just now: this one was not taken. Try again in a moment.",
    "undated": "{count} articles without a date are not in the chart of months.",
    "undated_one": "1 article without a date is not in the chart of months.",
    "undo": "Undo",
    "unsupported": "not supported by the articles",
    "until": "Until",
    "welcome": "What would you like to know?",
    "wrong_days": "The first day is after the last one: no article can match.",
}

_GERMAN = {
    "about": "Fragen Sie Ihre Artikel. Jede Aussage zeigt den genauen Wortlaut, auf dem sie beruht.",
    "add_filters": "Filter",
    "answer": "Antwort",
    "api": "Für Programme: die API",
    "article_changed": "Der Artikel hat sich seit der Antwort geändert. Der zitierte Wortlaut kann anders stehen.",
    "deleted": "nicht mehr im Index",
    "article_gone": "Der Artikel ist nicht mehr im Index. Darin stand:",
    "articles": "{count} Artikel",
    "articles_one": "1 Artikel",
    "as_of": "Stand: {day}",
    "ask_label": "Ihre Frage",
    "ask_placeholder": "Ihre Frage …",
    "ask_tab": "Fragen",
    "by_month": "Artikel nach Monat",
    "by_outlet": "Artikel nach Medium",
    "cancel": "Abbrechen",
    "category": "Ressort",
    "citation": "Beleg {number}: {title}",
    "citation_of": "Beleg {number} von {count}",
    "clear_filters": "Alle Filter entfernen",
    "close": "Schließen",
    "conversations": "Gespräche",
    "copied": "Kopiert",
    "copy": "Kopieren",
    "covered": "Der Index enthält {articles}, {span}.",
    "covered_all_dates": "ohne Datum",
    "covered_span": "vom {first} bis {last}",
    "dark": "Dunkel oder hell",
    "date": "Datum",
    "delete": "Löschen",
    "delete_sure": "Dieses Gespräch löschen?",
    "edit": "Ändern",
    "editing": "Sie ändern Frage {number}. Was danach kommt, wird ersetzt.",
    "error": "Auf dem Server ist etwas schiefgegangen. Nennen Sie dem Betreiber diese Nummer: {id}",
    "export_json": "Als JSON sichern",
    "export_markdown": "Als Markdown sichern",
    "file": "Datei",
    "follow_ups": "Weiter fragen",
    "from": "Von",
    "generation": "Generation",
    "helpful": "Hilfreich",
    "index_built": "erstellt {when}",
    "index_tab": "Index",
    "last_run": "Letzter Lauf",
    "link": "Link",
    "looking": "Die Artikel werden durchsucht …",
    "model": "Embedding-Modell",
    "name": "Name",
    "nearest": "Die ähnlichsten Stellen",
    "never": "unbekannt",
    "new": "Neues Gespräch",
    "new_generation": "Die Artikel wurden erneuert: Es gilt jetzt Generation {number}.",
    "next_citation": "Nächster Beleg",
    "no_conversations": "Hier stehen später Ihre Gespräche.",
    "no_outlet": "kein Medium genannt",
    "no_rejected": "Alle Dateien des letzten Laufs waren lesbar.",
    "not_found": "Steht nicht in diesen Artikeln.",
    "no_question": "Das ist keine Frage an die Artikel; es wurde nichts gesucht.",
    "not_found_why": "Kein Artikel sagt es so deutlich, dass man ihn zitieren könnte.",
    "not_helpful": "Nicht hilfreich",
    "of": "aus {names}",
    "original": "Zum Original",
    "others": "{count} weitere",
    "outlet": "Medium",
    "outlets": "{count} Medien",
    "outlets_one": "1 Medium",
    "passage": "Stelle",
    "passages": "Stellen",
    "password": "Passwort",
    "place": "Andere Fragen kommen zuerst: Nummer {number} in der Schlange …",
    "previous_citation": "Voriger Beleg",
    "question": "Frage",
    "reader": "Artikel",
    "reason": "Grund",
    "reindex": "Jetzt neu einlesen",
    "reindex_busy": "Ein anderer Lauf schreibt gerade den Index. Versuchen Sie es danach noch einmal.",
    "reindex_done": "{added} neu, {changed} geändert, {removed} entfernt, {rejected} abgewiesen, in {seconds} s.",
    "reindex_failed": "Der Lauf ist gescheitert. Der Index ist, wie er war.",
    "reindex_intro": "Liest die eingestellten Ordner neu ein. Die Seite antwortet solange aus den jetzigen.",
    "reindex_nothing": "Fertig: Nichts hat sich geändert.",
    "rejected": "Dateien, die nicht lesbar waren",
    "remove_filter": "Filter entfernen: {name}",
    "rename": "Umbenennen",
    "retry": "Nochmals",
    "save": "Sichern",
    "score": "Wert",
    "scores": "Wie diese Stellen gefunden wurden",
    "scores_dense": "nach Sinn",
    "scores_fused": "beides",
    "scores_lexical": "nach Wörtern",
    "scores_reader": "Leser",
    "searched_for": "Gesucht wurde: {query}",
    "seconds": "{seconds} s",
    "sign_in": "Anmelden",
    "sign_in_often": "Zu viele Versuche. Bitte warten Sie eine Minute.",
    "sign_in_wrong": "Name oder Passwort ist nicht richtig.",
    "sign_out": "Abmelden",
    "sources": "Quellen",
    "stage_build": "Der Index wird gebaut",
    "stage_check": "Er wird geprüft",
    "stage_embed": "Stellen werden eingebettet",
    "stage_read": "Artikel werden gelesen",
    "stage_start": "Es geht los",
    "starters": "Zum Beispiel",
    "stopped": "Angehalten.",
    "unanswered": "Gerade kommen zu viele Fragen: Diese wurde nicht angenommen. Versuchen Sie es gleich wieder.",
    "undated": "{count} Artikel ohne Datum fehlen im Diagramm der Monate.",
    "undated_one": "1 Artikel ohne Datum fehlt im Diagramm der Monate.",
    "undo": "Zurücknehmen",
    "unsupported": "von den Artikeln nicht belegt",
    "until": "Bis",
    "welcome": "Was möchten Sie wissen?",
    "wrong_days": "Der erste Tag liegt nach dem letzten: Kein Artikel passt.",
}

STRINGS: Mapping[str, Mapping[str, str]] = {"en": _ENGLISH, "de": _GERMAN}
_MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December"),
    "de": ("Januar", "Februar", "März", "April", "Mai", "Juni",
           "Juli", "August", "September", "Oktober", "November", "Dezember"),
}  # fmt: skip
_DAY = {"en": "{day} {month} {year}", "de": "{day}. {month} {year}"}


class Words:
    """The page's texts in one language. They are plain text: `ui.web.views.markup` escapes them and their values."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._strings = STRINGS[language]

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its values filled in."""
        return self._strings[key].format(**values) if values else self._strings[key]

    def count(self, key: str, number: int) -> str:
        """Return "1 article" or "4 articles"."""
        return self(f"{key}_one") if number == 1 else self(key, count=self.whole(number))

    def day(self, day: date | None) -> str:
        """Return a day as the language writes it: 3 March 2026, 3. März 2026."""
        if day is None:
            return ""
        return _DAY[self.language].format(day=day.day, month=_MONTHS[self.language][day.month - 1], year=day.year)

    def month(self, year: int, month: int) -> str:
        """Return a month and its year: Mar 2026."""
        return f"{_MONTHS[self.language][month - 1][:3]} {year}"

    def whole(self, number: int) -> str:
        """Return a whole number with thousands separators."""
        return f"{number:,}".replace(",", "." if self.language == "de" else ",")

    def decimal(self, number: float, digits: int = 1) -> str:
        """Return a number with this many decimals."""
        return f"{number:.{digits}f}".replace(".", "," if self.language == "de" else ".")


def preferred(accepted: str, languages: tuple[str, ...]) -> str:
    """Return the language that an Accept-Language header prefers; the first of `languages` if it names none of them."""
    known = [language for language in languages if language in STRINGS] or ["en"]
    wanted = sorted(_wishes(accepted), key=lambda wish: -wish[1])
    return next((name for name, weight in wanted if name in known and weight > 0), known[0])


def _wishes(accepted: str) -> Iterator[tuple[str, float]]:
    for part in accepted.split(","):
        name, _, parameter = part.strip().partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        yield name.strip().lower().partition("-")[0], weight
