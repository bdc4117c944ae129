"""What counts as materialised, on real Dagster with real scripts."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipes_projects import PipesProject, PipesScript
from tests.support.dagster.running import Outcome, materialize
from tests.support.folder import Folder
from tests.support.projects.owners import with_kinds

TWO = "assets:\n  one: {}\n  two: {}\n"
REPORTING = """
    import sys
    from dagster_pipes import open_dagster_pipes

    with open_dagster_pipes() as pipes:
        for key in sys.argv[1:]:
            pipes.report_asset_materialization(asset_key=key, metadata={"said": key})
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def run(folder: Folder, home: Path, project: Any = None, **arguments: Any) -> Outcome:
    selection = arguments.pop("selection", None)
    return materialize(folder.definitions(project, **arguments), home, selection)


def test_a_script_that_reports_nothing_has_made_all_its_assets(folder: Folder, home: Path) -> None:
    folder.asset("group/vanilla", TWO)
    outcome = run(folder, home)
    assert outcome.success
    assert outcome.made == {"group/one", "group/two"}


def test_a_script_that_opens_pipes_and_reports_nothing_has_made_nothing(
    folder: Folder, home: Path
) -> None:
    folder.asset("group/quiet", TWO, REPORTING)
    outcome = run(folder, home)
    assert outcome.made == set()
    assert outcome.failures["group__quiet"].startswith(
        "defs/group/quiet.py: the script did not report `group/one`, `group/two`: a script that"
        " opens Pipes calls `pipes.report_asset_materialization()` for what it made"
    )


def test_a_script_that_opens_pipes_and_removes_its_messages_has_made_nothing(
    folder: Folder, home: Path
) -> None:
    script = """
        import os
        from dagster_pipes import decode_param, open_dagster_pipes

        with open_dagster_pipes() as pipes:
            pass
        os.remove(decode_param(os.environ["DAGSTER_PIPES_MESSAGES"])["path"])
    """
    folder.asset("group/regret", TWO, script)
    outcome = run(folder, home)
    assert outcome.made == set()
    assert outcome.failures["group__regret"].startswith(
        "defs/group/regret.py: the script removed the file that takes its Pipes messages, so what"
        " it reported may be lost: only add to that file, as `dagster_pipes` does\n"
        "the script did not report `group/one`, `group/two`\n"
    )


def test_what_is_reported_is_recorded_with_its_metadata(folder: Folder, home: Path) -> None:
    manifest = TWO + "subprocess: {args: [group/one, group/two]}\n"
    folder.asset("group/both", manifest, REPORTING)
    outcome = run(folder, home)
    assert outcome.metadata == {
        "group/one": {"said": "group/one"},
        "group/two": {"said": "group/two"},
    }


def test_some_reported_and_others_not_fails_after_recording_those(
    folder: Folder, home: Path
) -> None:
    folder.asset("group/half", TWO + "subprocess: {args: [group/two]}\n", REPORTING)
    outcome = run(folder, home)
    assert not outcome.success
    assert outcome.made == {"group/two"}
    assert "the script did not report `group/one`" in outcome.failures["group__half"]


def test_a_failed_script_makes_nothing_and_stops_what_is_below(folder: Folder, home: Path) -> None:
    folder.asset("group/broken", "", "raise SystemExit(3)\n")
    folder.asset("group/below", "deps: [group/broken]\n")
    outcome = run(folder, home)
    assert not outcome.made
    assert list(outcome.failures) == ["group__broken"]


def test_a_program_that_is_not_there_is_named(folder: Folder, home: Path) -> None:
    folder.asset("group/odd", "subprocess: {command: no-such-program}\n")
    assert "`no-such-program` is not on the PATH" in run(folder, home).failures["group__odd"]


class Reports(PipesScript):
    """Runs what the test gives it."""

    def invoke(self, context: dg.AssetExecutionContext, answer: Any) -> Any:
        return answer(self, context)


