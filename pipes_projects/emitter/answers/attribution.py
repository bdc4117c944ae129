"""Which override in a platform owner's classes caused a refusal or an error."""

# Views are Dagster's to read: no `from __future__ import annotations` here.

import linecache
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from pipes_projects.emitter.owner import values
from pipes_projects.emitter.owner.hooks import OwnerExitError, asked, first_line
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.emitter.owner.values import properties_of
from pipes_projects.emitter.owner.views import (
    PipesAssetManifest,
    PipesScriptManifest,
)
from pipes_projects.source import Location, Position, Span

T = TypeVar("T")
_QUOTED = re.compile(r"'?AssetKey\(\[[^\]]*\]\)'?|'[^']*'|\"[^\"]*\"|`[^`]*`")


class Override(NamedTuple):
    """What an owner's class overrides: a property, or the class itself."""

    name: str
    """The class, and the property."""
    location: Location | None = None
    """Where it is written; None if it was made at run time."""

    @property
    def help(self) -> str:
        """A line that names it."""
        where = self.location
        line = f" ({where.path}:{where.span.start.line + 1})" if where else ""
        return f"this comes from the platform owner's `{self.name}`{line}"


def has_overrides(script: type[PipesScript]) -> bool:
    """Whether an owner's views affect what a manifest declares."""
    views = (script.script_manifest_class(), script.asset_manifest_class())
    return views != (PipesScriptManifest, PipesAssetManifest)


def overriding(view: Any, ours: type, *names: str) -> Override | None:
    """The first of these properties that an owner's class overrides, if any."""
    return next(overrides(view, ours, *names), None)


def overrides(view: Any, ours: type, *names: str) -> Iterator[Override]:
    """Which of these properties, or of all if none is named, an owner's classes override."""
    for name in names or properties_of(ours):
        for cls in type(view).__mro__:
            if cls is ours:
                break
            if name in vars(cls):
                place = _place(_code(vars(cls)[name]), view.script.root)
                yield Override(f"{cls.__name__}.{name}", place)
                break


class Culprits:
    """Finds the override at fault: removing it ends the refusal, or changes it.

    One mistake shows up many times: the last override at fault is tried first the next time.
    """

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of_spec(
        self,
        view: PipesAssetManifest,
        error: Exception,
        ask: Callable[[PipesAssetManifest], object],
    ) -> Override | None:
        """For an asset that is refused; `ask` is the call to its view that failed."""
        return self._culprit(view, error, ask, _without_one(view))

    def of_step(
        self, script: PipesScript, error: Exception, ask: Callable[[PipesScript], object]
    ) -> Override | None:
        """For a script whose step is refused; `ask` is the call to the script that failed."""
        return self._culprit(_with(script), error, ask, _without_one_of(script))

    def _culprit(
        self,
        subject: T,
        error: Exception,
        ask: Callable[[T], object],
        probes: Iterator[tuple[Override, Callable[[], T]]],
    ) -> Override | None:
        """Each probe repeats the call without one override."""
        message = in_one_line(error)
        if _refusal(ask, subject) != message:  # it answers now this, now that
            return None
        sort = without_quotes(message)
        known = self._known.get(sort)
        for override, probe in sorted(probes, key=lambda pair: pair[0].name != known):
            if _refusal(ask, probe()) != message:
                self._known[sort] = override.name
                return override
        return None


def _refusal(ask: Callable[[T], object], probe: T) -> str | None:
    try:
        asked(lambda: ask(probe))
    except Exception as error:
        return in_one_line(error)
    return None


def _without_one(
    view: PipesAssetManifest,
) -> Iterator[tuple[Override, Callable[[], PipesAssetManifest]]]:
    for override in overrides(view, PipesAssetManifest):
        yield override, partial(_without, view, PipesAssetManifest, override)
    for override, script in _without_one_of_manifest(view.script):
        yield override, lambda script=script: _with(view, script=script())  # type: ignore[misc]


def _without_one_of(script: PipesScript) -> Iterator[tuple[Override, Callable[[], PipesScript]]]:
    yield from _without_one_of_manifest(script)
    for override in overrides(script.assets[0], PipesAssetManifest):
        yield override, partial(_with_assets_without, script, override)


def _without_one_of_manifest(
    script: PipesScript,
) -> Iterator[tuple[Override, Callable[[], PipesScript]]]:
    for override in overrides(script.manifest, PipesScriptManifest):
        yield override, partial(_with_manifest_without, script, override)


