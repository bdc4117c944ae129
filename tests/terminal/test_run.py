"""`pipes-projects run`, as its users call it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.command import run
from tests.support.folder import Folder
from tests.support.processes.scripts import marked

REPORTS = """
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    pipes.log.warning("take care")
    pipes.report_asset_materialization(
        metadata={
            "dagster/row_count": 12345,
            "top": {"raw_value": "# Best\\n\\n| who | n |\\n|---|---|\\n| Ada | 3 |", "type": "md"},
            "by_day": {"raw_value": [{"day": "Mon", "n": 1}], "type": "table"},
        }
    )
    pipes.report_asset_check("has_rows", passed=True)
    pipes.report_asset_check("is_fresh", passed=False, severity="WARN")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "project")


def made(done: subprocess.CompletedProcess) -> dict[str, str]:
    """What came of each asset."""
    return {record["asset"]: record["result"] for record in json.loads(done.stdout)["assets"]}


def test_a_script_runs_and_what_it_reported_is_shown(folder: Folder) -> None:
    folder.asset("raw/orders", "checks: {has_rows: {}, is_fresh: {}}\n", REPORTS)
    done = run("run", 'key:"raw/orders"', cwd=folder.root)
    assert done.returncode == 0, done.stderr
    head, row, *rest = done.stdout.splitlines()
    assert head.split() == ["asset", "result", "seconds", "rows", "checks"]
    assert row.split()[:2] == ["raw/orders", "made"]
    assert row.endswith("12,345  has_rows passed, is_fresh warned")
    assert rest == [
        *("", "raw/orders", "  top:", "    # Best", "    who  n", "    Ada  3"),
        *("  by_day:", "    day  n", "    Mon  1"),
    ]
    assert "raw/orders | WARNING take care" in done.stderr.splitlines()


def test_what_is_downstream_of_a_failure_does_not_run(folder: Folder) -> None:
    folder.asset("raw/good")
    folder.asset("raw/bad", script="raise SystemExit(3)\n")
    folder.asset("marts/both", "deps: [raw/good, raw/bad]\n")
    folder.asset("marts/good", "deps: [raw/good]\n")
    folder.asset("reports/all", "deps: [marts/both]\n")
    done = run("run", "*", "--format", "json", cwd=folder.root)
    assert done.returncode == 1
    assert made(done) == {
        "raw/good": "made",
        "raw/bad": "failed",
        "marts/both": "skipped",
        "marts/good": "made",
        "reports/all": "skipped",
    }
    assert "marts/both  | skipped: `raw/bad` failed" in done.stderr


@pytest.mark.parametrize(
    ("severity", "blocking", "downstream"),
    [("ERROR", True, "skipped"), ("ERROR", False, "made"), ("WARN", True, "made")],
)
def test_a_failed_check_stops_what_is_downstream_if_it_blocks(
    folder: Folder, severity: str, blocking: bool, downstream: str
) -> None:
    script = REPORTS.replace('"has_rows", passed=True', f'"has_rows", False, "{severity}"')
    checks = f"checks: {{has_rows: {{blocking: {str(blocking).lower()}}}, is_fresh: {{}}}}\n"
    folder.asset("raw/orders", checks, script)
    folder.asset("marts/sales", "deps: [raw/orders]\n")
    done = run("run", "*", "--format", "json", cwd=folder.root)
    own = "made" if downstream == "made" else "failed"
    assert made(done) == {"raw/orders": own, "marts/sales": downstream}
    assert done.returncode == (1 if downstream == "skipped" else 0)


def test_independent_scripts_run_side_by_side(folder: Folder) -> None:
    """Each waits for a file that the other writes."""
    script = """import pathlib, time
pathlib.Path('{}').touch()
while not pathlib.Path('{}').exists():
    time.sleep(0.01)
"""
    folder.asset("raw/a", "timeout: 30\n", script.format("a", "b"))
    folder.asset("raw/b", "timeout: 30\n", script.format("b", "a"))
    done = run("run", "*", "--jobs", "2", "--format", "json", cwd=folder.root)
    assert made(done) == {"raw/a": "made", "raw/b": "made"}


def test_numbers_that_json_does_not_have_are_text(folder: Folder) -> None:
    script = REPORTS.replace('"n": 1', '"n": float("nan")').replace("12345", "2")
    folder.asset("raw/orders", "checks: {has_rows: {}, is_fresh: {}}\n", script)
    done = run("run", "*", "--format", "json", cwd=folder.root)
    told = json.loads(done.stdout, parse_constant=pytest.fail)
    records = told["assets"][0]["metadata"]["by_day"]["value"]["records"]
    assert records == [{"day": "Mon", "n": "nan"}]


