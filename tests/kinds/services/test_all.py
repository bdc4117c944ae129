"""What holds for all kinds of services: they cost nothing where no such script runs."""

import re
import subprocess
import sys
from typing import Final

import pytest

from pipes_projects.kinds import BUILT_IN
from pipes_projects.kinds.registry import installed
from pipes_projects.kinds.services.k8s import K8sOptions
from pipes_projects.kinds.services.kind import place_of
from tests.kinds.services.conftest import Make, first
from tests.support.dagster.running import ROOT
from tests.support.folder import Folder
from tests.support.in_process import call

SERVICES: Final = [name for name, kind in BUILT_IN.items() if kind.is_only_checked]
CLIENTS: Final = (
    *("azure", "boto3", "botocore", "dagster_aws", "dagster_azure", "dagster_databricks"),
    *("dagster_gcp", "dagster_k8s", "databricks", "kubernetes", "modal"),
)


def scripts(folder: Folder) -> None:
    """One script of each kind."""
    for name in SERVICES:
        kind = BUILT_IN[name]
        folder.write(f"defs/g/{name}.yaml", kind.example)
        folder.write(f"defs/g/{name}{(kind.endings or ('.py',))[0]}")


@pytest.mark.parametrize(
    "does",
    [
        "from pipes_projects.cli import run; run()",
        "from pipes_projects import PipesProject; PipesProject.make_defs()",
    ],
    ids=["check", "load"],
)
def test_no_client_is_imported_to_check_or_to_load(folder: Folder, does: str) -> None:
    scripts(folder)
    folder.write("definitions.py", "from pipes_projects import PipesProject\n")
    program = (
        "import sys; sys.argv = ['x', 'check']\n"
        f"try:\n    {does}\nexcept BaseException as error:\n    print(type(error).__name__)\n"
        f"print('imported', *sorted({set(CLIENTS)!r} & sys.modules.keys()))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=folder.root, capture_output=True, text=True, check=True
    )
    assert answer.stdout.splitlines()[-1] == "imported"


def test_without_dagster_they_say_what_runs_them(folder: Folder) -> None:
    folder.asset("g/a", "kind: k8s\nk8s: {image: x}\n")
    folder.write("defs/g/a.py")
    answer = call("run", "*", cwd=folder.root)
    assert answer.code == 2
    assert b"`g/a` is of kind `k8s`, which only Dagster runs: add `--dagster`" in answer.err


def test_a_client_that_is_not_installed_is_one_sentence(
    folder: Folder, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "is_installed", lambda name: name != "dagster_k8s")
    made = make("k8s", {}, "k8s: {image: x}\n", "print('never')\n")
    assert first(made) == (
        "defs/g/a.py: `kind: k8s` needs `dagster_k8s`, not installed here: run"
        " `pip install 'pipes-projects[k8s]'` where scripts run"
    )
    told = folder.check()
    assert "`kind: k8s` (one script) needs `dagster_k8s`: not installed here" in told


@pytest.mark.parametrize("kind", [name for name in SERVICES if name != "modal"])
def test_what_is_the_services_affair_is_a_finding(folder: Folder, kind: str) -> None:
    known = BUILT_IN[kind]
    own = "secrets: [TOKEN]\ninherit_env: [HOME]\ngrace: 1s\n"
    folder.write("defs/g/a.yaml", own + known.example)
    folder.write(f"defs/g/a{(known.endings or ('.py',))[0]}")
    told = folder.check()
    for name in ("secrets", "inherit_env", "grace"):
        reason = (
            "runs in a service with its own variables and secrets, and its own way to end a job"
        )
        assert f"`{name}` is not for `kind: {kind}`, which {reason}" in told


def test_the_page_names_those_that_are_only_checked() -> None:
    page = (ROOT / "docs/scale.md").read_text("utf-8")
    named = page.partition("runs the script: ")[2].partition(". Of")[0]
    assert sorted(re.findall(r"`(\w+)`", named)) == sorted(SERVICES)
    told = call("kinds", "glue", cwd=ROOT / "examples/flights").out.decode()
    assert "Our tests do not run its scripts on the real service" in told
    assert "params_loader=PipesCliArgsParamsLoader()," in told


def test_a_published_script_is_run_where_it_was_published() -> None:
    whole, folder = K8sOptions(location="/app/x.py"), K8sOptions(location="s3://code/")
    assert place_of(K8sOptions(), "defs/g/a.py", None) is None
    assert place_of(whole, "defs/g/a.py", None) == "/app/x.py"
    assert place_of(folder, "defs/g/a.py", None) == "s3://code/defs/g/a.py"
    assert place_of(folder, "defs/g/a.py", "s3://shipped/a.py") == "s3://shipped/a.py"
