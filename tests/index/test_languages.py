"""Other languages than English: their sentences are found, and a question in one says what that means."""

import json

import pytest

from index.text.sentences import sentences
from qa import Assistant
from qa.intent.language import language_notice
from tests.conftest import questions


@pytest.mark.parametrize(
    "expected",
    [
        ("Die Brücke bleibt bis zum 2. März gesperrt.", "Danach fährt die Fähre wieder."),
        ("Der 1. FC Tarn spielt am 3. Mai in der 3. Liga.", "Es ist das erste Spiel."),
        ("Das kostet ca. 3 Mio. Euro, sagte Dr. Brand.", "Er ist z. B. für den Bau zuständig."),
        ("Im 19. Jahrhundert war das anders.", "Heute ist es nicht so."),
        ("Sie wohnt in der Hauptstr. 5 in St. Osk.", "Er wohnt auch da."),
        ("Papst Franz II. kam am Montag.", "Er blieb bis Dienstag."),
        ("Er ist 45.", "Sie ist 43 und wohnt bei der Brücke."),
        ("Die Fähre fährt ab Kai 7.", "Sie fährt für den Rest des Jahres."),
        ("M. Dupont et Mme. Martin ont signé l'art. 5 de la loi.", "Le maire est content."),
        ("Selon M. Brand, c'est env. 300 personnes pour la ville.", "La ville paie pour le pont."),
        ("« Le pont est fermé. »", "Le maire l'a dit lundi dans la ville."),
        ("El Sr. García y la Sra. López viven en EE. UU. desde 1990.", "El puente se cerró."),
        ("El núm. 5 de la pág. 3 dice aprox. 300 personas.", "Nada más."),
        ("El puente se cerrará el 1 de mayo.", "¿Cuándo se abrirá?", "En otoño."),
        ("He was born on the 2.", "May said so."),
        ("The vote was no. 5 of the day.", "It was lost."),
    ],
    ids=lambda value: value[0][:30],
)
def test_sentences_of_four_languages(expected: tuple[str, ...]) -> None:
    line = " ".join(expected)
    assert tuple(line[start:end] for start, end in sentences(line)) == expected


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wann öffnet die Brücke wieder?", "German"),
        ("Was ist in Ellery passiert?", "German"),
        ("Wer ist der Bürgermeister von Port Ellery?", "German"),
        ("Quand le pont va-t-il rouvrir ?", "French"),
        ("Pourquoi les enseignants font-ils grève ?", "French"),
        ("¿Cuándo se abrirá el puente?", "Spanish"),
        ("¿Quién es el alcalde de Port Ellery?", "Spanish"),
    ],
)
def test_a_question_in_another_language_is_told(question: str, language: str) -> None:
    assert f"not in English but in {language}" in language_notice(question)


@pytest.mark.parametrize("question", ["Кто мэр города?", "港口什么时候开放？", "من هو رئيس البلدية؟"])
def test_a_question_in_another_script_is_told(question: str) -> None:
    assert "not in English:" in language_notice(question)


@pytest.mark.parametrize(
    "question",
    [
        "Was Die Zeit right about El Niño?", "Who is Wo Fat?", "What did Les Misérables win?", "Did La Paz vote?",
        "Who leads Der Spiegel and Le Monde?", "Von der Leyen speech", "El Al flights", "2026?", "", "?",
        "Quo vadis, Ellery?", "What is Qui-Gon Jinn?", "How will Los Angeles and San José host the Olympics?",
    ],
)  # fmt: skip
def test_names_of_other_languages_do_not_make_a_question_one(question: str) -> None:
    assert language_notice(question) == ""


def test_none_of_our_own_questions_is_taken_for_another_language() -> None:
    assert [one["question"] for one in questions() if language_notice(one["question"])] == []


def test_an_answer_says_it(assistant: Assistant) -> None:
    answer = assistant.ask("Wer ist der Bürgermeister von Port Ellery?")
    assert "in German" in answer.notice
    assert json.loads(json.dumps(answer.to_dict()))["notice"] == answer.notice
