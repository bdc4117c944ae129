"""What effective values must be together: a rule stands in one table, and nowhere else."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from pipes_projects.compiler import compile_sources
from pipes_projects.compiler.lower.policies import RULES
from pipes_projects.disk.files import TextFiles
from pipes_projects.manifest.asset import AssetFields
from pipes_projects.manifest.forms import FIELDS, Defaults
from pipes_projects.manifest.model.problems import Problem
from pipes_projects.source import SourceFile, Sources

VALUES = {
    "retry_policy": "{max_retries: 3}",
    "backfill_policy": "{type: single_run}",
    "kinds": "[python]",
    "params": "{rows: 8}",
    "schedule": "0 5 * * *",
    "freshness_policy": "{time_window: {fail_window: 24h}}",
    "description": "of which there is no rule",
    "pool": "warehouse",
}
MANIFEST, DEFAULTS = "defs/g/a.yaml", "defs/g/_defaults.yaml"


def rule(field: str) -> Any:
    """A rule that no value keeps."""

    def broken(_: Mapping[str, Any]) -> Iterator[Problem]:
        yield Problem((field,), "invalid-value", f"{field} is not to be")

    return broken


def places(texts: Mapping[str, str]) -> list[str]:
    files = tuple(SourceFile(f"defs/g/{name}.yaml", text) for name, text in texts.items())
    sources = Sources(TextFiles(frozenset({"defs/g/a.py"})), files)
    found = compile_sources(sources).diagnostics
    return [finding.location.path for finding in found if finding.message.endswith("is not to be")]


def test_every_rule_has_a_value_here() -> None:
    assert RULES.keys() <= VALUES.keys()


@pytest.mark.parametrize("field", VALUES)
def test_a_rule_is_asked_wherever_its_field_is_written(
    field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = f"{field}: {VALUES[field]}\n"
    own = {"a": line}
    inherited = {"a": "tags: {x: y}", "_defaults": f"{line}tags: {{x: z}}\n"}  # is merged
    under = {"a": f"assets: \n  b:\n    {line}" if field in FIELDS[AssetFields] else line}
    assert not any(map(places, (own, inherited, under)))
    monkeypatch.setitem(RULES, field, rule(field))
    assert places(own) == places(under) == [MANIFEST]
    for defaults in (inherited, {"a": "", "_defaults": line}):
        assert places(defaults) == ([DEFAULTS] if field in FIELDS[Defaults] else [])


def test_without_its_field_a_rule_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, "pool", rule("pool"))
    assert places({"a": "kinds: [python]"}) == []
