"""A project in a repository of git, deployed as the command does it, in a few lines."""

from __future__ import annotations

from pathlib import Path

from pipes_projects.deploy.branch.branches import branches_of
from pipes_projects.deploy.branch.checkout import checkout_of
from pipes_projects.deploy.collect import Keep, collect
from pipes_projects.deploy.leftovers import Collected
from pipes_projects.deploy.owner.loading import deployer_called, deployers_of
from pipes_projects.deploy.site import Site, site_of
from pipes_projects.layout import find_layout
from pipes_projects.project_folder import compile_project
from tests.support.folder import Folder
from tests.support.repositories import commit, git, init

SHIP_TO = "from pipes_projects.deploy import ship_to\n\ndev = ship_to('shipped')\n"


class Deployed(Folder):
    """A project with two scripts, on `main`."""

    def __init__(self, root: Path, deploy: str = SHIP_TO) -> None:
        super().__init__(root)
        init(root)
        self.write(".gitignore", "shipped/\n__pycache__/\n")
        self.write("deploy.py", deploy)
        self.asset("sales/orders", script="import _prices\n\nprint(_prices.ALL)\n")
        self.write("defs/sales/_prices.py", "ALL = 1\n")
        self.asset("sales/returns")
        commit(root)

    @property
    def shipped(self) -> Path:
        """Where it is shipped to."""
        return self.root / "shipped"

    def site(self, branch: str | None = None, name: str | None = None) -> Site:
        """What is checked out, or a branch by its name."""
        layout = find_layout(self.root)
        deployer = deployer_called(name, deployers_of(self.root, layout))
        checkout = checkout_of(self.root, {}, branch)
        return site_of(layout, compile_project(self.root).project, deployer, checkout)

    def switch(self, branch: str) -> None:
        """To a branch, new if need be."""
        known = git(self.root, "branch", "--list", branch)
        git(self.root, "switch", "--quiet", *(() if known else ("--create",)), branch)

    def change(self, path: str, text: str) -> str:
        """Write and commit a file."""
        self.write(path, text)
        return commit(self.root)

    def collect(self, keep: Keep | None = None, **options: bool) -> list[Collected]:
        """As `gc` does."""
        return collect(self.site("main"), lambda: branches_of(self.root), keep, **options)
