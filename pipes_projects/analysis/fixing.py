"""Makes the edits of findings, in memory, and keeps those that leave nothing worse.

After every edit the whole project is compiled again. Edits are kept only if the texts are still
YAML, the findings are gone without new ones in their place, no file has more findings than before,
it is still known which assets exist, and none has become part of a cycle or a conflict. Where edits
do not pass, the fixes of what they bring to light are made too; where that does not help, fewer
edits are tried.
"""

from __future__ import annotations

from bisect import bisect, insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from pipes_projects.codes import Code
from pipes_projects.compiler import Compilation, Memory, compile_sources
from pipes_projects.compiler.check import WITH_FIXES
from pipes_projects.compiler.fixes import edited
from pipes_projects.diagnostics import DeleteFile, Diagnostic, TextEdit
from pipes_projects.manifest.contract import Contract
from pipes_projects.source import Location, Position, SourceFile, Sources, Span

MOST: Final = 100
"""How many attempts are made to find which edits can be kept."""
DEEPEST: Final = 3
"""How many rounds of fixes may come to light, each after the one before."""

_Line = tuple[str, int]
_Compile = Callable[[Sources], Compilation]
Select = Callable[[Compilation], Compilation]
"""Keeps only the findings that were asked for."""


class FixOutcome(NamedTuple):
    """A project after its edits, and the findings that they fixed."""

    sources: Sources
    compilation: Compilation
    fixed: tuple[Diagnostic, ...] = ()
    untried: int = 0
    """How many findings have edits that were not tried, because it would have taken too long."""


def apply_fixes(sources: Sources, contract: Contract, select: Select) -> FixOutcome:
    """Make all edits that can be kept, again and again until none is left."""
    again = partial(compile_sources, contract=contract, checks=WITH_FIXES, memory=Memory())
    state, attempts = FixOutcome(sources, again(sources)), _Attempts()
    for _ in range(MOST):
        batch = attempts.next(select(state.compilation).diagnostics)
        if not batch:
            return state
        trial = _settled(state, batch, again, select)
        if trial.is_better:
            state = trial.after
            attempts.helped()
        else:
            attempts.failed(batch, trial.worse)
    return state._replace(untried=len(attempts.wanted(select(state.compilation).diagnostics)))


