"""Dates: the forms that name a day, those that do not, and that a date which is not used is said."""

import json
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.read.dates import first_date, parse_date
from index.reindex import reindex
from tests.conftest import write
from ui.terminal.printing import print_report

DAY = date(2024, 10, 2)
FORMS = """
2024-10-02
2024-10-2
2024/10/02
2024.10.02
20241002
20241002T130000Z
2024-10-02Z
2024-10-02T13
2024-10-02T13:00Z
2024-10-02T13:00:00+02:00
2024-10-02T13:00:00.000+0000
2024-10-02T13:00:00.000000000Z
2024-10-02 13:00:00 UTC
2024-10-02 23:30:00 -0800
2024/10/02 13:00:00
2 October 2024
2 October, 2024
02 Oct 2024
2 Oct. 2024
2. October 2024
2nd October 2024
2nd of October 2024
02-Oct-2024
02/Oct/2024:13:00:00 +0000
2 October 2024 at noon
2 October 2024 | 13:00
2 October 2024 – 13:00
October 2, 2024
OCTOBER 2, 2024
October 2 2024
October 2nd, 2024
Oct. 2, 2024
Oct-02-2024
Oct. 2, 2024 1:30 p.m. ET
October 2, 2024 at 3:15 p.m. EDT
Oct 2, 2024, 3:15 PM
Oct 2, 2024 • 3:15 PM
2024 October 2
2024-Oct-02
Wednesday, October 2, 2024
Wednesday 2 October 2024
Wed, 2 October 2024
Wed, 02 Oct 2024 13:00:00 GMT
Wed, 02 Oct 2024 13:00:00 +0000 (UTC)
Wed Oct  2 13:00:00 2024
Wed Oct 02 13:00:00 +0000 2024
Wed Oct  2 13:00:00 UTC 2024
3:15 PM EDT, Wed October 2, 2024
13:00, 2 October 2024
Published: 2 October 2024 13:00
Updated on Oct. 2, 2024
2. Okt. 2024
2. Oktober 2024, 13:00 Uhr
Mittwoch, den 2. Oktober 2024
Mi, 02 Okt 2024 13:00:00 +0200
Veröffentlicht am 2. Oktober 2024 um 13.30 Uhr
Stand: 02. Oktober 2024 13 Uhr
2 octobre 2024
mercredi 2 octobre 2024
Publié le 02 octobre 2024 à 14h30
le 2 octobre 2024 à 14 h 30
2 de octubre de 2024
Miércoles, 2 de octubre del 2024, 13:00 h
1727874000
1727874000.25
1727874000000
""".strip().splitlines()


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_one_day(form: str) -> None:
    assert parse_date(form) == DAY


@pytest.mark.parametrize(
    "month", ["Jan.", "Feb.", "Mar.", "Apr.", "May", "Jun.", "Jul.", "Aug.", "Sept.", "Sep", "Dec."]
)
def test_each_month_in_short(month: str) -> None:
    read = parse_date(f"{month} 3, 2024")
    assert read is not None
    assert f"{read:%B}".startswith(month[:3])


@pytest.mark.parametrize(
    "months",
    [
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "Jan. Feb. Mär. Apr. Mai Jun. Jul. Aug. Sep. Okt. Nov. Dez.",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "ene. feb. mar. abr. may. jun. jul. ago. sept. oct. nov. dic.",
    ],
)
def test_each_month_of_a_language(months: str) -> None:
    assert [parse_date(f"3 {month} 2024") for month in months.split()] == [date(2024, n, 3) for n in range(1, 13)]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("1er mars 2025", date(2025, 3, 1)),
        ("\t2\u00a0October\u202f2024\n", DAY),
        (1727874000, DAY),
        (1727874000000, DAY),
        (1727874000.5, DAY),
        (20241002, DAY),
        (DAY, DAY),
        (datetime(2024, 10, 2, 23, 30, tzinfo=UTC), DAY),
        ("14/05/2025", date(2025, 5, 14)),
        ("05/14/2025", date(2025, 5, 14)),
        ("05/05/2025", date(2025, 5, 5)),
        ("1 May 1621", date(1621, 5, 1)),
        ("29 February 2024", date(2024, 2, 29)),
    ],
)
def test_values_that_name_a_day(value: object, day: date) -> None:
    assert parse_date(value) == day


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "  ",
        "null",
        "None",
        "N/A",
        "n/a",
        "NaN",
        "-",
        "undefined",
        "0000-00-00",
        "1970-01-01T00:00:00Z",
        float("nan"),
    ],
)
def test_nothing_is_no_date_and_no_warning(value: object) -> None:
    assert first_date([value]) == (None, ())


