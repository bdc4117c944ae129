"""What a version has shipped of a script: the files that its code version covers, and its text."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from pipes_projects.analysis.code_version.parts import FILES, CodePart, CoveredCode, of_file
from pipes_projects.analysis.imports.closure import PYTHON
from pipes_projects.analysis.script_text import ScriptText, ScriptUnreadableError, read_script
from pipes_projects.deploy.deployed.version import Version
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.shipping.bundles import folder_of
from pipes_projects.disk.patterns import PathPatterns
from pipes_projects.project import Script


def code_in(version: Version, script: Script, here: CoveredCode) -> CoveredCode:
    """What the code version of a script covers if its files are those that were shipped, and its
    values those of the checkout; `here` is what it covers in the checkout."""
    if script.path not in version.ledger.ships:
        return here
    return CoveredCode((*_files(version, script, here), *_rest(script, here)))


def text_in(version: Version, path: str, here: ScriptText) -> ScriptText:
    """The text of a script as it was shipped, given that of the checkout. Of another script that is
    not on this machine only the hash is known."""
    hash_ = text_hash(version, path)
    if hash_ in (None, here.hash):
        return here
    location = Path(version.ledger.ships[path].location or "")
    try:
        found = read_script(location.parent, location.name) if location.is_absolute() else None
    except ScriptUnreadableError:
        found = None
    return found if found and found.hash == hash_ else ScriptText(str(hash_), None)


def text_hash(version: Version, path: str) -> str | None:
    """The hash of a script's text as it was shipped; None if it was not."""
    shipped = version.ledger.ships.get(path)
    return shipped.as_text.get(path, shipped.parts.get(path)) if shipped else None


def source_in(version: Version, path: str) -> str:
    """The whole text of a script as it was shipped; raises `DeployError`."""
    shipped, location = version.ledger.ships[path], version.location(path)
    folder = folder_of(shipped.hash, shipped.generation)
    store = f"{version.storage.location(folder)}/"
    try:
        data = Path(location).read_bytes() if Path(location).is_absolute() else None
    except OSError:
        data = None
    if data is None and location.startswith(store):
        main = location.removeprefix(store)
        data = version.storage.read(f"{folder}/{main}")
    if data is None or sha256(data).hexdigest() != shipped.parts.get(path):
        message = f"the text of `{path}` as it was shipped to `{location}` cannot be read from here"
        raise DeployError(message, "check out what was shipped, or use `script_location`")
    return data.decode("utf-8-sig")


def _files(version: Version, script: Script, here: CoveredCode) -> Iterator[CodePart]:
    shipped = version.ledger.ships[script.path or ""]
    known = {part.name: part.why for part in here.parts}
    for path, hash_ in shipped.parts.items():
        why = "script" if path == script.path else "import" if path.endswith(PYTHON) else ""
        why = why or ("code_paths" if _is_named(path, script) else "")
        if why:  # otherwise another manifest names it for the same script
            name = of_file(path)
            yield CodePart(name, shipped.as_text.get(path, hash_), known.get(name, why))


def _rest(script: Script, here: CoveredCode) -> Iterator[CodePart]:
    """Values, and files that an owner's class adds, which are not shipped."""
    for part in here.parts:
        is_added = part.why == "code_paths" and not _is_named(part.name, script)
        if part.why not in FILES or is_added:
            yield part


def _is_named(path: str, script: Script) -> bool:
    """Whether a code path of the manifest is, or matches, this one."""
    path = path.removeprefix("./")
    named = tuple(code_path.path for code_path in script.code_paths)
    return path in named or path in PathPatterns(tuple(f"./{name}" for name in named))