class _Attempts:
    """What to try next: if a batch does not help, parts of it may."""

    def __init__(self) -> None:
        self.refused: set[Diagnostic] = set()
        self.batches: list[list[Diagnostic]] = []
        self.again = False

    def wanted(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        return _apart(finding for finding in found if finding not in self.refused)

    def next(self, found: Sequence[Diagnostic]) -> list[Diagnostic]:
        """Those of the last batch that are still wanted; all, if no batch is left."""
        wanted = self.wanted(found)
        if not wanted and self.again:  # what was refused may help now
            self.refused, self.again = set(), False
            wanted = self.wanted(found)
        still = set(map(_mark, wanted))
        while self.batches:
            last = set(map(_mark, self.batches.pop()))
            if last & still:
                return [finding for finding in wanted if _mark(finding) in last]
        return wanted

    def helped(self) -> None:
        self.again = bool(self.refused)

    def failed(self, batch: list[Diagnostic], worse: frozenset[_Line]) -> None:
        if len(set(map(_mark, batch))) > 1:
            self.batches += _parts(batch, worse)
        else:
            self.refused.update(batch)


def _parts(batch: list[Diagnostic], worse: frozenset[_Line]) -> list[list[Diagnostic]]:
    """The parts of a batch that failed, the most promising last: findings in lines that got worse,
    each alone; else, without the files that got worse; else, halves."""
    alone = [finding for finding in batch if _line(finding) in worse]
    if alone:
        rest = [finding for finding in batch if _line(finding) not in worse]
        return [*([finding] for finding in reversed(alone)), rest]
    files = {path for path, _ in worse}
    bad = [finding for finding in batch if _path(finding) in files]
    good = [finding for finding in batch if _path(finding) not in files]
    half = len(batch) // 2
    return [bad, good] if bad and good else [batch[half:], batch[:half]]


class _Trial(NamedTuple):
    """A project after some edits, and the lines that they made worse."""

    after: FixOutcome
    worse: frozenset[_Line]
    is_better: bool


def _settled(
    before: FixOutcome, wanted: Sequence[Diagnostic], again: _Compile, select: Select
) -> _Trial:
    """The project after some edits, and those of what they bring to light."""
    first = after = _after(before, wanted, again)
    known = set(map(_what, before.compilation.diagnostics))
    for _ in range(DEEPEST):
        if _is_better(before, after, wanted):
            return _Trial(after, frozenset(), True)
        found = select(after.compilation).diagnostics
        new = _apart(finding for finding in found if _what(finding) not in known)
        if not new:
            break
        after = _after(after, new, again)
    brought = (
        diagnostic for diagnostic in first.compilation.diagnostics if _what(diagnostic) not in known
    )
    return _Trial(before, frozenset(line for finding in brought for line in _lines(finding)), False)


def _lines(finding: Diagnostic) -> Iterator[_Line]:
    """Where a finding is, and the other places that it is about."""
    places = (finding.location, *(related.location for related in finding.related))
    return ((place.path, place.span.start.line) for place in places)


def _apart(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings with edits that do not overlap."""
    chosen: list[Diagnostic] = []
    taken: dict[str, list[Span]] = {}
    for finding in found:
        edits = finding.fix.edits if finding.fix else ()
        places = [edit.location for edit in edits if isinstance(edit, TextEdit)]
        if edits and all(_is_apart(at.span, taken.get(at.path, ())) for at in places):
            chosen.append(finding)
            for at in places:
                insort(taken.setdefault(at.path, []), at.span)
    return chosen


def _is_apart(span: Span, others: Sequence[Span]) -> bool:
    """Whether a span overlaps none of some others, which are sorted and do not overlap each
    other."""
    after = bisect(others, span)
    near = others[max(0, after - 1) : after + 1]
    return all(span.end <= other.start or other.end <= span.start for other in near)


def _after(state: FixOutcome, wanted: Sequence[Diagnostic], again: _Compile) -> FixOutcome:
    edits = [edit for finding in wanted if finding.fix for edit in finding.fix.edits]
    gone = {edit.path for edit in edits if isinstance(edit, DeleteFile)}
    by_path: dict[str, list[TextEdit]] = {}
    for edit in edits:
        if isinstance(edit, TextEdit):
            by_path.setdefault(edit.location.path, []).append(edit)
    manifests = tuple(
        edited(manifest, by_path[manifest.path]) if manifest.path in by_path else manifest
        for manifest in state.sources.manifests
        if manifest.path not in gone
    )
    sources = state.sources._replace(manifests=manifests)
    fixed = (*state.fixed, *wanted)
    return FixOutcome(sources, again(sources), fixed)


def _is_better(before: FixOutcome, after: FixOutcome, fixed: Sequence[Diagnostic]) -> bool:
    old, new = (outcome.compilation.diagnostics for outcome in (before, after))
    gone = Counter(map(_place, fixed))
    lines = Counter(map(_place, old)), Counter(map(_place, new))
    return (
        all(lines[1][line] <= lines[0][line] - number for line, number in gone.items())
        and _is_no_more(map(_path, old), map(_path, new))
        and not _comes_in_place(before, new, fixed)
        and _is_no_more(map(_path, _errors(old)), map(_path, _errors(new)))
        and _is_no_more(_broken(old), _broken(new))
        and _is_no_more(_joint(old), _joint(new))
        and after.compilation.project.opaque_groups <= before.compilation.project.opaque_groups
    )


def _comes_in_place(
    before: FixOutcome, new: Iterable[Diagnostic], fixed: Iterable[Diagnostic]
) -> bool:
    """Whether there is a new finding, with any code, where something has been fixed."""
    known = set(map(_what, before.compilation.diagnostics))
    brought: dict[str, list[Diagnostic]] = {}
    for finding in new:
        if _what(finding) not in known:
            brought.setdefault(_path(finding), []).append(finding)
    texts = before.compilation.texts
    places = [
        place
        for finding in fixed
        if _path(finding) in brought
        for place in _edited_places(finding, texts)
    ]
    return any(
        place.span.start <= finding.location.span.start < place.span.end
        for place in places
        for finding in brought.get(place.path, ())
    )


def _edited_places(finding: Diagnostic, texts: Mapping[str, SourceFile]) -> Iterator[Location]:
    """The lines that edits affect: for a value, its own; for a key, also all that is under it."""
    for edit in finding.fix.edits if finding.fix else ():
        if isinstance(edit, TextEdit):
            start = edit.location.span.start
            lines = (
                _lines_below(texts[edit.location.path], start)
                if finding.correction and finding.correction.is_key
                else 1
            )
            yield Location(edit.location.path, Span(start, Position(start.line + lines, 0)))


def _lines_below(source: SourceFile, key: Position) -> int:
    """How many lines a key takes, including what is indented under it."""
    for number in range(key.line + 1, len(source.line_starts)):
        line = source.line(number)
        text = line.lstrip(" ")
        indent = len(line) - len(text) + text.startswith("- ")
        if text and not text.startswith("#") and indent <= key.column:
            return number - key.line
    return len(source.line_starts) - key.line


def _is_no_more(old: Iterable[object], new: Iterable[object]) -> bool:
    return Counter(new) <= Counter(old)


def _line(finding: Diagnostic) -> _Line:
    return finding.location.path, finding.location.span.start.line


def _place(finding: Diagnostic) -> tuple[_Line, Code]:
    """Edits do not move lines, so a finding can be recognized by its line."""
    return _line(finding), finding.code


def _mark(finding: Diagnostic) -> tuple[tuple[_Line, Code], str]:
    return _place(finding), finding.message


def _what(finding: Diagnostic) -> tuple[str, Code, str]:
    return finding.location.path, finding.code, finding.message


def _path(finding: Diagnostic) -> str:
    return finding.location.path


def _errors(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    return (finding for finding in found if finding.is_error)


def _broken(found: Iterable[Diagnostic]) -> Iterator[str]:
    """The files that cannot be parsed, whose other mistakes are unknown."""
    return (_path(finding) for finding in found if finding.code is Code.YAML_SYNTAX)


def _joint(found: Iterable[Diagnostic]) -> Iterator[tuple[Code, str]]:
    return ((finding.code, finding.message) for finding in found if finding.code.joint)
