"""Ships two branches of `examples/branches` to three places, runs both, and deletes one.

    python -m examples.demo_branches

Everything is in a temporary folder: a bare repository, a clone for each stakeholder, and servers of
S3 and SFTP, which are those of the tests. Where one cannot be started, it is left out.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory

from pipes_projects.deploy.branch.slug import slug_of
from tests.support.repositories import IDENTITY, commit, git
from tests.support.servers.storages import s3, sftp

EXAMPLE = Path(__file__).parent / "branches"
CHANGES = {
    "feature/tax": ("defs/sales/_prices.py", "price * 1.2,", "price * 1.25,"),
    "feature/plums": ("defs/sales/orders.py", '"plums": 5.0', '"plums": 9.0'),
}
"""What each stakeholder changes: a helper, and a script."""


class Demo:
    """A repository, and clones of it, one for each branch."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self.folder = folder
        bin_ = str(Path(sys.executable).parent)
        path = os.pathsep.join((bin_, os.environ["PATH"]))
        self.env = {**_own_environment(), **IDENTITY, **variables, "PATH": path}
        git(folder, "init", "--quiet", "--bare", "--initial-branch", "main", "origin.git")
        main = self.clone("main")
        made = ignore_patterns("data", "shipped", "__pycache__")
        copytree(EXAMPLE, main, ignore=made, dirs_exist_ok=True)
        commit(main, "begin")
        git(main, "push", "--quiet", "origin", "main")

    def clone(self, branch: str) -> Path:
        """A clone in which a branch is checked out."""
        place = self.folder / branch.replace("/", "-")
        git(self.folder, "clone", "--quiet", "origin.git", str(place))
        if branch != "main":
            git(place, "switch", "--quiet", "--create", branch)
        return place

    def change(self, branch: str) -> None:
        """What a stakeholder does: edit, commit, push."""
        path, before, after = CHANGES[branch]
        clone = self.clone(branch)
        text = (clone / path).read_text("utf-8")
        assert before in text
        (clone / path).write_text(text.replace(before, after), "utf-8")
        commit(clone, f"{before} {after}")
        git(clone, "push", "--quiet", "origin", branch)
        print(f"{branch}: {path} has `{after.rstrip(',')}`")

    def run(self, branch: str, *words: str) -> None:
        """Show a command, and what it prints."""
        print(f"{branch} $ {' '.join(words)}", flush=True)
        print(self.call(branch, *words), end="", flush=True)

    def call(self, branch: str, *words: str, **variables: str) -> str:
        """What a command prints in the clone of a branch."""
        place = self.folder / branch.replace("/", "-")
        done = subprocess.run(
            words, cwd=place, env={**self.env, **variables}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if done.returncode:
            sys.exit(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def materialize(self, branch: str, deployment: str) -> Path:
        """Have Dagster make everything of a branch; where its results are."""
        words = (sys.executable, str(EXAMPLE.parent / "demo.py"), ".")
        self.call(branch, *words, PIPES_PROJECTS_DEPLOYMENT=deployment)
        return self.folder / "data" / deployment / slug_of(branch)


def _own_environment() -> dict[str, str]:
    """Without what would name another branch than that of a clone, or keep Dagster's runs."""
    others = ("GITHUB_", "GITLAB_", "CI_", "DAGSTER_", "PIPES_PROJECTS_", "BRANCHES_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    return {**kept, "DAGSTER_DISABLE_TELEMETRY": "yes"}


@contextmanager
def places(folder: Path) -> Iterator[dict[str, str]]:
    """The servers, as far as they can be started, and the variables that tell of them."""
    found = {"BRANCHES_FOLDER": str(folder / "shipped"), "BRANCHES_DATA": str(folder / "data")}
    with ExitStack() as servers:
        for name, start in (("S3", s3), ("SFTP", sftp)):
            try:
                where = servers.enter_context(start(folder))
            except (AssertionError, OSError) as error:
                print(f"{name} is left out: {error}")
                continue
            found[f"BRANCHES_{name}"] = f"{where.at}/branches"
            found |= _of_server(where.options)
        yield found


def _of_server(options: Mapping[str, object]) -> dict[str, str]:
    if "key_filename" in options:
        return {
            "BRANCHES_SFTP_KEY": str(options["key_filename"]),
            "BRANCHES_SFTP_HOSTS": str(options["known_hosts"]),
        }
    client = options["client_kwargs"]
    assert isinstance(client, dict)
    return {
        "AWS_ACCESS_KEY_ID": str(options["key"]),
        "AWS_SECRET_ACCESS_KEY": str(options["secret"]),
        "AWS_ENDPOINT_URL": client["endpoint_url"],
        "AWS_DEFAULT_REGION": client["region_name"],
    }


def results(demo: Demo, branches: Sequence[str], deployment: str) -> None:
    """Make the assets of all branches at once, and show them."""
    with ThreadPoolExecutor() as pool:
        made = pool.map(lambda branch: demo.materialize(branch, deployment), branches)
    for branch, folder in zip(branches, made, strict=True):
        orders, total = (read(folder / f"{name}.json") for name in ("orders", "total"))
        print(f"{deployment:7} {branch:14} {orders} makes {total['total']}", flush=True)


def read(table: Path) -> dict[str, float]:
    found: dict[str, float] = json.loads(table.read_text("utf-8"))
    return found


def main() -> int:
    with TemporaryDirectory() as name, places(Path(name)) as variables:
        demo = Demo(Path(name), variables)
        servers = (server for server in ("S3", "SFTP") if f"BRANCHES_{server}" in variables)
        deployments = ["folder", *(server.lower() for server in servers)]
        branches = [*CHANGES]
        print("\nTwo stakeholders push a branch each:", flush=True)
        for branch in CHANGES:
            demo.change(branch)
        print("\nEach branch is shipped, as CI does it:", flush=True)
        for deployment in deployments:
            for branch in ("main", *branches):
                demo.run(branch, "pipes-projects", "deploy", "up", deployment)
        print("\nDagster runs what each branch has shipped, both at once:", flush=True)
        for deployment in deployments:
            results(demo, branches, deployment)
        print("\nOne branch is deleted, and collected:", flush=True)
        git(demo.folder / "feature-tax", "push", "--quiet", "origin", "--delete", "feature/tax")
        demo.run("main", "pipes-projects", "deploy", "gc")
        demo.run("main", "pipes-projects", "deploy", "list")
        print("\nThe other one is as it was:", flush=True)
        results(demo, ["feature/plums"], "folder")
    return 0


if __name__ == "__main__":
    sys.exit(main())