def test_params_are_values_of_their_type(folder: Folder) -> None:
    manifest = """
    params: {n: 8, ratio: 0.5, on: false, who: [a], name: x}
    subprocess: {args: ['{params.n}']}
    """
    script = """
    import sys
    from dagster_pipes import open_dagster_pipes
    with open_dagster_pipes() as pipes:
        print(sys.argv[1], [pipes.get_extra(it) for it in ("n", "ratio", "on", "who", "name")])
        pipes.report_asset_materialization()
    """
    folder.write("defs/raw/a.yaml", manifest)
    folder.write("defs/raw/a.py", script)
    given = ["n=10", "ratio=2", "on=true", "who=b,c", "name=7"]
    done = run("run", 'key:"raw/a"', *(f"--param={param}" for param in given), cwd=folder.root)
    assert "raw/a | 10 [10, 2, True, ['b', 'c'], '7']" in done.stderr


def test_values_that_a_param_cannot_have_are_refused_before_anything_runs(folder: Folder) -> None:
    folder.asset("raw/a", "params: {rows: {default: 8, minimum: 1}}\n")
    done = run("run", 'key:"raw/a"', "--param", "rows=0", "--param", "row=1", cwd=folder.root)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        "Error: no selected script has a param `row`; a param with a similar name exists: `rows`;"
        " param `rows` cannot be `0`: it must be at least 1"
    )
    assert "started" not in done.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rows", "`--param rows` has no value: write `--param rows=VALUE`"),
        ("=3", "`--param =3` names no param: write `--param NAME=3`"),
    ],
)
def test_a_param_needs_a_name_and_a_value(folder: Folder, text: str, told: str) -> None:
    folder.asset("raw/a", "params: {rows: 8}\n")
    done = run("run", "*", "--param", text, cwd=folder.root)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, f"Error: {told}")


@pytest.mark.parametrize(
    ("selection", "ran"),
    [
        ("group:raw", {"raw/whole"}),
        ('+key:"mart/sums"', {"raw/whole"}),
    ],
)
def test_a_manifest_that_cannot_be_read_is_selected_like_any_other(
    folder: Folder, selection: str, ran: set[str]
) -> None:
    folder.asset("raw/torn", "deps: [\n")
    folder.asset("raw/whole")
    folder.asset("mart/sums", "deps: [raw/torn, raw/whole]\n")
    done = run("run", selection, "--format", "json", cwd=folder.root)
    assert done.returncode == 1
    assert "defs/raw/torn.yaml:" in done.stderr
    results = {asset["asset"]: asset["result"] for asset in json.loads(done.stdout)["assets"]}
    assert {key for key, result in results.items() if result == "made"} == ran
    assert {key for key, result in results.items() if result != "made"} <= {"mart/sums"}


@pytest.mark.parametrize("text", ["9" * 5000, "1\u0663"], ids=["too-many-digits", "other-digits"])
def test_text_that_is_no_number_to_json_is_none(folder: Folder, text: str) -> None:
    folder.asset("raw/a", "params: {rows: 8}\n")
    done = run("run", "*", "--param", f"rows={text}", cwd=folder.root)
    assert done.returncode == 2
    assert "Error: param `rows` cannot be `" in done.stderr
    assert done.stderr.endswith("`: it must be a whole number\n")


def test_a_param_has_one_value(folder: Folder) -> None:
    folder.asset("raw/a", "params: {rows: 8, word: x}\n")
    given = [f"--param={text}" for text in ("rows=1", "word=a=b", "rows=1", "word=a=c")]
    done = run("run", "*", *given, cwd=folder.root)
    why = "`--param word=a=b` and `--param word=a=c` contradict each other: use only one of them"
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, f"Error: {why}")
    assert run("run", "*", *given[:3], cwd=folder.root).returncode == 0


def test_several_partitions_are_no_list_of_options(folder: Folder) -> None:
    folder.asset("raw/a")
    done = run("run", "*", "--partition", "x", "--partition", "y", cwd=folder.root)
    help_ = "use only one of them; several partitions are a `--range FIRST...LAST`"
    why = f"`--partition x` and `--partition y` contradict each other: {help_}"
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, f"Error: {why}")


def test_dotenv_counts_more_than_the_environment_and_secrets_are_masked(folder: Folder) -> None:
    folder.write(".env", "PASSWORD='hunter22'\nexport WHERE=\"${PLACE}/x\"\n")
    script = "import os\nprint(os.environ['WHERE'], os.environ['PASSWORD'])\n"
    folder.asset("raw/a", "secrets: [PASSWORD]\n", script)
    done = run("run", 'key:"raw/a"', cwd=folder.root, PLACE="here", WHERE="there", PASSWORD="other")
    assert "raw/a | here/x ********" in done.stderr
    assert "hunter22" not in (folder.root / ".pipes-projects/history.jsonl").read_text()


