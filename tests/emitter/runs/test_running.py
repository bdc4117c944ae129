"""Scripts run as steps of Dagster: nothing is lost, and the error is where the author looks."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import dagster as dg
import pytest

from pipes_projects import PipesProject
from tests.support.dagster.running import Outcome, execute, stored
from tests.support.folder import Folder

PIPES = "from dagster_pipes import open_dagster_pipes\n\nwith open_dagster_pipes() as pipes:\n"


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    with stored(tmp_path_factory.mktemp("home")) as open_instance:
        yield open_instance


def run(folder: Folder, instance: dg.DagsterInstance) -> Outcome:
    return execute(folder.definitions(), instance)


def failure(outcome: Outcome) -> list[str]:
    """The lines of the only failure, as Dagster's UI shows them first."""
    (text,) = outcome.failures.values()
    return text.partition("\ndagster._core")[0].splitlines()


TWO = "assets: {a: {}, b: {}}\n"


def test_a_number_without_a_point_is_a_float(folder: Folder, instance: dg.DagsterInstance) -> None:
    script = """\
    pipes.report_asset_materialization(
        asset_key="g/a", metadata={"share": {"raw_value": 0, "type": "float"}}
    )
"""
    folder.asset("g/script", TWO, PIPES + script)
    outcome = run(folder, instance)
    assert outcome.metadata == {"g/a": {"share": 0.0}}
    assert failure(outcome) == ["defs/g/script.py: the script did not report `g/b`"]


