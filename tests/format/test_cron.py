"""Cron expressions and time zones are judged as Dagster judges them."""

import re
from datetime import timedelta
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import dagster as dg
import pytest
from dagster._check import CheckError
from dagster._utils.schedules import get_smallest_cron_interval, is_valid_cron_string
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from pipes_projects.manifest.cron.expression import CRON_SCHEMA, TIME_ZONE_SCHEMA, Cron, TimeZone
from pipes_projects.manifest.cron.ticks import smallest_interval
from pipes_projects.manifest.model.json_schema import ends_as_written

CRON: TypeAdapter[str] = TypeAdapter(Cron)
TIME_ZONE: TypeAdapter[str] = TypeAdapter(TimeZone)


def accepts(adapter: TypeAdapter[str], text: str) -> bool:
    try:
        return adapter.validate_python(text) == text
    except ValidationError:
        return False


def refusal(adapter: TypeAdapter[str], text: str) -> tuple[str, str, str]:
    with pytest.raises(ValidationError) as raised:
        adapter.validate_python(text)
    (error,) = raised.value.errors()
    return error["type"], error["msg"], error["ctx"]["help"]


def shown_as_right(schema: dict[str, Any], text: str) -> bool:
    pattern = ends_as_written(schema["pattern"])
    return bool(pattern and pattern.search(text))


WRITTEN = """
* * * * *|0 5 * * *|*/15 * * * *|0 9-17 * * MON-FRI|0 0 1,15 * *|0 0 1 JAN *|0 0 * * sun
0 0 * * 7|0 0 * * 5-7|0 0 * * sat-mon|0 0 * nov-feb *|0 0 L * *|0 0 l * *|0 0 1-L * *
0 0 L-5 * *|0 0 L/2 * *|0 0 1,L * *|0 0 LW * *|0 0 15W * *|0 0 W * *|0 0 * * L5|0 0 * * l7
0 0 * * l8|0 0 * * L|0 0 * * 5L|0 0 * * 1#1|0 0 * * 1#5|0 0 * * 1#6|0 0 * * 1#0|0 0 * * mon#2
0 0 * * mon-fri#2|0 0 * * 1-5#2|0 0 * * mon-3#2|0 0 * * jan#2|0 0 * * 1#1,3#1|0 0 * * 1#1,3
0 0 * * *,1#1|0 0 * * 0-6,1#1|0 0 * * #1|0 0 * * 1#|0 0 * * 1#1#1|0 0 * * *#1|0 0 1#1 * *
0 0 ? * *|0 0 * * ?|0 0 ? * ?|0 ? * * *|? 0 * * *|0 0 ?,1 * *|0 0 1? * *|0 0 30 2 *|0 0 31 2 *
0 0 29 2 *|0 0 30,31 2 *|0 0 30 feb *|0 0 30 2-2 *|0 0 30 2 1|0 0 31 4 *|0 0 31 2,4 *|0 0 0 * *
0 0 0-5 * *|0 0 0-0 * *|0 0 10-0 * *|0 0 10-0/5 * *|0 0 32 * *|0 0 * 0 *|0 0 * 0-0 *|0 0 * 13 *
0 0 * * 8|0 0 * * 0-7|0 0 * * 7-0|60 * * * *|59 * * * *|0 24 * * *|0 23 * * *|0 25 * * *
5/15 * * * *|59/15 * * * *|*/90 * * * *|*/0 * * * *|0/0 * * * *|1-5/0 * * * *|5-5/0 * * * *
5-5 * * * *|50-10 * * * *|50-10/7 * * * *|1-5/2/3 * * * *|1/2-5 * * * *|*-5 * * * *
*/5-10 * * * *|*/*/2 * * * *|*/x * * * *|*/-1 * * * *|-1 * * * *|+1 * * * *|1.5 * * * *
1_0 * * * *|1, * * * *|,1 * * * *|1,,2 * * * *|*,* * * * *|** * * * *|1* * * * *|*1 * * * *
007 * * * *|mon * * * *|0 jan * * *|0 0 mon * *|0 0 * mon *|0 0 * * jan|0 0 * * monday
0 0 * january *|0 0 * JaN *|@daily|@hourly|@midnight|@weekly|@monthly|@yearly|@annually|@DAILY
@Daily|@reboot|@every 5m|@|@daily *|H * * * *|H H * * *|h(0-5) * * * *|H/15 * * * *|0 0 * * H
R * * * *|R R R R R|r(0-29) * * * *|r(0-59) * * * *|r(5-5) * * * *|r(9-5) * * * *|R/15 * * * *
R/60 * * * *|r(0-29)/10 * * * *|r/0 * * * *|r(0-5)/0 * * * *|r,1 * * * *|0 0 r(1-31) * *
0 0 * * r(0-7)|r() * * * *|0 0 * *|* * * *|*|0 0 * * * *|0 0 0 * * * *|0 0 * * * 2026
* * * * * *|0 0 0 1 1 ? 2026|five|a b c d e|0 0 * * * # daily|0 0 * * *;|"0 0 * * *"|0 0 * * 1-
0 0 * * -1|0 0 * * fri-|0 0 * * mon,fri
""".strip()
ODD = [
    *(
        "",
        " ",
        "\n",
        "0 0 * * *\n",
        "  0 0 * * *  ",
        "0\t0  *\n* *",
        "0\u00a00 * * *",
        "0\x850 * * *",
    ),
    *("0\u20030 * * *", "0\x1c0 * * *", "0\ufeff0 * * *", "\ufeff0 0 * * *", "0\u200b0 * * *"),
    *("٣ ٤ * * *", "０ 0 * * *", "² 0 * * *", "0 0 * * 1#٢", "0 0 * * ²#1", "Ⅳ 0 * * *"),
    *(" @daily", "@daily ", "@daily\n", "0 0 * * \u017fun", "0 0 * * SUN\0", "0 0 * * \U0001f4a9"),
    *("9" * 50 + " * * * *", "*/" + "9" * 50 + " * * * *", "0" * 50 + " * * * *", "{0} * * * *"),
]
CORPUS = [*re.split(r"[|\n]", WRITTEN), *ODD]


