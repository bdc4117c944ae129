"""Parameters on real Dagster: their defaults, what launches and schedules make of them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import pytest

from pipes_projects import (
    CronSchedule,
    InvalidProjectError,
    Param,
    PipesProject,
    PipesScript,
    PipesScriptManifest,
)
from tests.support.dagster.running import Outcome, execute, outcome_of, stored
from tests.support.folder import Folder
from tests.support.projects.owners import script_with, with_kinds

PARAMS = """\
params:
  rows: 8
  share: {type: number, default: 1, minimum: 0, maximum: 1, description: How much of it.}
  mode: {default: full, choices: [full, fast]}
  level: {default: 1, choices: [1, 2]}
  name: {default: ab, pattern: "[a-z]+"}
  dry: false
  tables: {type: list, default: [a, b], choices: [a, b, c]}
subprocess:
  args: ["--rows={params.rows}", "{{params.rows}}", "{rows} {{}} {params}"]
  env: {TOLD: "{params.name}/{params.dry}/{params.share}"}
"""
TELLING = """\
import os, sys
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    names = "rows share mode level name dry tables".split()
    extras = {name: pipes.get_extra(name) for name in names}
    told = {"args": sys.argv[1:], "env": os.environ["TOLD"], "extras": extras}
    pipes.report_asset_materialization(metadata={"told": {"raw_value": told, "type": "json"}})
"""
DEFAULTS = {
    "rows": 8,
    "share": 1,
    "mode": "full",
    "level": 1,
    "name": "ab",
    "dry": False,
    "tables": ["a", "b"],
}


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    with stored(tmp_path_factory.mktemp("home")) as open_instance:
        yield open_instance


@pytest.fixture
def telling(folder: Folder) -> Folder:
    """A project whose script reports all that it was told."""
    folder.asset("g/a", PARAMS, TELLING)
    return folder


def config(step: str = "g__a", **values: Any) -> dict[str, Any]:
    return {"ops": {step: {"config": values}}}


def told(outcome: Outcome) -> Any:
    assert outcome.success, outcome.failures
    return outcome.metadata["g/a"]["told"]


def test_a_script_is_told_the_defaults(telling: Folder, instance: dg.DagsterInstance) -> None:
    assert told(execute(telling.definitions(), instance)) == {
        "args": ["--rows=8", "{params.rows}", "{rows} {{}} {params}"],
        "env": "ab/false/1",
        "extras": DEFAULTS,
    }


def test_a_launch_may_change_them(telling: Folder, instance: dg.DagsterInstance) -> None:
    values = {"rows": 3, "mode": "fast", "name": "x", "dry": True, "tables": ["c"]}
    outcome = execute(telling.definitions(), instance, run_config=config(**values))
    assert told(outcome)["extras"] == {**DEFAULTS, **values}
    assert told(outcome)["args"][0] == "--rows=3"
    assert told(outcome)["env"] == "x/true/1"


OUT_OF_LIMITS = [
    ({"share": 2}, "param `share` cannot be `2`: it must be at most 1"),
    ({"share": -0.5}, "param `share` cannot be `-0.5`: it must be at least 0"),
    ({"share": True}, "param `share` cannot be `true`: it must be a number"),
    ({"level": 3}, "param `level` cannot be `3`: it must be one of `1`, `2`"),
    ({"name": "A"}, "param `name` cannot be `A`: it must match `[a-z]+`"),
    ({"tables": ["d"]}, "param `tables` cannot be `[d]`: it must be one of `a`, `b`, `c`"),
    (
        {"tables": [None]},
        "param `tables` cannot be `[null]`: it must be a list of text, numbers or booleans",
    ),
]


@pytest.mark.parametrize(("values", "sentence"), OUT_OF_LIMITS)
def test_a_value_out_of_its_limits_fails_the_step_before_the_script_starts(
    folder: Folder, instance: dg.DagsterInstance, values: Mapping[str, Any], sentence: str
) -> None:
    folder.asset("g/a", PARAMS + "retry_policy: {max_retries: 2}\n", "raise SystemExit(9)\n")
    outcome = execute(folder.definitions(), instance, run_config=config(**values))
    (failure,) = outcome.failures.values()
    assert failure.startswith(sentence + "\n")
    assert "exit code 9" not in failure


@pytest.mark.parametrize(
    ("manifest", "values", "expected"),
    [
        ("", {"path": "other.csv"}, "{ }"),
        ("params: {rows: 8}\n", {"rwos": 9}, "{ rows?: Int }"),
        (PARAMS, {"mode": "slow"}, "config:mode not in enum type full | fast got slow"),
        (PARAMS, {"rows": "many"}, "root:ops:g__a:config:rows"),
    ],
)
def test_config_that_no_param_takes_is_refused_when_a_run_is_launched(
    folder: Folder,
    instance: dg.DagsterInstance,
    manifest: str,
    values: Mapping[str, Any],
    expected: str,
) -> None:
    folder.asset("g/a", manifest)
    with pytest.raises(dg.DagsterInvalidConfigError) as refused:
        execute(folder.definitions(), instance, run_config=config(**values))
    assert expected in str(refused.value)


def test_dagster_knows_what_they_mean_and_what_they_may_be(telling: Folder) -> None:
    op = telling.definitions().resolve_implicit_global_asset_job_def().nodes[0].definition
    fields = op.config_schema.config_type.fields
    assert {name: field.default_value for name, field in fields.items()} == DEFAULTS
    assert not any(field.is_required for field in fields.values())
    assert fields["share"].description == "How much of it.\nminimum: 0\nmaximum: 1"
    assert fields["level"].description == "choices: 1, 2"


def test_dagster_shows_limits_and_choices_as_they_are_written(folder: Folder) -> None:
    folder.asset(
        "g/x",
        """\