def test_metadata_that_is_not_of_its_type_fails_the_step_in_a_sentence(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    script = """\
    share = {"raw_value": "half", "type": "float"}
    pipes.report_asset_materialization(metadata={"share": share, "rows": 3})
    pipes.report_asset_check(check_name="has_rows", passed=True)
"""
    folder.asset("g/a", "checks: {has_rows: {}}\n", PIPES + script)
    outcome = run(folder, instance)
    assert outcome.metadata == {"g/a": {"rows": 3}}
    assert outcome.passed == {"g/a:has_rows": True}
    assert failure(outcome) == [
        "defs/g/a.py: asset `g/a`: metadata `share` is 'half', which is not of type `float`:"
        " it takes numbers"
    ]


def test_what_was_reported_stays_when_the_script_fails_later(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    script = """\
    pipes.report_asset_materialization(metadata={"rows": 0})
    pipes.report_asset_check(check_name="has_rows", passed=False)
raise SystemExit(1)
"""
    folder.asset("g/a", "checks: {has_rows: {blocking: true}}\n", PIPES + script)
    outcome = run(folder, instance)
    assert outcome.metadata == {"g/a": {"rows": 0}}
    assert outcome.passed == {"g/a:has_rows": False}
    assert failure(outcome)[0] == "defs/g/a.py: exit code 1"


def test_a_failure_begins_with_the_script_and_the_authors_own_line(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    script = """\
    pipes.report_asset_materialization(asset_key="g/a")
    raise RuntimeError("b is broken")
"""
    folder.asset("g/script", TWO, PIPES + script)
    outcome = run(folder, instance)
    assert outcome.made == {"g/a"}
    assert failure(outcome) == [
        "defs/g/script.py: exit code 1",
        "defs/g/script.py:5",
        '    raise RuntimeError("b is broken")',
        "RuntimeError: b is broken",
        "the script did not report `g/b`",
    ]


def test_a_plain_failure_shows_the_last_words_and_no_warning(
    folder: Folder, instance: dg.DagsterInstance, caplog: pytest.LogCaptureFixture
) -> None:
    script = """\
import sys

print("about to fail")
sys.exit("the input file data/orders.csv is missing")
"""
    folder.asset("g/a", "", script)
    outcome = run(folder, instance)
    assert failure(outcome)[:2] == [
        "defs/g/a.py: exit code 1",
        "the input file data/orders.csv is missing",
    ]
    assert "did not receive any messages" not in caplog.text


def test_a_crash_has_the_name_of_its_signal(folder: Folder, instance: dg.DagsterInstance) -> None:
    folder.asset("g/a", "", "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    assert failure(run(folder, instance))[0] == "defs/g/a.py: killed by SIGSEGV"


@pytest.mark.parametrize("line", ["cat /no/such/file | tee copy.txt", "false", "nosuchcommand"])
def test_a_command_that_fails_in_the_middle_of_a_shell_script_fails_it(
    line: str, folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.write("defs/g/a.yaml")
    folder.write("defs/g/a.sh", f"{line}\necho done\n")
    outcome = run(folder, instance)
    assert outcome.made == set()
    assert failure(outcome)[0].startswith("defs/g/a.sh: exit code ")


def test_a_shell_script_is_told_what_ended_a_pipe_that_it_does_not_read_to_the_end(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.write("defs/g/a.yaml")
    folder.write("defs/g/a.sh", "yes | head -1\n")
    how, meaning, *_ = failure(run(folder, instance))
    assert how == "defs/g/a.sh: exit code 141"
    assert meaning.startswith("141 usually means that a command wrote into a pipe that nobody")
    folder.write("defs/g/a.sh", "yes | head -1 || true\n")
    assert run(folder, instance).made == {"g/a"}


def test_an_exit_code_of_another_language_means_what_its_author_says(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("g/a", "", "raise SystemExit(141)\n")
    assert failure(run(folder, instance)) == ["defs/g/a.py: exit code 141"]


def test_a_shell_script_may_go_on_if_its_manifest_says_so(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.write("defs/g/a.yaml", "subprocess: {command: bash}\n")
    folder.write("defs/g/a.sh", "false\necho done\n")
    assert run(folder, instance).made == {"g/a"}


class Days(PipesProject):
    """Publishes days."""

    @classmethod
    def partitions_defs(cls) -> dict[str, dg.PartitionsDefinition]:
        return {"daily": dg.DailyPartitionsDefinition("2026-01-01", end_date="2026-02-01")}


RANGE = ("2026-01-01", "2026-01-02")
DAILY = "partitions_def: daily\nbackfill_policy: {type: single_run}\n"


def events(instance: dg.DagsterInstance, key: str) -> list[dg.EventLogRecord]:
    """The materializations of an asset, the latest first."""
    found = instance.fetch_materializations(dg.AssetKey(key.split("/")), limit=100)
    return list(found.records)


def test_what_waited_for_an_asset_that_never_came_has_partitions_and_versions(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    manifest = DAILY + "assets: {held1: {}, held2: {deps: [g/held1]}, held3: {}}\n"
    script = """\
    pipes.report_asset_materialization(asset_key="g/held2", data_version="v2")
    pipes.report_asset_materialization(asset_key="g/held3", data_version="v3")
"""
    folder.asset("g/held", manifest, PIPES + script)
    outcome = execute(folder.definitions(Days), instance, partition=RANGE)
    assert failure(outcome) == ["defs/g/held.py: the script did not report `g/held1`"]
    assert outcome.partitions == {"g/held2": set(RANGE), "g/held3": set(RANGE)}
    for name, version in (("g/held2", "v2"), ("g/held3", "v3")):
        made = [event.asset_materialization for event in events(instance, name)]
        assert len(made) == 2
        assert {event.tags["dagster/data_version"] for event in made if event and event.tags} == {
            version
        }
        assert all(event and event.tags and event.tags["dagster/code_version"] for event in made)


PARTITIONS = """\
    for day in {days}:
        pipes.report_custom_message(
            {{"partition": day, "asset_key": "g/days", "metadata": {{"day": day}},
              "data_version": "v" + day}}
        )
"""


def test_a_run_over_a_range_may_report_each_partition_with_its_own_metadata(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("g/days", DAILY, PIPES + PARTITIONS.format(days=list(RANGE)))
    folder.asset("g/below", DAILY + "deps: [g/days]\n")
    outcome = execute(folder.definitions(Days), instance, partition=RANGE)
    assert outcome.success
    assert outcome.partitions == {"g/days": set(RANGE), "g/below": set(RANGE)}
    made = [event.asset_materialization for event in events(instance, "g/days")]
    assert len(made) == 2
    for record in made:
        assert record
        assert record.tags
        assert record.metadata["day"].value == record.partition
        assert record.tags["dagster/data_version"] == f"v{record.partition}"


def test_partitions_may_be_reported_after_the_whole_and_before_what_they_are_made_from(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    whole = "    pipes.report_asset_materialization(metadata={'total': 3})\n"
    days = PARTITIONS.format(days=list(RANGE))
    folder.asset("g/days", DAILY, PIPES + whole + days)
    manifest = DAILY + "assets: {below: {deps: [g/above]}, above: {}}\n"
    both = (days.replace("g/days", f"g/{name}") for name in ("below", "above"))
    folder.asset("g/both", manifest, PIPES + "".join(both))
    outcome = execute(folder.definitions(Days), instance, partition=RANGE)
    assert outcome.success
    assert set(outcome.partitions) == {"g/days", "g/below", "g/above"}
    assert all(made == set(RANGE) for made in outcome.partitions.values())


def test_of_a_range_the_partitions_that_are_not_reported_fail_the_step(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("g/days", DAILY, PIPES + PARTITIONS.format(days=[RANGE[0]]))
    outcome = execute(folder.definitions(Days), instance, partition=RANGE)
    assert outcome.partitions == {"g/days": {RANGE[0]}}
    assert failure(outcome) == [
        "defs/g/days.py: the script did not report these partitions of `g/days`: `2026-01-02`"
    ]


def test_a_partition_that_the_run_does_not_make_fails_the_step(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    days = [*RANGE, "2026-01-03"]
    folder.asset("g/days", DAILY, PIPES + PARTITIONS.format(days=days))
    outcome = execute(folder.definitions(Days), instance, partition=RANGE)
    assert outcome.partitions == {"g/days": set(RANGE)}
    assert failure(outcome) == [
        "defs/g/days.py: the script reported partition `2026-01-03` of `g/days`, which this run"
        " does not make"
    ]


def test_many_long_messages_before_the_last_report_lose_nothing(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    script = """\
    for number in range(200):
        pipes.log.info("x" * 100_000)
    pipes.report_asset_materialization(asset_key="g/a")
"""
    folder.asset("g/script", TWO, PIPES + script)
    outcome = run(folder, instance)
    assert outcome.made == {"g/a"}
    assert failure(outcome) == ["defs/g/script.py: the script did not report `g/b`"]


def test_a_line_that_is_no_message_fails_the_step(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    script = """\
    with open(pipes._message_channel._path, "a") as file:
        file.write("not a message\\n")
    pipes.report_asset_materialization()
"""
    folder.asset("g/a", "", PIPES + script)
    outcome = run(folder, instance)
    assert outcome.made == {"g/a"}
    assert failure(outcome) == [
        "defs/g/a.py: line 2 of its Pipes messages is not JSON: not a message"
    ]


def test_a_script_that_opens_pipes_and_vanishes_has_failed(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    script = """\
    pipes.report_asset_materialization()
    import os
    os._exit(0)
"""
    folder.asset("g/a", "", PIPES + script)
    outcome = run(folder, instance)
    assert outcome.made == {"g/a"}
    assert "did not close it" in failure(outcome)[0]


def test_reports_are_recorded_while_the_script_runs(
    folder: Folder, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    script = f"""\
    import pathlib, time
    pipes.report_asset_materialization(asset_key="g/first")
    until = time.monotonic() + 30
    while not pathlib.Path({str(tmp_path / "seen")!r}).exists() and time.monotonic() < until:
        time.sleep(0.01)
    pipes.report_asset_materialization(
        asset_key="g/second", metadata={{"seen": time.monotonic() < until}}
    )
"""
    folder.asset("g/script", "assets: {first: {}, second: {}}\n", PIPES + script)

    def watch() -> None:
        while not (tmp_path / "seen").exists() and not over.wait(0.05):
            if instance.get_latest_materialization_event(dg.AssetKey(["g", "first"])):
                (tmp_path / "seen").touch()

    over = Event()
    watcher = Thread(target=watch)
    watcher.start()
    try:
        outcome = run(folder, instance)
    finally:
        over.set()
        watcher.join()
    assert outcome.metadata["g/second"] == {"seen": True}


WRITES = "import os\nos.write(1, b'to stdout\\n')\nos.write(2, b'to stderr\\n')\n"


def test_the_output_of_a_script_goes_where_that_of_its_step_goes(
    folder: Folder, instance: dg.DagsterInstance, capfd: pytest.CaptureFixture[str]
) -> None:
    folder.asset(
        "g/a", "", "import os\nos.write(1, b'to stdout\\n')\nos.write(2, b'to stderr\\n')\n"
    )
    run(folder, instance)
    out, err = capfd.readouterr()
    assert "to stdout\n" in out
    assert "to stderr\n" in err