@pytest.mark.parametrize("text", CORPUS)
def test_dagster_takes_what_is_accepted(text: str) -> None:
    assert accepts(CRON, text) == is_valid_cron_string(text)
    assert shown_as_right(CRON_SCHEMA, text) or not accepts(CRON, text)


def test_the_corpus_is_right_and_wrong() -> None:
    right = [accepts(CRON, text) for text in CORPUS]
    assert min(right.count(True), right.count(False)) > 70


NAMES = ("mon", "SUN", "jan", "Dec", "x")
NUMBERS = (
    "0",
    "1",
    "2",
    "4",
    "5",
    "6",
    "7",
    "8",
    "12",
    "13",
    "23",
    "24",
    "30",
    "31",
    "32",
    "59",
    "60",
)
ATOM = st.sampled_from((*"*?Ll#-/", "00", *NUMBERS, *NAMES))
ITEM = st.one_of(
    ATOM,
    st.tuples(ATOM, st.just("-"), ATOM).map("".join),
    st.tuples(ATOM, st.just("/"), ATOM).map("".join),
    st.tuples(ATOM, st.just("#"), ATOM).map("".join),
    st.tuples(ATOM, st.just("-"), ATOM, st.sampled_from("/#"), ATOM).map("".join),
    st.tuples(st.sampled_from("lL"), ATOM).map("".join),
)
PART = st.lists(ITEM, min_size=1, max_size=2).map(",".join)


@st.composite
def expressions(draw: st.DrawFn) -> str:
    """Expressions in which one or two of the fields are anything."""
    parts = ["0", "0", "*", "*", "*"]
    for index in draw(st.lists(st.integers(0, 4), min_size=1, max_size=2)):
        parts[index] = draw(PART)
    return draw(st.sampled_from([" ", " ", "  ", "\t"])).join(parts)


@given(expressions())
@settings(max_examples=1500, deadline=None)
def test_dagster_takes_what_is_accepted_whatever_it_is(text: str) -> None:
    assert accepts(CRON, text) == is_valid_cron_string(text), text
    assert shown_as_right(CRON_SCHEMA, text)


@given(st.text(max_size=20))
@settings(max_examples=300, deadline=None)
def test_any_text_has_an_answer(text: str) -> None:
    assert accepts(CRON, text) == is_valid_cron_string(text)
    assert shown_as_right(CRON_SCHEMA, text) or not accepts(CRON, text)


def test_what_is_drawn_by_chance_must_be_right_however_it_falls() -> None:
    texts = ("r(0-99) * * * *", "R/61 * * * *", "0 0 r(0-5) * *", "0 0 * * r(0-8)")
    assert not any(accepts(CRON, text) for text in texts)


@pytest.mark.parametrize(
    ("text", "message", "help_"),
    [
        ("0 25 * * *", "its hour cannot be `25`", "hours are 0 to 23"),
        ("*/0 * * * *", "its minute cannot be `*/0`", "minutes are 0 to 59"),
        ("0 0 * * MONDAY", "its day of the week cannot be `MONDAY`", "days of the week are 0 to 7"),
        ("H 0 * * *", "its minute cannot be `H`", "Dagster does not know `H`: write a number"),
        ("0 0 * * 1#1,3", "its day of the week cannot be `1#1,3`", "`1#2` is the second Monday"),
        ("0 0 30 2 *", "there is no 30 February", "February has 28 or 29 days"),
        ("0 5 * *", "it has 4 fields", "write five fields: minute, hour,"),
        ("0 0 0 * * *", "it has 6 fields", "write five fields: minute, hour,"),
        ("\n", "it is empty", "write five fields: minute, hour,"),
        ("@reboot", "there is no such short name", "known are `@hourly`, `@midnight`, `@daily`"),
    ],
)
def test_the_wrong_field_is_named(text: str, message: str, help_: str) -> None:
    shown = " ".join(text.split())
    code, words, help_said = refusal(CRON, text)
    assert (code, words) == ("invalid-cron", f"`{shown}` is not a cron expression: {message}")
    assert help_said.startswith(help_)


