"""The version of a deployment whose scripts a project runs, found when it is loaded."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import logging
import os
from typing import NamedTuple

from pipes_projects.deploy.deployed.finding import (
    deployed,
    deployer_of,
    newest,
    not_deployed,
    pin_in,
    pin_of,
    pinned,
)
from pipes_projects.deploy.deployed.version import Version
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.owner.deployer import Deployer
from pipes_projects.emitter.loading.build import Platform, compiled
from pipes_projects.emitter.loading.deployed.pins import leave, loader, pin_for_run
from pipes_projects.emitter.loading.errors import NotDeployedError
from pipes_projects.emitter.steps.shipped import Shipped
from pipes_projects.layout import Layout

log = logging.getLogger("pipes_projects")


def shipped(
    owner: Platform, layout: Layout, name: str | None, deploy_on_load: bool
) -> Shipped | None:
    """What the branch has shipped; None if a code server has yet to ship it.

    Raises `NotDeployedError`.
    """
    try:
        found = _Loading(owner, layout, deployer_of(layout, name), deploy_on_load).version()
    except DeployError as error:
        raise NotDeployedError(str(error), error.help) from None
    return Shipped(found) if found else None


class _Loading(NamedTuple):
    owner: Platform
    layout: Layout
    deployer: Deployer
    deploys: bool

    def version(self) -> Version | None:
        """The version to run, which is also recorded for the processes that this one starts."""
        key = f"pipes_projects/{self.deployer.name} {self.layout.root / self.layout.defs}"
        pin = pin_in(pin_for_run(key)) if loader() == "run" else None
        found = pinned(self.layout, self.deployer, pin) if pin else self._newest()
        if found:
            leave(key, pin_of(found).text)
        return found

    def _newest(self) -> Version | None:
        if self.deploys and loader() == "code server" and (new := self._deployed()):
            return new
        found = newest(self.layout, self.deployer, os.environ)
        if found is None and not (self.deploys and loader() == "other"):
            raise not_deployed(self.layout, self.deployer, os.environ)
        return found

    def _deployed(self) -> Version | None:
        """The version after shipping; None if manifests have errors: then nothing is shipped."""
        compilation = compiled(self.owner, self.layout)
        if compilation.has_errors:
            log.warning("%s is not deployed: the manifests have errors", self.deployer.name)
            return None
        return deployed(self.layout, compilation.project, self.deployer, os.environ)
