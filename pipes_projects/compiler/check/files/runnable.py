"""Which files of a project look like scripts: those that some kind can run by their ending."""

from __future__ import annotations

from collections.abc import Iterator

from pipes_projects.project import Project


def endings(project: Project) -> frozenset[str]:
    """The endings that some kind runs, in lower case."""
    return frozenset(map(str.lower, exact_endings(project)))


def exact_endings(project: Project) -> frozenset[str]:
    """The endings that some kind runs: those that need a package of their own only if a script has
    that kind, as a `.sql` file may well be read by a Python script."""
    used = {script.kind for script in project.scripts}
    kinds = (
        kind
        for kind in project.kinds.values()
        if kind.takes_script and (not kind.needs or kind.name in used)
    )
    return frozenset(ending for kind in kinds for ending in kind.endings or ())


def ending_of(name: str) -> str:
    """The ending of a file name, in lower case."""
    return name[name.rfind(".") :].lower() if "." in name else ""


def runnable_siblings(project: Project, manifest: str) -> Iterator[str]:
    """The files beside a manifest that share its name and look like scripts."""
    folder, _, name = manifest.rpartition("/")
    known = endings(project)
    for other in project.files.siblings(folder).get(name.rpartition(".")[0], ()):
        if ending_of(other) in known:
            yield f"{folder}/{other}"