@pytest.mark.parametrize("flags", [(), ("--dry-run",)])
def test_a_secret_of_one_letter_cannot_be_masked_so_nothing_starts(
    folder: Folder, flags: tuple[str, ...]
) -> None:
    folder.asset("raw/a", "secrets: [LETTER]\n", "print('it runs')\n")
    done = run("run", 'key:"raw/a"', *flags, cwd=folder.root, LETTER="e")
    why = "this secret is too short to be masked: `LETTER`; use values of at least 3 characters"
    assert why in done.stdout
    assert "it runs" not in done.stderr


def test_a_dotenv_in_another_encoding_is_told(folder: Folder) -> None:
    folder.asset("raw/a")
    (folder.root / ".env").write_bytes(b"A=1\nB=\xff\n")
    done = run("run", "*", cwd=folder.root)
    assert done.returncode == 2
    why = "line 2 is not UTF-8 text: save the file as UTF-8"
    assert done.stderr.endswith(f"Error: `.env` cannot be read: {why}\n")


def test_a_line_of_dotenv_that_sets_nothing_is_named_and_the_others_count(folder: Folder) -> None:
    folder.write(".env", "A=1\n\n# two\n\nnot a variable\nB='open\nC=3\n")
    script = "import os\nprint(*map(os.environ.get, 'ABC'))\n"
    folder.asset("raw/a", script=script)
    done = run("run", "*", cwd=folder.root)
    assert done.stderr.splitlines()[:2] == [
        f"warning: line {line} of `.env` sets no variable: write `NAME=value`" for line in (5, 6)
    ]
    assert "raw/a | 1 None 3" in done.stderr


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("'A=B'=c\n", "`A=B` cannot be the name of a variable"),
        ("A=b\0c\n", "the value of `A` has a character with the code 0"),
        ("'A\0'=c\n", "cannot be the name of a variable"),
    ],
)
def test_what_can_be_no_variable_is_refused(folder: Folder, text: str, why: str) -> None:
    folder.write(".env", text)
    folder.asset("raw/a")
    done = run("run", "*", cwd=folder.root)
    assert done.returncode == 2
    assert why in done.stderr
    assert "started" not in done.stderr


