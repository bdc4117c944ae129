"""The owner's `deploy.py` → the deployers in it, by name."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.owner.deployer import Deployer, made_meanwhile
from pipes_projects.deploy.owner.raised import in_words, line_of
from pipes_projects.disk.boundary import LeadsOutError, absence, refuse_outside
from pipes_projects.layout import Layout
from pipes_projects.owners_code import set_apart
from pipes_projects.spelling import similar

_MODULE = "pipes_projects_deploy_file"
_WRITE_ONE = (
    'write one: `from pipes_projects.deploy import ship_to`, and `dev = ship_to("shipped")`; or set'
    " `file` in `[tool.pipes-projects.deploy]`"
)


def deployers_of(root: Path, layout: Layout) -> dict[str, Deployer]:
    """The deployers of a project's `deploy.py`, by name; raises `DeployError`."""
    path = root / layout.deploy
    with made_meanwhile() as made:
        module = _run(path, layout)
    among = {
        name: deployer for name, deployer in vars(module).items() if isinstance(deployer, Deployer)
    }
    for name, deployer in among.items():
        deployer.call_like(name)
    found = list(dict.fromkeys((*made, *among.values())))
    _refuse_equal(found, path)
    if not found:
        raise DeployError(f"{layout.deploy} has no deployer", _WRITE_ONE)
    return {deployer.name: deployer for deployer in found}


def deployer_called(name: str | None, deployers: Mapping[str, Deployer]) -> Deployer:
    """The deployer with a name; without a name, the only one."""
    if name is None and len(deployers) == 1:
        return next(iter(deployers.values()))
    if name is not None and name in deployers:
        return deployers[name]
    known = ", ".join(f"`{existing}`" for existing in sorted(deployers))
    if name is None:
        raise DeployError("there are several deployments", f"name one: {known}")
    close = similar(name, deployers, "a deployment")
    raise DeployError(f"no deployment is called `{name}`", close or f"the deployments are {known}")


@contextmanager
def owners_code(root: Path) -> Iterator[None]:
    """Within this block, owners' functions may print, change folders and import what is beside."""
    with set_apart(root):
        yield


def _run(path: Path, layout: Layout) -> ModuleType:
    file = _file(path, layout)
    spec = spec_from_file_location(_MODULE, file)
    if spec is None or spec.loader is None:
        raise DeployError(f"{layout.deploy} is not a Python file", _WRITE_ONE)
    module = module_from_spec(spec)
    sys.modules[_MODULE] = module  # dataclasses, for example, look their module up
    with set_apart(path.parent), _nothing_beside():
        try:
            spec.loader.exec_module(module)
        except (DeployError, KeyboardInterrupt) as error:
            raise _with_line(error, file) from error
        except BaseException as error:
            message = f"{line_of(error, file)} cannot be read: {in_words(error)}"
            raise DeployError(message, "fix it: it is run to learn where scripts go") from error
    return module


@contextmanager
def _nothing_beside() -> Iterator[None]:
    """Python writes no bytecode beside the project: it would be an uncommitted change."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def _file(path: Path, layout: Layout) -> Path:
    try:
        file = refuse_outside(path, layout.root)
    except LeadsOutError as error:
        raise DeployError(str(error), "put the file itself there") from None
    if not file.is_file():
        raise DeployError(absence(path, layout.deploy, "that says where scripts go"), _WRITE_ONE)
    return file


def _with_line(error: BaseException, file: Path) -> BaseException:
    """One of our own errors, with the line of the owner's file that it is about."""
    if not isinstance(error, DeployError):
        return error
    return DeployError(f"{line_of(error, file)}: {error}", error.help)


def _refuse_equal(deployers: list[Deployer], path: Path) -> None:
    """Each deployer has a name, and a place for its ledger, of its own."""
    names: set[str] = set()
    places: dict[str, str] = {}
    for deployer in deployers:
        if deployer.name in names:
            raise DeployError(
                f"{path.name} has two deployers called `{deployer.name}`", "rename one"
            )
        prefix = deployer.options.get("prefix", "")
        place = f"{deployer.at.rstrip('/').removeprefix('./')} {prefix}"
        if place in places:
            message = f"`{places[place]}` and `{deployer.name}` of {path.name} have the same `at`"
            raise DeployError(message, "give each a folder of its own: each has a ledger there")
        names.add(deployer.name)
        places[place] = deployer.name