@pytest.mark.parametrize("value", [5, 1.5, True, None, ["0 5 * * *"]])
def test_only_text_is_an_expression(value: object) -> None:
    for adapter in (CRON, TIME_ZONE):
        with pytest.raises(ValidationError) as raised:
            adapter.validate_python(value)
        assert raised.value.errors()[0]["type"] == "string_type"


# Intervals.

OFTEN = "* * * * *|*/7 * * * *|10,50 * * * *|59/15 * * * *|5-5 * * * *|0 8-17 * * mon-fri"
DAILY = (
    "@daily|0 5 * * *|0 0 * * 1-5|0 0 * * sun,mon|30 9,18 * * 1|0 23,0 * * *|@weekly|0 0 */2 * *"
)
MONTHLY = "@monthly|0 0 31 * *|0 0 1,31 * *|0 0 L * *|0 0 15,L * *|0 0 1 * 1|0 0 1-31 * 1"
RARELY = "0 0 * * 1#1|0 0 * * L5|0 0 1 * 1#1|0 0 */2 * sun-sat#1|@yearly|0 0 29 2 *|0 0 29 2,3 *"
NEVER = "0 0 31 4 *|0 0 30,31 2 *|0 0 31 4 1|0 0 31 * mon#1|0 0 * 2 1#5"
TICKS = "|".join((OFTEN, DAILY, MONTHLY, RARELY, NEVER)).split("|")


@pytest.mark.parametrize("text", TICKS)
def test_dagster_finds_the_same_interval(text: str) -> None:
    try:
        expected = get_smallest_cron_interval(text)
    except ValueError:  # of croniter or of Dagster: no ticks, or only one
        expected = None
    assert smallest_interval(text) == expected
    assert (expected is None) == (text in NEVER.split("|"))


def test_what_is_no_expression_has_no_interval() -> None:
    assert smallest_interval("0 25 * * *") is None


# Time zones.


@cache
def of_schedules(name: str) -> bool:
    try:
        dg.ScheduleDefinition(job_name="job", cron_schedule="@daily", execution_timezone=name)
    except dg.DagsterInvalidDefinitionError:
        return False
    return True


def of_policies(name: str) -> bool:
    try:
        dg.FreshnessPolicy.cron("0 0 * * *", timedelta(hours=1), name)
    except CheckError:
        return False
    return True


WRONG_ZONES = [
    *("Utc", "europe/berlin", "EUROPE/BERLIN", "Europe", "Berlin", "CEST", "PDT", "BST", "IST"),
    *("Europe/Berlin ", " UTC", "Europe/Berlin\n", "Europe//Berlin", "Europe/", "/Europe/Berlin"),
    *("+02:00", "UTC+2", "GMT+25", "../Europe/Berlin", "Europe\\Berlin", "New York", "x" * 5000),
    *("zone.tab", "tzdata.zi", "é", "a\0b", "\ud800", "America", "local"),
]
RIGHT_ZONES = ["utc", "UTC", "GMT", "GMT+0", "Etc/GMT+5", "EST5EDT", "CET", "Asia/Kolkata", "Zulu"]


def test_dagster_takes_every_time_zone_that_there_is() -> None:
    zones = {*available_timezones(), *RIGHT_ZONES}
    assert len(zones) > 400
    for zone in sorted(zones):
        assert accepts(TIME_ZONE, zone), zone
        assert of_schedules(zone), zone
        assert shown_as_right(TIME_ZONE_SCHEMA, zone), zone


@pytest.mark.parametrize("zone", [*WRONG_ZONES, *RIGHT_ZONES], ids=lambda zone: ascii(zone[:20]))
def test_dagster_takes_the_time_zones_that_are_accepted(zone: str) -> None:
    expected = zone in RIGHT_ZONES
    assert accepts(TIME_ZONE, zone) == of_schedules(zone) == of_policies(zone) == expected


def test_an_empty_time_zone_is_refused_though_schedules_take_it_for_none() -> None:
    assert (of_schedules(""), of_policies(""), accepts(TIME_ZONE, "")) == (True, False, False)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Berlln", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("Utc", "UTC"),
    ],
)
def test_the_nearest_time_zone_is_named(text: str, zone: str) -> None:
    help_ = f"a time zone with a similar name exists: `{zone}`"
    assert refusal(TIME_ZONE, text) == ("invalid-value", f"`{text}` is not a time zone", help_)


def test_without_a_near_one_the_kind_of_name_is_told() -> None:
    names = "names are those of the IANA database, such as `Europe/Berlin` and `UTC`"
    told = f"abbreviations and offsets do not count: {names}"
    assert refusal(TIME_ZONE, "+02:00") == ("invalid-value", "`+02:00` is not a time zone", told)