Reporting = with_kinds(reports=Reports)


def answered(folder: Folder, home: Path, answer: Any, manifest: str = TWO) -> Outcome:
    folder.asset("group/script", "kind: reports\n" + manifest)
    resources = {"answer": dg.ResourceDefinition.hardcoded_resource(answer)}
    return run(folder, home, Reporting, resources=resources)


def test_invoke_may_return_nothing(folder: Folder, home: Path) -> None:
    assert answered(folder, home, lambda *_: None).made == {"group/one", "group/two"}


def test_invoke_may_return_results(folder: Folder, home: Path) -> None:
    def answer(*_: Any) -> list[Any]:
        return [dg.MaterializeResult(asset_key=["group", name]) for name in ("one", "two")]

    assert answered(folder, home, answer).made == {"group/one", "group/two"}


def test_invoke_may_be_a_generator(folder: Folder, home: Path) -> None:
    def answer(*_: Any) -> Iterator[Any]:
        for name in ("one", "two"):
            yield dg.MaterializeResult(asset_key=["group", name], metadata={"name": name})

    outcome = answered(folder, home, answer)
    assert outcome.metadata["group/two"] == {"name": "two"}


def test_invoke_may_return_one_result_without_a_key_for_one_asset(
    folder: Folder, home: Path
) -> None:
    outcome = answered(folder, home, lambda *_: dg.MaterializeResult(metadata={"n": 1}), "")
    assert outcome.metadata == {"group/script": {"n": 1}}


def test_a_report_of_an_undeclared_asset_fails_and_names_the_nearest(
    folder: Folder, home: Path
) -> None:
    def answer(*_: Any) -> list[Any]:
        return [dg.MaterializeResult(asset_key=["group", name]) for name in ("one", "tow", "two")]

    outcome = answered(folder, home, answer)
    assert outcome.made == {"group/one", "group/two"}
    failure = outcome.failures["group__script"]
    assert "reported `group/tow`, which its manifest does not declare" in failure
    assert "`group/two`" in failure


def test_a_report_of_an_undeclared_check_fails(folder: Folder, home: Path) -> None:
    def answer(*_: Any) -> list[Any]:
        keys = (["group", "one"], ["group", "two"])
        check = dg.AssetCheckResult(asset_key=keys[0], check_name="fresh", passed=True)
        return [*(dg.MaterializeResult(asset_key=key) for key in keys), check]

    assert "reported check `fresh`" in answered(folder, home, answer).failures["group__script"]


@pytest.mark.parametrize("odd", [3, "text", {"a": 1}, [1]])
def test_invoke_may_return_nothing_else(folder: Folder, home: Path, odd: Any) -> None:
    outcome = answered(folder, home, lambda *_: odd)
    assert "it may" in outcome.failures["group__script"]


def test_without_can_subset_the_assets_of_a_script_run_together(folder: Folder, home: Path) -> None:
    folder.asset("group/all", TWO)
    with pytest.raises(dg.DagsterInvalidSubsetError):
        run(folder, home, selection=["group/one"])


def test_can_subset_passes_the_selection_on(folder: Folder, home: Path) -> None:
    script = """
        from dagster_pipes import open_dagster_pipes

        with open_dagster_pipes() as pipes:
            for key in pipes.asset_keys:
                pipes.report_asset_materialization(asset_key=key, metadata={"selected": True})
    """
    folder.asset("group/some", "can_subset: true\n" + TWO, script)
    outcome = run(folder, home, selection=["group/two"])
    assert outcome.success
    assert outcome.metadata == {"group/two": {"selected": True}}


def test_an_asset_may_depend_on_another_of_its_script(folder: Folder, home: Path) -> None:
    folder.asset("group/chain", "assets:\n  one: {}\n  two: {deps: [group/one]}\n")
    assert run(folder, home).made == {"group/one", "group/two"}


