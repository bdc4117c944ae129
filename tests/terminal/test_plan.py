"""Which scripts run, and in which order: whatever the project is like."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipes_projects.project_folder import compile_project
from pipes_projects.terminal.planning.plan import RunPlan, plan
from pipes_projects.terminal.script_run import Line
from pipes_projects.terminal.side_by_side import Done, side_by_side
from pipes_projects.terminal.steps import Result, Slice, Step
from tests.support.folder import Folder

NUMBER = 8
GRAPHS = st.lists(st.sets(st.integers(0, NUMBER - 1)), min_size=NUMBER, max_size=NUMBER).map(
    lambda graph: [{node for node in above if node < number} for number, above in enumerate(graph)]
)
KEYS = st.sets(st.integers(0, NUMBER - 1), min_size=1)


def planned(root: Path, graph: list[set[int]], keys: set[int]) -> RunPlan:
    folder = Folder(root)
    for number, above in enumerate(graph):
        deps = ", ".join(f"g/a{step}" for step in sorted(above))
        folder.asset(f"g/a{number}", f"deps: [{deps}]\n")
    project = compile_project(root).project
    return plan(project, [f"g/a{key}" for key in keys], lambda _: None, lambda _: {})


@given(GRAPHS, KEYS)
def test_each_step_comes_after_what_it_is_made_from(
    tmp_path_factory: pytest.TempPathFactory, graph: list[set[int]], keys: set[int]
) -> None:
    made = planned(tmp_path_factory.mktemp("plan") / "p", graph, keys)
    numbers = [int(step.name.removeprefix("g/a")) for step in made.steps]
    assert sorted(numbers) == sorted(keys)
    for place, (number, upstream) in enumerate(zip(numbers, made.upstream, strict=True)):
        assert {numbers[step] for step in upstream} == graph[number] & keys
        assert all(step < place for step in upstream)


@given(GRAPHS, st.sets(st.integers(0, NUMBER - 1)), st.integers(1, 4))
def test_what_is_downstream_of_a_failure_is_skipped_and_all_else_runs_once(
    tmp_path_factory: pytest.TempPathFactory, graph: list[set[int]], bad: set[int], jobs: int
) -> None:
    made = planned(tmp_path_factory.mktemp("plan") / "p", graph, set(range(NUMBER)))
    running, most, lock, ran = 0, 0, Lock(), list[str]()

    def run(step: Step, emit: Callable[[Line], object]) -> Result:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            ran.append(step.name)
        emit(Line("here"))
        with lock:
            running -= 1
        return Result("failed" if int(step.name.removeprefix("g/a")) in bad else "made")

    events = side_by_side(made, run, jobs, Event())
    results = {
        made.steps[event.step].name: event.result.outcome
        for event in events
        if isinstance(event, Done)
    }
    expected: dict[str, str] = {}
    for number, above in enumerate(graph):
        is_kept = any(expected[f"g/a{step}"] != "made" for step in above)
        expected[f"g/a{number}"] = "skipped" if is_kept else "failed" if number in bad else "made"
    assert results == expected
    assert sorted(ran) == sorted(name for name, value in expected.items() if value != "skipped")
    assert most <= jobs


def test_partitions_of_one_name_wait_for_their_own_and_all_others_for_all(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "p")
    folder.asset("g/a", "partitions_def: days\n")
    folder.asset("g/b", "partitions_def: days\ndeps: [g/a]\n")
    folder.asset("g/c", "partitions_def: days\ndeps: [{asset: g/a, partition_mapping: all}]\n")
    folder.asset("g/d", "deps: [g/a]\n")
    project = compile_project(folder.root).project
    slices = (Slice(("1",)), Slice(("2",)))
    parts = {script.name: None if script.name == "g/d" else slices for script in project.scripts}
    made = plan(project, parts, lambda script: parts[script.name], lambda _: {})
    names = [step.name for step in made.steps]
    waits = {
        name: {names[step] for step in above}
        for name, above in zip(names, made.upstream, strict=True)
    }
    both = {"g/a 1", "g/a 2"}
    assert waits["g/b 1"] == {"g/a 1"}
    assert waits["g/c 1"] == waits["g/d"] == both


def test_a_script_that_makes_all_of_its_assets_together_makes_all(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "p")
    folder.asset("g/several", "assets: {a: {}, b: {}}\n")
    made = plan(compile_project(folder.root).project, ["g/a"], lambda _: None, lambda _: {})
    assert [asset.key for asset in made.steps[0].assets] == ["g/a", "g/b"]
    assert made.notes == ("defs/g/several.py makes all of its assets together: also `g/b`",)
