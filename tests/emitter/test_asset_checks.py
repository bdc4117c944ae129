"""Asset checks, from manifest to Dagster, reported by real scripts."""

import json
from collections.abc import Iterator
from typing import Any

import dagster as dg
import pytest

from pipes_projects import PipesAssetManifest, PipesProject, PipesScript
from tests.support.dagster.running import Outcome, execute, stored
from tests.support.folder import Folder
from tests.support.projects.owners import script_with, with_kinds

ONE = ["group", "one"]
WARN, ERROR = dg.AssetCheckSeverity.WARN, dg.AssetCheckSeverity.ERROR
ROWS = "checks: {rows: {}}\n"
TWO = "assets: {one: {checks: {rows: {}}}, two: {checks: {rows: {}}}}\n"
UNREPORTED = "the script did not report this check"
MADE = "materialization()"


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    with stored(tmp_path_factory.mktemp("home")) as open_instance:
        yield open_instance


def reporting(*reports: str) -> str:
    """A script that reports these, in this order."""
    lines = "".join(f"    pipes.report_asset_{report}\n" for report in reports)
    opened = "with open_dagster_pipes() as pipes:\n    pipes.log.info('opened')\n"
    return f"from dagster_pipes import open_dagster_pipes\n\n{opened}{lines}"


def specs(defs: dg.Definitions) -> dict[str, dg.AssetCheckSpec]:
    graph = defs.resolve_asset_graph()
    found = (graph.get_check_spec(key) for key in graph.asset_check_keys)
    return {f"{check.asset_key.to_user_string()}:{check.name}": check for check in found}


def key(name: str) -> dg.AssetCheckKey:
    asset, _, check = name.partition(":")
    return dg.AssetCheckKey(dg.AssetKey(asset.split("/")), check)


