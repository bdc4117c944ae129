"""Quarantine: steps."""

import dagster as dg

from tests.support.dagster.running import ROOT
from tests.support.folder import Folder
from tests.support.projects.quarantine import _key, findings_in, quarantined, quick


def test_steps_of_keys_that_read_alike_have_different_names(folder: Folder) -> None:
    for number, key in enumerate(("a__b/c", "a/b__c", "a/b.c", "a/b-c", "a/b/c")):
        folder.asset(f"x/n{number}", f"key: {key}\ndepz: []\n")
    steps = {key: quarantined(folder).step(key) for key in quarantined(folder).placeholders}
    assert len(set(steps.values())) == 5
    (folder.root / "defs/x/n0.yaml").unlink()
    graph = quarantined(folder)
    assert all(graph.step(key) == steps[key] for key in graph.placeholders)


def test_a_placeholder_takes_no_name_of_a_script(folder: Folder) -> None:
    folder.asset("x/bad", "depz: []\n")
    name = quarantined(folder).step("x/bad")
    folder.asset(f"quarantine/{name.removeprefix('quarantine__')}")
    graph = quarantined(folder)
    assert (graph.real, set(graph.placeholders)) == (
        {f"quarantine/{name.removeprefix('quarantine__')}"},
        {"x/bad"},
    )


def test_the_steps_of_good_scripts_are_called_as_they_were(folder: Folder) -> None:
    folder.asset("x/a/load", "key: x/a\n")
    folder.asset("x/b/load", "key: x/b\n")
    before = quarantined(folder).step("x/a")
    folder.asset("x/b/load", "key: x/b\ndepz: []\n")
    assert quarantined(folder).step("x/a") == before


def job_in(root: str) -> dg.JobDefinition:
    """What each process makes anew."""
    defs = quick().make_defs(defs_path=f"{root}/defs", on_error="quarantine")
    jobs = dg.Definitions(jobs=[dg.define_asset_job("everything")])
    return dg.Definitions.merge(defs, jobs).resolve_job_def("everything")


def test_processes_of_their_own_find_the_steps_again(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("sales/both", "kind: quick\nassets: {one: {}, twice: {}}\n")
    folder.asset("sales/twice", "depz: []\n")
    folder.asset("sales/broken", "{\n")
    graph = quarantined(folder)
    keys = ("sales/one", "sales/twice", "sales/broken")
    job = dg.build_reconstructable_job(
        __name__, job_in.__name__, (str(folder.root),), reconstructor_working_directory=str(ROOT)
    )
    with dg.execute_job(job, instance, asset_selection=[*map(_key, keys)]) as result:
        made = [event.asset_key for event in result.get_asset_materialization_events()]
        failed = {
            event.step_key: event.step_failure_data
            for event in result.all_events
            if event.is_step_failure
        }
    assert made == [_key("sales/one")]
    for key in graph.placeholders:
        given = failed[graph.step(key)].user_failure_data
        assert findings_in(graph.placeholders[key]) in (given.description if given else "")