def test_dotenv_that_is_a_link_out_is_not_read(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text("TOKEN=outside\n")
    (folder.root / ".env").symlink_to(tmp_path / "credentials")
    folder.asset("raw/a", script="import os\nprint(os.environ.get('TOKEN'))\n")
    done = run("run", "*", cwd=folder.root)
    assert done.returncode == 2
    assert "`.env` cannot be read:" in done.stderr
    assert "leads out of the project, by a link" in done.stderr
    assert "outside" not in done.stderr


def test_secrets_without_a_value_are_named(folder: Folder) -> None:
    folder.asset("raw/a", "secrets: [PASSWORD]\n")
    done = run("run", 'key:"raw/a"', cwd=folder.root)
    assert done.returncode == 1
    assert "this secret has no value where the script would run: `PASSWORD`" in done.stdout


def test_nothing_runs_of_what_has_errors_and_the_rest_does(folder: Folder) -> None:
    folder.asset("raw/broken", "depz: []\n")
    folder.asset("raw/good")
    folder.asset("marts/both", "deps: [raw/broken, raw/good]\n")
    done = run("run", "*", "--format", "json", cwd=folder.root)
    assert done.returncode == 1
    assert made(done) == {"raw/good": "made", "marts/both": "skipped"}
    assert "error[unknown-key]: `depz` is not a key of this manifest" in done.stderr


def test_not_everything_is_made_if_a_manifest_cannot_be_read(folder: Folder) -> None:
    folder.asset("raw/broken", "deps: [raw/good\n")
    folder.asset("raw/good")
    done = run("run", "*", cwd=folder.root)
    assert done.returncode == 1
    assert "error[yaml-syntax]" in done.stderr
    assert "raw/good | made" in done.stderr
    (folder.root / "defs/raw/good.yaml").unlink()
    done = run("run", "*", cwd=folder.root)
    assert done.returncode == 1
    assert "error[yaml-syntax]" in done.stderr


@pytest.mark.parametrize("options", [("--param", "n=4"), ("--partition", "2026-01-01")])
def test_what_a_broken_manifest_may_have_is_not_said_to_be_missing(
    folder: Folder, options: tuple[str, ...]
) -> None:
    folder.asset("raw/broken", "depz: []\nparams: {n: 3}\n")
    alone = run("run", "*", *options, cwd=folder.root)
    assert alone.returncode == 1
    assert "error[unknown-key]: `depz` is not a key of this manifest" in alone.stderr
    assert "no selected script" not in alone.stderr
    folder.asset("raw/good")
    both = run("run", "*", *options, cwd=folder.root)
    assert both.returncode == 2
    assert "manifests have errors, see `pipes-projects check`: `raw/broken`" in both.stderr


def test_a_dry_run_shows_order_and_commands_and_runs_nothing(folder: Folder) -> None:
    folder.asset("raw/orders", "params: {n: 8}\n")
    folder.asset("marts/sales", "deps: [raw/orders]\nsubprocess: {args: [--fast]}\n")
    done = run("run", "*", "--dry-run", cwd=folder.root)
    defs = folder.root / "defs"
    assert done.stdout.splitlines() == [
        "raw/orders",
        f"  command     {sys.executable} -u {defs}/raw/orders.py",
        f"  in          {defs}/raw",
        "  params      n=8",
        "",
        "marts/sales",
        "  after       raw/orders",
        f"  command     {sys.executable} -u {defs}/marts/sales.py --fast",
        f"  in          {defs}/marts",
    ]
    assert not (folder.root / ".pipes-projects").exists()


def test_a_dry_run_foresees_what_a_run_meets(folder: Folder) -> None:
    folder.asset("raw/python", 'subprocess: {python: "3.99"}\n')
    folder.asset("raw/secret", "secrets: [PASSWORD]\nsubprocess: {command: nosuchprogram}\n")
    folder.asset("raw/packages", "subprocess: {environment: uv}\n")
    folder.asset("raw/good")
    folder.asset("marts/below", "deps: [raw/python]\n")
    folder.asset("marts/lowest", "deps: [marts/below]\n")
    dry = run("run", "*", "--dry-run", "--format", "json", cwd=folder.root)
    steps = {step["step"]: step for step in json.loads(dry.stdout)["steps"]}
    assert not (folder.root / ".pipes-projects").exists()
    done = run("run", "*", "--format", "json", cwd=folder.root)
    assert dry.returncode == done.returncode == 1
    whys = {asset["asset"]: asset["why"] for asset in json.loads(done.stdout)["assets"]}
    for key in ("raw/python", "raw/secret", "raw/packages"):
        assert whys[key] == f"defs/{key}.py: {steps[key]['problems'][0]}"
    assert "`nosuchprogram` is not on the PATH" in steps["raw/secret"]["problems"][1]
    assert steps["marts/below"]["skipped"] == "`raw/python` cannot be made"
    assert steps["marts/lowest"]["skipped"] == "`marts/below` cannot be made"
    assert "problems" not in steps["raw/good"]
    shown = run("run", 'key:"raw/python"', "--dry-run", cwd=folder.root)
    assert shown.returncode == 1
    assert "  problem     `python3.99` is not on the PATH" in shown.stdout


def test_a_dry_run_says_what_is_left_out_because_of_errors(folder: Folder) -> None:
    folder.asset("raw/broken", "depz: []\n")
    folder.asset("marts/below", "deps: [raw/broken]\n")
    done = run("run", "*", "--dry-run", cwd=folder.root)
    assert done.returncode == 1
    assert "  skipped     `raw/broken` cannot be made" in done.stdout.splitlines()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_scripts_and_says_so(folder: Folder, number: int) -> None:
    script = "import time\nprint('here', flush=True)\ntime.sleep(600)\n"
    folder.asset("raw/a", "grace: 1\n", script)
    folder.asset("marts/b", "deps: [raw/a]\n")
    mark = {"TEST_MARK": str(folder.root)}
    command = [sys.executable, "-m", "pipes_projects", "run", "*", "--format", "json"]
    with subprocess.Popen(
        command,
        cwd=folder.root,
        env={**os.environ, **mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        while "here" not in process.stderr.readline():
            pass
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "stopping: running scripts are being ended, and nothing else starts" in err
    assert not any(line.startswith("Traceback") for line in err.splitlines())
    assert {record["asset"]: record["result"] for record in json.loads(out)["assets"]} == {
        "raw/a": "ended",
        "marts/b": "skipped",
    }
    until = time.monotonic() + 10
    while (left := marked(*next(iter(mark.items())))) and time.monotonic() < until:
        time.sleep(0.05)
    assert left == []


def test_the_end_of_the_terminal_ends_nothing_that_nohup_runs(folder: Folder) -> None:
    folder.asset("raw/a", script="import time\nprint('here', flush=True)\ntime.sleep(1)\n")
    command = ["nohup", sys.executable, "-m", "pipes_projects", "run", "*"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder.root, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stderr
        while "here" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGHUP)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "made" in out


def test_a_second_script_is_not_taken_for_the_project(folder: Folder) -> None:
    folder.asset("raw/a")
    folder.asset("raw/b")
    done = run("run", "defs/raw/a.py", "defs/raw/b.py", cwd=folder.root)
    assert done.returncode == 2
    assert "'defs/raw/b.py' is a file" in done.stderr