params:
  rows: {default: 2000000, minimum: 1234567, maximum: 12345678.5}
  mass: {default: 1.0, minimum: -1000000000000000000, maximum: 1.0e+300}
  flags: {default: [true], choices: [true, 2, 1.5, yes]}
""",
    )
    op = folder.definitions().resolve_implicit_global_asset_job_def().nodes[0].definition
    fields = op.config_schema.config_type.fields
    assert fields["rows"].description == "minimum: 1234567\nmaximum: 12345678.5"
    assert fields["mass"].description == "minimum: -1000000000000000000\nmaximum: 1e+300"
    assert fields["flags"].description == "choices: true, 2, 1.5, yes"


def test_enums_with_different_choices_are_different(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    for name in "xyz":
        choices = f"[{name}, other]"
        folder.asset(f"g/{name}", f"params: {{mode: {{default: {name}, choices: {choices}}}}}")
    run_config = {"ops": {f"g__{name}": {"config": {"mode": name}} for name in "xyz"}}
    assert execute(folder.definitions(), instance, run_config=run_config).success


def test_enums_whose_choices_contain_bars_are_different(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("g/x", 'params: {mode: {default: c, choices: ["a | b", c]}}')
    folder.asset("g/y", 'params: {mode: {default: a, choices: [a, "b | c"]}}')
    run_config = {
        "ops": {
            "g__x": {"config": {"mode": "a | b"}},
            "g__y": {"config": {"mode": "b | c"}},
        }
    }
    assert execute(folder.definitions(), instance, run_config=run_config).success


CRON = "0 5 * * *"


def test_a_schedule_sets_them_for_each_script_of_its_own(
    telling: Folder, instance: dg.DagsterInstance
) -> None:
    schedule = f"schedule: {{cron_schedule: {CRON}, params: {{rows: 3}}}}\n"
    telling.asset("g/a", PARAMS + schedule, TELLING)
    telling.asset("g/b", f"params: {{rows: 1}}\n{schedule.replace('3', '4')}")
    telling.asset("g/c", f"schedule: {CRON}\n")
    defs = telling.definitions()
    (made,) = defs.schedules
    context = dg.build_schedule_context(
        instance, scheduled_execution_time=datetime(2026, 1, 1, 5, tzinfo=UTC)
    )
    (request,) = made.evaluate_tick(context).run_requests
    ops = {"g__a": {"config": {"rows": 3}}, "g__b": {"config": {"rows": 4}}}
    assert request.run_config == {"ops": ops}
    outcome = execute(defs, instance, run_config=request.run_config)
    assert told(outcome)["extras"]["rows"] == 3


def with_params(params: object) -> type[PipesProject]:
    """A project whose owner makes something of the params of every script."""

    class View(PipesScriptManifest):
        @property
        def params(self) -> Any:
            return {**super().params, "from_owner": params}

    return with_kinds(subprocess=script_with(script=View))


def test_an_owner_adds_a_param_to_every_script(
    telling: Folder, instance: dg.DagsterInstance
) -> None:
    defs = telling.definitions(with_params(Param(default=3, maximum=5)))
    assert execute(defs, instance).success
    (failure,) = execute(defs, instance, run_config=config(from_owner=6)).failures.values()
    assert failure.startswith("param `from_owner` cannot be `6`: it must be at most 5\n")


@pytest.mark.parametrize("params", [Param(type="integer"), Param(default=3, maximum=2)])
def test_what_an_owner_cannot_mean_is_told_at_the_property(telling: Folder, params: Param) -> None:
    with pytest.raises(InvalidProjectError, match=r"View\.params"):
        telling.definitions(with_params(params))


@pytest.mark.parametrize("params", [{"rows": "many"}, {"nothing": 3}])
def test_a_schedule_of_an_owner_sets_only_what_there_is(
    telling: Folder, params: dict[str, Any]
) -> None:
    class View(PipesScriptManifest):
        @property
        def schedule(self) -> CronSchedule:
            return CronSchedule(cron_schedule=CRON, params=params)

    with pytest.raises(InvalidProjectError, match=r"View\.schedule"):
        telling.definitions(with_kinds(subprocess=script_with(script=View)))


def test_an_invoke_of_the_owners_has_the_values_of_the_run(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    class Sql(PipesScript):
        def invoke(self, context: dg.AssetExecutionContext) -> Any:
            del context
            return dg.MaterializeResult(metadata={"told": dict(self.params)})

    folder.asset("g/a", "kind: query\nparams: {rows: 8, dry: false}\n")
    defs = folder.definitions(with_kinds(query=Sql))
    assert told(execute(defs, instance)) == {"rows": 8, "dry": False}
    assert told(execute(defs, instance, run_config=config(rows=9))) == {"rows": 9, "dry": False}


def test_config_for_a_step_that_there_is_not_fails_the_run(
    telling: Folder, instance: dg.DagsterInstance
) -> None:
    telling.asset("g/b")
    job = telling.definitions().resolve_implicit_global_asset_job_def()
    selected = job.get_subset(asset_selection={dg.AssetKey(["g", "a"])})
    # Dagster leaves out what it does not know of the config of a selection.
    run_config = {"ops": {"g__bb": {"config": {}}, "g__a": {"config": {"rows": 3}}}}
    result = selected.execute_in_process(run_config, instance=instance, raise_on_error=False)
    (failure,) = outcome_of(result).failures.values()
    told = "the run has config for a step `g__bb`, and there is none: a step with a similar name"
    assert failure.startswith(told)
