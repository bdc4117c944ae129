"""Makes the edits of findings, in memory, and keeps those that leave nothing worse.

After every edit the whole project is compiled again. Edits stay only if the texts are still YAML,
the findings are gone, no file has more findings than before, it is still known which assets there
are, and none has come into a cycle or a conflict. Where they do not pass, the edits of what they
bring to light are made too; and where that does not help, fewer are tried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from pipes_projects.compiler import Compilation, compile_sources
from pipes_projects.compiler.fixes import edited
from pipes_projects.diagnostics import Code, DeleteFile, Diagnostic, TextEdit
from pipes_projects.manifest.contract import Contract
from pipes_projects.source import Sources, Span

MOST: Final = 100
"""How often it is tried which edits can stay."""
DEEPEST: Final = 3
"""How many mends may come to light one behind the other."""

# What was right as far as it went: a mend that makes such a finding was none.
_JOINT = frozenset(
    {
        Code.REPEATED_KEY,
        Code.DUPLICATE_ASSET,
        Code.DEPENDENCY_CYCLE,
        Code.CONFLICTING_PARTITION_MAPPING,
        Code.PARTITION_MISMATCH,
        Code.SCHEDULE_ORDER,
    }
)

Select = Callable[[Compilation], Compilation]
"""Leaves only the findings that were asked for."""


class Mended(NamedTuple):
    """A project after its edits, and the findings that they were made for."""

    sources: Sources
    compilation: Compilation
    fixed: tuple[Diagnostic, ...] = ()
    untried: int = 0
    """How many findings have edits that were not tried: it would have taken too long."""


def mended(sources: Sources, contract: Contract, select: Select) -> Mended:
    """All edits that can stay, made again and again until none is left."""
    state = Mended(sources, compile_sources(sources, contract))
    refused, again = set[Diagnostic](), False
    doubtful = set[str]()
    for _ in range(MOST):
        wanted = _wanted(state, select, refused)
        if not wanted and again:  # what was refused may help now
            refused, again = set(), False
            wanted = _wanted(state, select, refused)
        if not wanted:
            return state
        batch = [it for it in wanted if _path(it) not in doubtful] or wanted[:1]
        trial = _settled(state, batch, contract, select)
        if trial.is_better:
            state, again = trial.after, bool(refused)
        elif len(batch) > 1:
            doubtful |= _doubtful(trial.worse, batch)
        else:
            refused.update(batch)
    return state._replace(untried=len(_wanted(state, select, refused)))


def _doubtful(worse: Iterable[str], batch: Sequence[Diagnostic]) -> set[str]:
    """The files of those that are tried one by one from now on, as all at once were no good."""
    files = list(dict.fromkeys(map(_path, batch)))
    return {*worse} & {*files} or {*files[: (len(files) + 1) // 2]}


class _Trial(NamedTuple):
    """A project after some edits, and the files that got worse by them."""

    after: Mended
    worse: frozenset[str]
    is_better: bool


def _settled(
    before: Mended, wanted: Sequence[Diagnostic], contract: Contract, select: Select
) -> _Trial:
    """After some edits, and those of what they bring to light."""
    first = after = _after(before, wanted, contract)
    known = set(map(_what, before.compilation.diagnostics))
    for _ in range(DEEPEST):
        if _is_better(before, after, wanted):
            return _Trial(after, frozenset(), True)
        found = select(after.compilation).diagnostics
        new = _apart(it for it in found if _what(it) not in known)
        if not new:
            break
        after = _after(after, new, contract)
    return _Trial(before, frozenset(_worse(before, first)), False)


def _worse(before: Mended, after: Mended) -> Iterator[str]:
    """The files with findings that were not there before, and what those are about."""
    known = set(map(_what, before.compilation.diagnostics))
    for it in after.compilation.diagnostics:
        if _what(it) not in known:
            yield from (_path(it), *(related.location.path for related in it.related))


def _wanted(state: Mended, select: Select, refused: set[Diagnostic]) -> list[Diagnostic]:
    """The findings to mend next."""
    return _apart(it for it in select(state.compilation).diagnostics if it not in refused)


def _apart(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings that have edits which do not overlap."""
    chosen: list[Diagnostic] = []
    taken: dict[str, list[Span]] = {}
    for it in found:
        edits = it.fix.edits if it.fix else ()
        places = [edit.location for edit in edits if isinstance(edit, TextEdit)]
        if edits and all(_is_apart(at.span, taken.get(at.path, ())) for at in places):
            chosen.append(it)
            for at in places:
                taken.setdefault(at.path, []).append(at.span)
    return chosen


def _is_apart(span: Span, others: Iterable[Span]) -> bool:
    return all(span.end <= other.start or other.end <= span.start for other in others)


def _after(state: Mended, wanted: Sequence[Diagnostic], contract: Contract) -> Mended:
    edits = [edit for it in wanted if it.fix for edit in it.fix.edits]
    gone = {edit.path for edit in edits if isinstance(edit, DeleteFile)}
    by_path: dict[str, list[TextEdit]] = {}
    for edit in edits:
        if isinstance(edit, TextEdit):
            by_path.setdefault(edit.location.path, []).append(edit)
    manifests = tuple(
        edited(it, by_path[it.path]) if it.path in by_path else it
        for it in state.sources.manifests
        if it.path not in gone
    )
    sources = state.sources._replace(manifests=manifests)
    fixed = (*state.fixed, *wanted)
    return Mended(sources, compile_sources(sources, contract), fixed)


def _is_better(before: Mended, after: Mended, fixed: Sequence[Diagnostic]) -> bool:
    old, new = (it.compilation.diagnostics for it in (before, after))
    gone = Counter(map(_line, fixed))
    lines = Counter(map(_line, old)), Counter(map(_line, new))
    return (
        all(lines[1][line] <= lines[0][line] - number for line, number in gone.items())
        and _is_no_more(map(_path, old), map(_path, new))
        and _is_no_more(map(_path, _errors(old)), map(_path, _errors(new)))
        and _is_no_more(_broken(old), _broken(new))
        and _is_no_more(_joint(old), _joint(new))
        and after.compilation.project.opaque_groups <= before.compilation.project.opaque_groups
    )


def _is_no_more(old: Iterable[object], new: Iterable[object]) -> bool:
    return Counter(new) <= Counter(old)


def _line(it: Diagnostic) -> tuple[str, Code, int]:
    """Edits leave the lines as they are, so that a finding can be known again by its line."""
    return it.location.path, it.code, it.location.span.start.line


def _what(it: Diagnostic) -> tuple[str, Code, str]:
    return it.location.path, it.code, it.message


def _path(it: Diagnostic) -> str:
    return it.location.path


def _errors(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    return (it for it in found if it.is_error)


def _broken(found: Iterable[Diagnostic]) -> Iterator[str]:
    """The files that nobody can read: what else is wrong with them is not known."""
    return (_path(it) for it in found if it.code is Code.YAML_SYNTAX)


def _joint(found: Iterable[Diagnostic]) -> Iterator[tuple[Code, str]]:
    return ((it.code, it.message) for it in found if it.code in _JOINT)