FORMS = {
    "of a single asset": (
        "group/one",
        "checks: {rows: {description: Not empty., blocking: true, metadata: {at_least: 1}}}",
    ),
    "of one of several assets": (
        "group/both",
        """
        assets:
          one:
            checks: {rows: {description: Not empty., blocking: true, metadata: {at_least: 1}}}
          two: {}
        """,
    ),
    "of a script with several assets": (
        "group/both",
        """
        checks:
          rows: {asset: one, description: Not empty., blocking: true, metadata: {at_least: 1}}
        assets: {one: {}, two: {}}
        """,
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_what_a_manifest_says_of_a_check_reaches_dagster(folder: Folder, form: str) -> None:
    folder.asset(*FORMS[form])
    expected = dg.AssetCheckSpec(
        "rows",
        asset=["group", "one"],
        description="Not empty.",
        blocking=True,
        metadata={"at_least": 1},
    )
    assert specs(folder.definitions()) == {"group/one:rows": expected}


def test_a_check_of_which_nothing_is_said_blocks_nothing(folder: Folder) -> None:
    folder.asset("group/one", ROWS)
    assert specs(folder.definitions()) == {
        "group/one:rows": dg.AssetCheckSpec("rows", asset=["group", "one"], blocking=False)
    }


def test_checks_at_the_top_and_under_an_asset_belong_together(folder: Folder) -> None:
    checks = "checks: {sum: {asset: two}, rows: {asset: one}}\n"
    folder.asset("group/both", checks + "assets: {one: {checks: {sum: {}}}, two: {}}\n")
    assert set(specs(folder.definitions())) == {"group/one:rows", "group/one:sum", "group/two:sum"}


def test_a_report_is_recorded_with_its_severity_and_metadata(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    script = reporting(
        "check('fine', True, metadata={'rows': 3})",
        "check('odd', False, severity='WARN', asset_key='group/one')",
        "materialization()",
        "check('bad', False)",
    )
    folder.asset("group/one", "checks: {fine: {}, odd: {}, bad: {}}\n", script)
    outcome = execute(folder.definitions(), instance)
    assert outcome.success
    found = {name: (finding.passed, finding.severity) for name, finding in outcome.checks.items()}
    assert found == {
        "group/one:fine": (True, ERROR),
        "group/one:odd": (False, WARN),
        "group/one:bad": (False, ERROR),
    }
    assert outcome.checks["group/one:fine"].metadata["rows"].value == 3


WAITING = "assets: {zero: {}, one: {deps: [group/zero], checks: {rows: {}}}}\n"


@pytest.mark.parametrize("manifest", [ROWS, WAITING], ids=["alone", "after one that is missing"])
def test_a_report_is_about_what_the_same_run_made(
    folder: Folder, instance: dg.DagsterInstance, manifest: str
) -> None:
    about = "asset_key='group/one'"
    script = reporting(f"check('rows', True, {about})", f"materialization({about})")
    folder.asset("group/one", manifest, script)
    for _ in range(2):
        checked = execute(folder.definitions(), instance).checks["group/one:rows"]
        event = instance.get_latest_materialization_event(dg.AssetKey(ONE))
        assert event
        assert checked.target_materialization_data
        assert checked.target_materialization_data.run_id == event.run_id


def test_a_check_that_is_not_reported_has_failed_and_the_step_has_not(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset(
        "group/one", "checks: {rows: {}, sum: {}}\n", reporting(MADE, "check('sum', True)")
    )
    outcome = execute(folder.definitions(), instance)
    rows = outcome.checks["group/one:rows"]
    assert outcome.success
    assert outcome.passed == {"group/one:rows": False, "group/one:sum": True}
    assert (rows.severity, rows.description) == (ERROR, UNREPORTED)


def test_a_script_that_knows_nothing_of_dagster_makes_its_asset_and_fails_its_checks(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("group/vanilla", TWO)
    outcome = execute(folder.definitions(), instance)
    assert outcome.success
    assert outcome.made == {"group/one", "group/two"}
    assert outcome.passed == {"group/one:rows": False, "group/two:rows": False}


def test_a_report_of_no_check_of_the_manifest_fails_the_step_and_names_the_nearest(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    script = reporting("materialization()", "check('row', True)", "check('sum', True)")
    folder.asset("group/one", "checks: {rows: {}, sum: {}}\n", script)
    outcome = execute(folder.definitions(), instance)
    assert outcome.failures["group__one"].startswith(
        "defs/group/one.py: the script reported check `row` of `group/one`, which its manifest does"
        " not declare: a check with a similar name exists: `rows`"
    )
    assert outcome.made == {"group/one"}
    assert outcome.passed == {"group/one:rows": False, "group/one:sum": True}


def test_a_check_that_is_reported_twice_fails_the_step(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    reports = ("materialization()", "check('rows', True)", "check('rows', False)")
    folder.asset("group/one", ROWS, reporting(*reports))
    outcome = execute(folder.definitions(), instance)
    message = "defs/group/one.py: the script reported check `rows` of `group/one` twice"
    assert outcome.failures["group__one"].startswith(message)
    assert outcome.made == {"group/one"}
    assert outcome.passed == {"group/one:rows": True}


def test_a_script_that_fails_has_made_and_checked_what_it_reported(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    script = reporting("check('rows', True)", "materialization()") + "raise SystemExit(3)\n"
    folder.asset("group/one", ROWS, script)
    outcome = execute(folder.definitions(), instance)
    assert not outcome.success
    assert outcome.failures["group__one"].startswith("defs/group/one.py: exit code 3\n")
    assert (outcome.made, outcome.passed) == ({"group/one"}, {"group/one:rows": True})


class Reports(PipesScript):
    """Runs what the test gives it."""

    def invoke(self, context: dg.AssetExecutionContext, answer: Any) -> Any:
        return answer(context)


Reporting = with_kinds(reports=Reports)


def answered(
    folder: Folder, instance: dg.DagsterInstance, answer: Any, manifest: str = ROWS
) -> Outcome:
    folder.asset("group/one", "kind: reports\n" + manifest)
    resources = {"answer": dg.ResourceDefinition.hardcoded_resource(answer)}
    return execute(folder.definitions(Reporting, resources=resources), instance)


RESULTS: dict[str, Any] = {
    "alone": dg.AssetCheckResult(passed=True, asset_key=ONE, check_name="rows"),
    "with the asset": dg.MaterializeResult(
        asset_key=ONE,
        check_results=[dg.AssetCheckResult(passed=True, asset_key=ONE, check_name="rows")],
    ),
    "by the key of the asset": dg.MaterializeResult(
        asset_key=ONE, check_results=[dg.AssetCheckResult(passed=True, check_name="rows")]
    ),
    "without the key": [dg.AssetCheckResult(passed=True, check_name="rows")],
    "without the name": [dg.AssetCheckResult(passed=True, asset_key=ONE)],
    "without either": dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True)]),
    "by the key as text": dg.AssetCheckResult(
        passed=True, asset_key="group/one", check_name="rows"
    ),
}


@pytest.mark.parametrize("result", RESULTS)
def test_invoke_may_give_a_check(folder: Folder, instance: dg.DagsterInstance, result: str) -> None:
    outcome = answered(folder, instance, lambda _: RESULTS[result])
    assert outcome.success
    assert outcome.made == {"group/one"}
    assert outcome.passed == {"group/one:rows": True}


def test_a_check_that_could_be_several_fails_the_step(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    answer = [dg.AssetCheckResult(passed=True, check_name="rows"), dg.AssetCheckResult(passed=True)]
    outcome = answered(folder, instance, lambda _: answer, TWO)
    message = outcome.failures["group__one"]
    several = "which may be check `rows` of `group/one` or check `rows` of `group/two`"
    assert f"the script reported check `rows`, {several}" in message
    assert f"the script reported a check without its name, {several}" in message
    assert outcome.passed == {"group/one:rows": False, "group/two:rows": False}


def test_a_check_that_comes_with_an_asset_is_about_that_asset(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    answer = [
        dg.MaterializeResult(
            asset_key=["group", name],
            check_results=[dg.AssetCheckResult(passed=name == "two", check_name="rows")],
        )
        for name in ("one", "two")
    ]
    outcome = answered(folder, instance, lambda _: answer, TWO)
    assert outcome.success
    assert outcome.passed == {"group/one:rows": False, "group/two:rows": True}


def test_a_check_that_can_be_only_one_needs_no_names(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    answer = [dg.AssetCheckResult(passed=True, check_name="sum")]
    manifest = "assets: {one: {checks: {rows: {}}}, two: {checks: {sum: {}}}}\n"
    outcome = answered(folder, instance, lambda _: answer, manifest)
    assert outcome.passed == {"group/one:rows": False, "group/two:sum": True}


def test_what_is_not_selected_is_not_meant(folder: Folder, instance: dg.DagsterInstance) -> None:
    folder.asset("group/both", "kind: reports\ncan_subset: true\n" + TWO)
    answer = dg.ResourceDefinition.hardcoded_resource(lambda _: dg.AssetCheckResult(passed=True))
    defs = folder.definitions(Reporting, resources={"answer": answer})
    outcome = execute(defs, instance, dg.AssetSelection.checks(key("group/two:rows")))
    assert outcome.success
    assert outcome.passed == {"group/two:rows": True}


def below(
    folder: Folder, instance: dg.DagsterInstance, manifest: str, script: str
) -> tuple[Outcome, bool]:
    """What comes of an asset with a check, and whether the script below the one below it ran."""
    folder.asset("group/one", manifest, script)
    folder.asset("group/two", "deps: [group/one]\n")
    ran = folder.root / "ran"
    folder.asset("group/three", "deps: [group/two]\n", f"open({str(ran)!r}, 'w').close()\n")
    return execute(folder.definitions(), instance), ran.exists()


BLOCKING = "checks: {rows: {blocking: true}}\n"


@pytest.mark.parametrize("script", [reporting(MADE, "check('rows', False)"), reporting(MADE)])
def test_a_blocking_check_that_fails_stops_everything_downstream(
    folder: Folder, instance: dg.DagsterInstance, script: str
) -> None:
    outcome, ran = below(folder, instance, BLOCKING, script)
    assert not ran
    assert not outcome.success
    assert outcome.made == {"group/one"}
    assert outcome.passed == {"group/one:rows": False}


@pytest.mark.parametrize(
    ("manifest", "report"),
    [
        (BLOCKING, "check('rows', True)"),
        (BLOCKING, "check('rows', False, severity='WARN')"),
        (ROWS, "check('rows', False)"),
    ],
)
def test_other_checks_stop_nothing(
    folder: Folder, instance: dg.DagsterInstance, manifest: str, report: str
) -> None:
    outcome, ran = below(folder, instance, manifest, reporting(MADE, report))
    assert ran
    assert outcome.success


TOLD = """
    import json
    from pathlib import Path
    from dagster_pipes import open_dagster_pipes

    with open_dagster_pipes() as pipes:
        selected = pipes.get_extra("selected_checks")
        told = {"assets": pipes.asset_keys, "checks": selected}
        Path("told.json").write_text(json.dumps(told))
        for key in pipes.asset_keys:
            pipes.report_asset_materialization(asset_key=key)
        for key, names in selected.items():
            for name in names:
                pipes.report_asset_check(name, True, asset_key=key)
"""
SOME = {
    "all": (
        None,
        ["group/one", "group/two"],
        {"group/one": ["rows", "sum"], "group/two": ["rows"]},
    ),
    "assets": (dg.AssetSelection.assets("group/one").without_checks(), ["group/one"], {}),
    "checks": (dg.AssetSelection.checks(key("group/one:rows")), [], {"group/one": ["rows"]}),
    "both": (
        dg.AssetSelection.assets("group/one", "group/two").without_checks()
        | dg.AssetSelection.checks(key("group/one:sum"), key("group/two:rows")),
        ["group/one", "group/two"],
        {"group/one": ["sum"], "group/two": ["rows"]},
    ),
}


@pytest.mark.parametrize("some", SOME)
def test_can_subset_tells_the_script_which_assets_and_checks_are_selected(
    folder: Folder, instance: dg.DagsterInstance, some: str
) -> None:
    checks = "checks: {sum: {asset: one}}\n"
    folder.asset("group/both", "can_subset: true\n" + checks + TWO, TOLD)
    selection, assets, selected = SOME[some]
    outcome = execute(folder.definitions(), instance, selection)
    told = json.loads((folder.root / "defs/group/told.json").read_text())
    assert told == {"assets": assets, "checks": selected}
    assert outcome.success
    assert outcome.made == set(assets)
    assert set(outcome.checks) == {f"{k}:{name}" for k, names in selected.items() for name in names}
    assert all(outcome.passed.values())


def test_the_check_of_a_single_asset_may_be_selected_alone(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("group/one", "can_subset: true\n" + ROWS, TOLD)
    selection = dg.AssetSelection.checks(key("group/one:rows"))
    outcome = execute(folder.definitions(), instance, selection)
    assert outcome.success
    assert (outcome.made, outcome.passed) == (set(), {"group/one:rows": True})


def test_a_selected_check_that_is_not_reported_has_failed(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("group/both", "can_subset: true\n" + TWO)
    selection = dg.AssetSelection.checks(key("group/two:rows"))
    outcome = execute(folder.definitions(), instance, selection)
    assert outcome.success
    assert (outcome.made, outcome.passed) == (set(), {"group/two:rows": False})


def test_a_report_of_a_check_that_is_not_selected_fails_the_step(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("group/one", "can_subset: true\n" + ROWS, reporting(MADE, "check('rows', True)"))
    selection = dg.AssetSelection.assets("group/one").without_checks()
    outcome = execute(folder.definitions(), instance, selection)
    message = "defs/group/one.py: the script reported check `rows` of `group/one`, which was not"
    assert outcome.failures["group__one"].startswith(message)
    assert outcome.checks == {}


@pytest.mark.parametrize("some", ["assets", "checks", "both"])
def test_without_can_subset_assets_and_checks_of_a_script_run_together(
    folder: Folder, instance: dg.DagsterInstance, some: str
) -> None:
    folder.asset("group/both", "checks: {sum: {asset: one}}\n" + TWO, TOLD)
    with pytest.raises(dg.DagsterInvalidDefinitionError) as raised:
        execute(folder.definitions(), instance, SOME[some][0])
    assert isinstance(raised.value.__cause__, dg.DagsterInvalidSubsetError)


def test_each_of_two_steps_of_a_script_is_told_of_its_own_checks(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    first, last = "first: {checks: {rows: {}}}", "last: {deps: [group/mid], checks: {rows: {}}}"
    folder.asset("group/ends", f"can_subset: true\nassets: {{{first}, {last}}}\n", TOLD)
    folder.asset("group/mid", "deps: [group/first]\nchecks: {rows: {}}\n", TOLD)
    outcome = execute(folder.definitions(), instance)
    assert outcome.success
    assert outcome.passed == {f"group/{name}:rows": True for name in ("first", "mid", "last")}


def test_the_script_is_told_of_checks_of_keys_with_any_characters(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("group/one", "key: 'a b\\c/d.e-f'\nchecks: {rows: {}}\n", TOLD)
    outcome = execute(folder.definitions(), instance)
    assert outcome.success
    assert outcome.passed == {"a b\\c/d.e-f:rows": True}


def test_a_script_without_checks_is_told_of_none(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    script = reporting("materialization(metadata={'extras': sorted(pipes.extras)})")
    folder.asset("group/one", "extras: {limit: 3}\n", script)
    outcome = execute(folder.definitions(), instance)
    assert outcome.metadata["group/one"] == {"extras": ["deployment", "limit"]}


def moved(*names: str) -> type[PipesProject]:
    """A project whose owner puts `warehouse/` before the keys, by overriding these."""

    def asset_key(self: PipesAssetManifest) -> dg.AssetKey:
        return dg.AssetKey(["warehouse", *self.manifest_key.split("/")])

    def asset_spec(self: PipesAssetManifest) -> dg.AssetSpec:
        made = super(type(self), self).asset_spec
        return made.replace_attributes(key=asset_key(self))

    known = {"asset_key": property(asset_key), "asset_spec": property(asset_spec)}
    view = type("Moved", (PipesAssetManifest,), {name: known[name] for name in names})
    return with_kinds(subprocess=script_with(view))


@pytest.mark.parametrize("name", ["asset_key", "asset_spec"])
def test_checks_follow_a_key_that_the_owner_changes(
    folder: Folder, instance: dg.DagsterInstance, name: str
) -> None:
    folder.asset("group/both", "can_subset: true\n" + TWO, TOLD)
    outcome = execute(folder.definitions(moved(name)), instance)
    told = json.loads((folder.root / "defs/group/told.json").read_text())
    assert told["checks"] == {"group/one": ["rows"], "group/two": ["rows"]}
    assert outcome.success
    assert outcome.made == {"warehouse/group/one", "warehouse/group/two"}
    assert outcome.passed == {"warehouse/group/one:rows": True, "warehouse/group/two:rows": True}


def test_names_of_checks_may_hold_dots_and_dashes(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    names = ["a-b.c", "a_b_c", "1", "one__two"]
    script = reporting(MADE, *(f"check({name!r}, {name != '1'})" for name in names))
    checks = "".join(f"  {json.dumps(name)}: {{}}\n" for name in names)
    folder.asset("group/one", "checks:\n" + checks, script)
    outcome = execute(folder.definitions(), instance)
    assert outcome.success
    assert outcome.passed == {f"group/one:{name}": name != "1" for name in names}


def test_two_assets_may_have_a_check_of_one_name(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    script = reporting(
        "materialization(asset_key='group/one')",
        "materialization(asset_key='group/two')",
        "check('rows', False, asset_key='group/one')",
        "check('rows', True, asset_key='group/two')",
    )
    folder.asset("group/both", TWO, script)
    outcome = execute(folder.definitions(), instance)
    assert outcome.success
    assert outcome.passed == {"group/one:rows": False, "group/two:rows": True}


def test_checks_of_what_is_missing_are_recorded_before_the_step_fails(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    script = reporting(
        "materialization(asset_key='group/one')", "check('rows', True, asset_key='group/one')"
    )
    folder.asset("group/both", TWO, script)
    outcome = execute(folder.definitions(), instance)
    assert "the script did not report `group/two`" in outcome.failures["group__both"]
    assert outcome.made == {"group/one"}
    assert outcome.passed == {"group/one:rows": True, "group/two:rows": False}


def test_an_owner_may_add_checks(folder: Folder, instance: dg.DagsterInstance) -> None:
    class Asset(PipesAssetManifest):
        @property
        def check_specs(self) -> list[dg.AssetCheckSpec]:
            return [*super().check_specs, dg.AssetCheckSpec("owned", asset=self.asset_key)]

    folder.asset("group/one", ROWS, reporting(MADE, "check('rows', True)", "check('owned', True)"))
    project = with_kinds(subprocess=script_with(Asset))
    outcome = execute(folder.definitions(project), instance)
    assert outcome.success
    assert outcome.passed == {"group/one:rows": True, "group/one:owned": True}