@pytest.mark.parametrize(
    "value",
    [
        "202511", "2025", "2025-05", "May 2025", "2025-W01", "2025001", "2025-001", "Oct. 2", "Spring 2024", 2024,
        "03/05/2024", "3.5.2024", "10/2/24", "2 Oct 24", "2–3 October 2024", "2024-10-02 to 2024-10-05",
        "2024-13-40", "2025-13-01", "30 February 2024", "29 February 2023", "20/20/2024", "99991231",
        "0001-01-01", "9999-01-01", "99999-01-01", date(1, 1, 1), datetime(9999, 12, 31), time(1, 2),
        "yesterday", "today", "{{ date }}", "12 mayors 2024", "marching 3, 2024",
        "Mai 2024", "2. Woche 2024", "Anfang März 2024", "bis zum 2. März 2024", "jusqu’au 2 mars 2024", "2 marsh 2024",
        "de 2 de 2024", "x" * 10_000, "tomorrow at 5 p.m.",
        0, "0", -5, 1e300, float("inf"), 10**400, True, 7, 1234567, 17278740001, 10**14, [2024, 10, 2], {"a": 1}, b"x",
    ],
)  # fmt: skip
def test_what_names_no_day_is_said_and_never_raises(value: object) -> None:
    day, (warning,) = first_date([value])
    assert day is None
    assert "write it as YYYY-MM-DD" in warning
    assert len(warning) < 200


def test_a_date_with_two_readings_says_so() -> None:
    assert "in two ways" in first_date(["03/05/2024"])[1][0]


def test_the_first_value_that_can_be_read_counts() -> None:
    assert first_date([None, "soon", "2024-10-02"]) == (DAY, ())
    assert "'soon'" in first_date(["", "soon", "later"])[1][0]


@given(st.one_of(st.text(max_size=60), st.integers(), st.floats(), st.datetimes(), st.dates(), st.booleans()))
@example("1" * 5000)
@example("Oct. " * 20)
def test_any_value_gives_a_plausible_day_or_none(value: object) -> None:
    day = parse_date(value)
    assert day is None or date(1600, 1, 1) <= day <= date(2100, 12, 31)


@given(
    st.dates(date(1600, 1, 1), date(2100, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%d %B %Y", "%b %d, %Y", "%A, %B %d, %Y"]),
)
def test_a_written_day_is_read_back(day: date, form: str) -> None:
    assert parse_date(day.strftime(form).zfill(4)) == day


def test_a_date_that_cannot_be_read_costs_no_article_and_is_said(
    tmp_path: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "in" / "good.md", "Bridge closes", "The bridge closed on Monday.")
    (tmp_path / "in" / "bad.md").write_text("---\ntitle: Mill closes\ndate: 31 June 2024\n---\nThe mill closed.\n")
    line = {"id": "j", "title": "Baths", "text": "The baths stay.", "published": 10**30}
    (tmp_path / "in" / "a.jsonl").write_text(json.dumps(line))
    model = str(tiny_model)
    report = reindex([tmp_path / "in"], tmp_path / "index", model=model)
    assert (report.articles, report.rejected) == (3, ())
    assert [warning.path for warning in report.warnings] == ["a.jsonl#1", "bad.md"]
    print_report(report, as_json=False)
    assert "warning bad.md: no date: '31 June 2024' cannot be read; write it as YYYY-MM-DD" in capsys.readouterr().out
    print_report(report, as_json=True)
    assert json.loads(capsys.readouterr().out)["warnings"][1]["path"] == "bad.md"
    assert reindex([tmp_path / "in"], tmp_path / "index", model=model).warnings == ()  # said once, when it is read