def test_can_subset_lets_two_scripts_wait_for_each_other(folder: Folder, home: Path) -> None:
    script = """
        from dagster_pipes import open_dagster_pipes

        with open_dagster_pipes() as pipes:
            for key in pipes.asset_keys:
                pipes.report_asset_materialization(asset_key=key)
    """
    folder.asset(
        "group/ends",
        "can_subset: true\nassets:\n  first: {}\n  last: {deps: [group/middle]}\n",
        script,
    )
    folder.asset("group/middle", "deps: [group/first]\n")
    outcome = run(folder, home)
    assert outcome.success
    assert outcome.made == {"group/first", "group/middle", "group/last"}


CHAIN = "assets:\n  a: {deps: [group/z]}\n  m: {deps: [group/a]}\n  z: {}\n"


def test_a_scripts_assets_may_be_made_from_each_other_in_any_order(
    folder: Folder, home: Path
) -> None:
    folder.asset("group/chain", CHAIN)
    outcome = run(folder, home)
    assert outcome.success
    assert outcome.made == {"group/a", "group/m", "group/z"}


def test_a_script_may_report_its_assets_in_any_order(folder: Folder, home: Path) -> None:
    args = "subprocess: {args: [group/m, group/a, group/z]}\n"
    folder.asset("group/chain", CHAIN + args, REPORTING)
    outcome = run(folder, home)
    assert outcome.success
    assert outcome.metadata["group/m"] == {"said": "group/m"}


def test_what_waits_for_an_asset_that_is_not_reported_is_recorded(
    folder: Folder, home: Path
) -> None:
    folder.asset("group/chain", CHAIN + "subprocess: {args: [group/m, group/a]}\n", REPORTING)
    outcome = run(folder, home)
    assert outcome.made == {"group/a", "group/m"}
    assert "the script did not report `group/z`" in outcome.failures["group__chain"]


def test_results_may_name_assets_as_text(folder: Folder, home: Path) -> None:
    def answer(*_: Any) -> list[Any]:
        return [dg.MaterializeResult(asset_key=f"group/{name}") for name in ("one", "two")]

    assert answered(folder, home, answer).made == {"group/one", "group/two"}


def test_retries_are_tried(folder: Folder, home: Path) -> None:
    script = """
        from pathlib import Path

        tries = Path("tries.txt")
        tries.write_text((tries.read_text() if tries.exists() else "") + "x")
        raise SystemExit(len(tries.read_text()) < 3)
    """
    folder.asset("group/shaky", "retry_policy: {max_retries: 2}\n", script)
    assert run(folder, home).success


LOGGED = """
import logging
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    pipes.log.debug("100% of rows")
    pipes.log.info("20%s of rows")
    pipes.log.log(logging.WARNING, "few rows")
    pipes.log.critical("no rows")
    pipes._write_message("log", {"message": "rows", "level": "NOTICE"})
    pipes.report_asset_materialization()
"""
BY_LEVEL = [
    (logging.DEBUG, "100% of rows"),
    (logging.INFO, "20%s of rows"),
    (logging.WARNING, "few rows"),
    (logging.CRITICAL, "no rows"),
    (logging.INFO, "rows"),
]


@pytest.mark.parametrize("least", [logging.DEBUG, logging.WARNING])
def test_the_log_has_a_level_for_each_message(folder: Folder, home: Path, least: int) -> None:
    home.mkdir()
    folder.asset("sales/orders", "{}\n", LOGGED)
    defs = PipesProject.make_defs(defs_path=folder.root / "defs")
    levels = {"python_logs": {"python_log_level": logging.getLevelName(least)}}
    with dg.DagsterInstance.local_temp(str(home), levels) as instance:
        result = defs.get_implicit_global_asset_job_def().execute_in_process(instance=instance)
        logged = [
            (int(entry.level), entry.user_message)
            for entry in instance.all_logs(result.run_id)
            if not entry.is_dagster_event
        ]
    assert logged == [(level, text) for level, text in BY_LEVEL if level >= least]
