"""What the commands of `deploy` do first: find the project, its deployers, and the branch."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import click

from pipes_projects.cli import FINDINGS
from pipes_projects.cli.deploy.shared.telling import reports
from pipes_projects.cli.progress import all_done
from pipes_projects.cli.project import compiled, layout_at
from pipes_projects.cli.streams import tell
from pipes_projects.deploy.branch.checkout import Checkout, checkout_of
from pipes_projects.deploy.branch.slug import slug_of
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.owner.deployer import Deployer
from pipes_projects.deploy.owner.loading import deployer_called, deployers_of
from pipes_projects.deploy.site import Site, site_of
from pipes_projects.layout import Layout
from pipes_projects.project import Project


class Scene(NamedTuple):
    """A project, and the deployments that a command is about."""

    layout: Layout
    deployers: dict[str, Deployer]

    def one(self, name: str) -> Deployer:
        """The deployer with a name; without a name, the only one."""
        return deployer_called(name or None, self.deployers)

    def named(self, name: str) -> list[Deployer]:
        """The deployer with a name; without a name, all."""
        return [self.one(name)] if name else list(self.deployers.values())

    def site(self, name: str, branch: str | None, project: Project | None = None) -> Site:
        """A branch's place at a deployment."""
        deployer = self.one(name)
        checkout = checkout_of(self.layout.root, os.environ, branch)
        return self.at(deployer, checkout, project)

    def production(self, deployer: Deployer, project: Project | None = None) -> Site:
        """The place of the production branch, whatever is checked out."""
        branch = self.layout.production
        return self.at(deployer, Checkout(branch, slug_of(branch)), project)

    def at(self, deployer: Deployer, checkout: Checkout, project: Project | None = None) -> Site:
        """See `site`."""
        return site_of(self.layout, project or Project(()), deployer, checkout, reports())


def scene_at(path: Path) -> Scene:
    """The project at a path; mistakes in its `deploy.py` raise `DeployError`."""
    layout = layout_at(path)
    return Scene(layout, deployers_of(layout.root, layout))


def whole_project(layout: Layout) -> Project:
    """The project, compiled. Ends the command if it has errors: a script whose manifest cannot be
    understood would be taken for one that is gone."""
    compilation = compiled(layout)
    if compilation.has_errors:
        tell(
            "Error: some manifests have errors, and nothing is shipped: see `pipes-projects check`"
        )
        raise SystemExit(FINDINGS)
    return compilation.project


def note_other_branch(checkout: Checkout) -> None:
    """Whoever names a branch may expect that its code is shipped, and not what is checked out."""
    if checkout.instead_of is not None:
        tell(
            f"Note: the code of {checkout.branch} is what is checked out here,"
            f" {checkout.instead_of}; for its own, `git switch {checkout.branch}`"
        )


@contextmanager
def refusals() -> Iterator[None]:
    """A `DeployError` ends the command, with a message that says what to do."""
    try:
        yield
    except DeployError as error:
        raise click.ClickException(error.whole) from error
    finally:
        all_done()
