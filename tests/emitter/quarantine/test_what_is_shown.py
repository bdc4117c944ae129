"""Quarantine: how it looks, and what is said of it."""

from pathlib import Path

import dagster as dg
import pytest

from pipes_projects import (
    InvalidProjectError,
)
from pipes_projects.codes import Code
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.source import Location
from tests.support.folder import Folder
from tests.support.projects.quarantine import TAG, Graph, quarantined


def test_a_placeholder_is_red_and_leads_to_the_places_at_fault(folder: Folder) -> None:
    folder.write("defs/sales/_defaults.yaml", "\nowners: team:x\n")
    folder.asset("sales/orders", "kinds: [python]\ntags: {a: b}\n\npool: a b\n")
    spec = quarantined(folder).specs["sales/orders"]
    assert (spec.description or "").startswith("# 🟥 In quarantine\n")
    assert (spec.kinds, spec.tags[TAG], spec.group_name) == ({"quarantine"}, "true", "sales")
    references = spec.metadata["dagster/code_references"].code_references
    assert [
        (Path(reference.file_path).relative_to(folder.root), reference.line_number)
        for reference in references
    ] == [
        (Path("defs/sales/_defaults.yaml"), 2),
        (Path("defs/sales/orders.yaml"), 4),
    ]


def test_no_manifest_breaks_out_of_the_description(folder: Folder) -> None:
    folder.asset("sales/orders", "owners: ['```', '# x', '````']\n")
    (shown,) = quarantined(folder).placeholders.values()
    fence = "`" * 7  # the finding puts what the author wrote into backticks
    head, findings = shown.split(f"\n{fence}\n", 1)
    assert "`" not in head
    assert fence not in findings.removesuffix(f"\n{fence}")


def test_of_a_long_cycle_each_asset_shows_the_beginning_and_the_log_has_all(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(60):
        folder.write(f"defs/g/m{number}.yaml", f"kind: quick\ndeps: [g/m{(number + 1) % 60}]\n")
    shown = quarantined(folder).placeholders["g/m59"]
    assert shown.count("is made from") == 50
    assert "… and more: the log of the code location has all of it" in shown
    assert caplog.text.count("is made from") == 59


def test_of_many_findings_a_placeholder_shows_the_first(folder: Folder) -> None:
    folder.asset("g/one", "".join(f"x{number}: 1\n" for number in range(60)))
    (shown,) = quarantined(folder).placeholders.values()
    assert shown.count("error[unknown-key]") == 50
    assert "… and more" in shown


def test_warnings_put_nothing_into_quarantine(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    folder.write("defs/sales/_defaults.yaml", "owners: [team:x]\n")
    folder.asset("raw/orders")
    graph = quarantined(folder)
    assert (graph.real, graph.defs.metadata) == ({"raw/orders"}, {})
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_log_and_metadata_say_how_many_are_in_quarantine(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    folder.write("defs/sales/_defaults.yaml", "owners: [team:x]\n")
    folder.asset("raw/one", "depz: []\n")
    graph = quarantined(folder)
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("pipes_projects", "ERROR")
    assert record.getMessage().startswith("1 asset is in quarantine, because of an error in the m")
    assert folder.check() in record.getMessage()
    assert {name: value.value for name, value in graph.defs.metadata.items()} == {
        "pipes_projects/in_quarantine": 1,
        "pipes_projects/errors": 1,
        "pipes_projects/findings": folder.check().partition("\nwarning")[0],
    }
    folder.asset("raw/two", "assets: {a: {}, b: {}}\nowners: [me]\n")
    quarantined(folder)
    assert "3 assets are in quarantine, because of 2 errors in the manifests" in caplog.text


def test_nothing_is_said_where_nothing_is_wrong(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    folder.asset("raw/one")
    assert (quarantined(folder).defs.metadata, caplog.records) == ({}, [])


def test_a_project_is_strict_unless_told_otherwise(folder: Folder) -> None:
    folder.asset("raw/one", "depz: []\n")
    for arguments in ({}, {"on_error": "raise"}):
        with pytest.raises(InvalidProjectError):
            folder.definitions(**arguments)
    with pytest.raises(ValueError, match='on_error is "raise" or "quarantine", not \'ignore\''):
        folder.definitions(on_error="ignore")


def test_what_cannot_be_taken_out_is_raised(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.asset("raw/one")
    nowhere = Diagnostic(Code.INVALID_VALUE, "nobody knows where", Location("definitions.py"))
    monkeypatch.setattr("pipes_projects.emitter.loading.build.unfit", lambda *_: [nowhere])
    with pytest.raises(InvalidProjectError, match="nobody knows where"):
        folder.definitions(on_error="quarantine")


def test_definitions_in_quarantine_merge_with_others(folder: Folder, tmp_path: Path) -> None:
    other = Folder(tmp_path / "other")
    for each, name in ((folder, "one"), (other, "two")):
        each.asset(f"{name}/bad", f"deps: [{name}/nothing, python/made]\n")
        each.asset(f"{name}/good")
    merged = Graph(
        dg.Definitions.merge(*(each.definitions(on_error="quarantine") for each in (folder, other)))
    )
    assert set(merged.placeholders) == {"one/bad", "two/bad"}
    assert merged.real == {"one/good", "two/good"}