def _with_manifest_without(script: PipesScript, override: Override) -> PipesScript:
    return _with_script(
        script,
        _without(script.manifest, PipesScriptManifest, override),
        script.assets,
    )


def _with_assets_without(script: PipesScript, override: Override) -> PipesScript:
    assets = [_without(asset, PipesAssetManifest, override) for asset in script.assets]
    return _with_script(script, script.manifest, assets)


def _with_script(script: PipesScript, manifest: Any, assets: Iterable[Any]) -> PipesScript:
    """A copy of a script with other views, which refer to each other."""
    copied: PipesScript = _with(script)
    copied.__dict__["manifest"] = _with(manifest, script=copied)
    copied.__dict__["assets"] = [_with(view, script=copied) for view in assets]
    return copied


def _without(view: Any, ours: type, override: Override) -> Any:
    """A copy of a view with our property in place of the owner's."""
    cls, name = type(view), override.name.rpartition(".")[2]
    probe: Any = object.__new__(type(cls.__name__, (cls,), {name: vars(ours)[name]}))
    probe.__dict__.update(vars(view))
    return probe


def _with(original: Any, **attributes: Any) -> Any:
    """A copy with other attributes; `__getattr__` of views is not for `copy`."""
    copied = object.__new__(type(original))
    copied.__dict__.update({**vars(original), **attributes})
    return copied


def is_refusal(error: Exception) -> bool:
    """Whether Dagster, Pydantic or we raised it over a value; otherwise the owner's code did."""
    if isinstance(error, OwnerExitError):
        return False
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    module = frame.tb_frame.f_globals.get("__name__", "") if frame else ""
    if module == values.__name__ and isinstance(error, AttributeError):  # there is no such field
        return False
    return module.partition(".")[0] in ("dagster", "dagster_shared", "pydantic", "pipes_projects")


def raised_in(error: Exception, *views: Any) -> Override:
    """The owner's innermost property that raised an error; failing that, the owner's class."""
    found, frame = Override(type(views[0]).__name__), error.__traceback__
    named = {code: name for view in views for code, name in _codes(type(view))}
    while frame:
        code = frame.tb_frame.f_code
        if code in named:
            found = Override(named[code], _place(code, _root(views[0])))
        frame = frame.tb_next
    return found


def _root(view: Any) -> Path:
    root: Path = view.root if isinstance(view, PipesScript) else view.script.root
    return root


def _codes(view: type) -> Iterator[tuple[CodeType, str]]:
    """The code objects of an owner's properties and methods, with their names."""
    ours = (PipesAssetManifest.__module__, PipesScript.__module__)
    for cls in (base for base in view.__mro__ if base.__module__ not in ours):
        for name, member in vars(cls).items():
            if code := _code(member):
                yield code, f"{cls.__name__}.{name}"


def _code(member: Any) -> CodeType | None:
    """What runs when a property is read, or a method is called."""
    function = getattr(member, "fget", None) or getattr(member, "func", member)
    code = getattr(function, "__code__", None)
    return code if isinstance(code, CodeType) else None


def _place(code: CodeType | None, root: Path) -> Location | None:
    """Where code is written, relative to the project if it is inside."""
    if code is None:
        return None
    path, number = Path(code.co_filename), code.co_firstlineno
    while (line := linecache.getline(code.co_filename, number)).lstrip().startswith("@"):
        number += 1
    begin = len(line) - len(line.lstrip())
    span = Span(Position(number - 1, begin), Position(number - 1, max(begin, len(line.rstrip()))))
    inside = path.relative_to(root) if path.is_relative_to(root) else path
    return Location(inside.as_posix(), span)


def without_quotes(text: str) -> str:
    """What messages of one sort share: everything except the quoted parts."""
    return _QUOTED.sub("…", text)


def in_one_line(error: Exception) -> str:
    """An error's message, in one line."""
    if isinstance(error, ValidationError):
        return _first_error(error)
    return first_line(error) or type(error).__name__


def _first_error(error: ValidationError) -> str:
    """What Pydantic says about the first field; for errors of ours, only our own sentence."""
    first = error.errors(include_url=False)[0]
    message, place = first["msg"], ".".join(map(str, first["loc"]))
    ours = "said" in first.get("ctx", {}) or not place
    return message if ours else f"`{place}`: {message[:1].lower()}{message[1:]}"
