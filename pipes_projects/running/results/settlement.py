"""What counts as made: what a script reported, compared with what it had to make, for every host.

Keys are those in manifests, as text with slashes. A host translates its own keys first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pipes_projects.running.ending import Ending
from pipes_projects.running.results.names import listed, nearest_asset, nearest_check

UNREPORTED = "the script did not report this check"
_REPORT = "a script that opens Pipes calls `pipes.report_asset_materialization()` for what it made"
_AFTER_ALL = "what is reported of `{}` after all its partitions is not recorded: report it first"


class CheckName(NamedTuple):
    """A check, identified by its asset and its name."""

    asset: str
    name: str

    def __str__(self) -> str:
        return f"check `{self.name}` of `{self.asset}`"


class Expected(NamedTuple):
    """What a script may report in a run, and what it must."""

    declared: Collection[str]
    """Every asset of its manifest."""
    selected: Mapping[str, frozenset[str]]
    """The assets that the run asks for, each with those among them that it depends on."""
    checks: Collection[CheckName] = ()
    """Every check of its manifest."""
    selected_checks: Collection[CheckName] = ()
    partitions: Sequence[str] | None = None
    """The partitions of the run; None for assets without partitions."""
    apart: Collection[str] = ()
    """Assets in quarantine: reports about them do not count."""
    names: Mapping[str, str] = {}
    """Other names for assets, with their keys."""


class Materialization(NamedTuple):
    """An asset was made: all of the run's partitions, or one."""

    asset: str | None
    metadata: Mapping[str, Any]
    data_version: str | None = None
    partition: str | None = None
    is_last: bool = False
    """Whether it is one partition, and with it all of the run's are made."""
    is_held_back: bool = False
    """Whether it is made from an asset of the same script that was never reported."""
    original: Any = None
    """The host's own object that it was made from."""


class CheckResult(NamedTuple):
    """The result of a check."""

    asset: str | None
    name: str | None
    passed: bool
    severity: str = "ERROR"
    metadata: Mapping[str, Any] = {}
    description: str | None = None
    original: Any = None
    """The host's own object that it was made from."""


Report = Materialization | CheckResult


class UnexpectedReportError(Exception):
    """A script reported something unexpected; says what."""


class Settlement:
    """Takes reports one by one, and says what counts; finally, what is wrong with them overall."""

    def __init__(self, expected: Expected) -> None:
        self.expected = expected
        self.made: set[str] = set()
        self.made_partitions: dict[str, set[str]] = {}
        self.wholes: dict[str, Materialization] = {}
        """The first report of each whole asset."""
        self.passed_on: set[str] = set()
        self.held: dict[str, list[Materialization]] = {}
        """What waits for other assets."""
        self.checked: set[CheckName] = set()
        self.waiting: dict[str, list[CheckResult]] = {}
        self.problems: list[str] = []
        self.notes: list[str] = []
        """Warnings."""
        self.of_run: Mapping[str, Any] = {}
        """Metadata of all that is made in the run, beside what the script reports."""
        self.has_opened = self.has_closed = self.is_finished = False

    def settle(self, report: Report) -> Iterator[Report]:
        """What counts in a report, plus what was waiting for it; keys are those of the manifest."""
        try:
            if isinstance(report, CheckResult):
                yield from self._check(report)
            elif self._key(report.asset) not in self.expected.apart:
                yield from self._asset(report)
        except UnexpectedReportError as error:
            self.problems.append(str(error))

    def refuse(self, keys: Iterable[str | None]) -> None:
        """Say what is wrong with reports that the client in the script did not pass on."""
        for key in keys:
            try:
                self._selected(key)
            except UnexpectedReportError as error:
                self.problems.append(str(error))

    def opened(self) -> None:
        """The script opens Pipes, perhaps again: another program of its own may have closed it."""
        self.has_opened, self.has_closed = True, False

    def malformed(self, problem: str) -> None:
        """Something is no message; it may have been the one with which the script closed Pipes."""
        self.problems.append(problem)
        self.has_closed = True

    def _asset(self, report: Materialization) -> Iterator[Report]:
        key = self._selected(report.asset)
        full = report._replace(asset=key, metadata={**self.of_run, **report.metadata})
        if report.partition is not None:
            yield from self._partition(key, full)
            yield from self._checks_of(key)
        elif key not in self.made:
            self.made.add(key)
            self.wholes[key], self.held[key] = full, [full]
            yield from self._ready()
        elif report.metadata or report.data_version:
            self._again(key, full)

    def _again(self, key: str, report: Materialization) -> None:
        """Say that another report of a whole asset is not recorded, if that loses anything."""
        if report.original is not None or report == self.wholes.get(key):
            return  # a client may add what was already reported by name, with metadata of its own
        if key in self.made_partitions:
            self.notes.append(_AFTER_ALL.format(key))
        else:
            message = f"the script reported `{key}` twice: what it said the second time is lost"
            raise UnexpectedReportError(message)

    def _partition(self, key: str, report: Materialization) -> Iterator[Report]:
        known = self.expected.partitions
        if known is None or report.partition not in known:
            name = f"partition `{report.partition}` of `{key}`"
            raise UnexpectedReportError(f"the script reported {name}, which this run does not make")
        done = self.made_partitions.setdefault(key, set())
        done.add(str(report.partition))
        if key in self.held:
            self.held[key].append(report)
        elif key in self.made or len(done) < len(set(known)):
            yield report
        else:
            self.made.add(key)
            self.held[key] = [report._replace(is_last=True)]
            yield from self._ready()

    def _ready(self) -> Iterator[Report]:
        """An asset counts once the assets of its script that it depends on do."""
        while ready := [key for key in self.held if self._upstream(key) <= self.passed_on]:
            for key in ready:
                self.passed_on.add(key)
                yield from self.held.pop(key)
                yield from self._checks_of(key)

    def _upstream(self, key: str) -> frozenset[str]:
        return self.expected.selected[key]

    def _key(self, name: str | None) -> str | None:
        return self.expected.names.get(name, name) if name is not None else None

    def _selected(self, name: str | None) -> str:
        key, selected = self._key(name), self.expected.selected
        if key is None and len(selected) == 1:
            return next(iter(selected))
        if key is None:
            keys = ", ".join(f"`{key}`" for key in sorted(selected))
            raise UnexpectedReportError(f"the script reported an asset without its key: {keys}")
        if key not in self.expected.declared:
            known = nearest_asset(key, self.expected.declared)
            message = f"the script reported `{name}`, which its manifest does not declare: {known}"
            raise UnexpectedReportError(message)
        if key not in selected:
            message = f"the script reported `{name}`, which was not selected in this run"
            raise UnexpectedReportError(message)
        return key

    def _check(self, report: CheckResult) -> Iterator[CheckResult]:
        key = self._key(report.asset)
        if key is not None and key in self.expected.apart:
            return
        check = self._expected_check(report, key)
        if check in self.checked:
            raise UnexpectedReportError(f"the script reported {check} twice")
        self.checked.add(check)
        self.waiting.setdefault(check.asset, []).append(
            report._replace(asset=check.asset, name=check.name)
        )
        yield from self._checks_of(check.asset)

    def _checks_of(self, key: str) -> Iterator[CheckResult]:
        """A check counts after its asset, if that is to be made at all."""
        if key in self.passed_on or key not in self.expected.selected:
            yield from self.waiting.pop(key, ())

    def _expected_check(self, report: CheckResult, key: str | None) -> CheckName:
        fits = [
            check
            for check in self.expected.checks
            if key in (None, check.asset) and report.name in (None, check.name)
        ]
        fits = [name for name in fits if name in self.expected.selected_checks] or fits
        if len(fits) != 1:
            raise UnexpectedReportError(self._unknown_check(report, fits))
        if fits[0] not in self.expected.selected_checks:
            message = f"the script reported {fits[0]}, which was not selected in this run"
            raise UnexpectedReportError(message)
        return fits[0]

    def _unknown_check(self, report: CheckResult, fits: Collection[CheckName]) -> str:
        name = f"check `{report.name}`" if report.name else "a check without its name"
        of = f" of `{report.asset}`" if report.asset else ""
        if fits:
            return f"the script reported {name}{of}, which may be {' or '.join(map(str, fits))}"
        message = f"the script reported {name}{of}, which its manifest does not declare"
        names = sorted({check.name for check in self.expected.checks})
        return f"{message}: {nearest_check(report.name or '', names)}"

    def finish(self, ending: Ending) -> Iterator[Report]:
        """What follows from how the script ended; afterwards, `problems` is complete."""
        if self.is_finished:
            return
        self.is_finished = True
        is_silent = not (self.has_opened or self.made or self.made_partitions or self.problems)
        if ending.is_success and is_silent:
            yield from self._all()
        held, self.held = self.held, {}
        for reports in held.values():
            yield from (made._replace(is_held_back=True) for made in reports)
        waiting, self.waiting = self.waiting, {}
        for checks in waiting.values():
            yield from checks
        if ending.is_success:
            yield from self._unreported_checks()
        if not is_silent:
            self.problems += list(self._missing())
        if self.has_opened and not self.has_closed and ending.is_success:
            self.problems.append(
                "the script opened Pipes and did not close it, so messages may be lost:"
                " write `with open_dagster_pipes() as pipes:`"
            )

    def _all(self) -> Iterator[Report]:
        """A script that does not use Pipes has made everything it was asked for."""
        for key in self.expected.selected:
            yield from self._asset(Materialization(key, {}))

    def _unreported_checks(self) -> Iterator[CheckResult]:
        for asset, name in sorted(set(self.expected.selected_checks) - self.checked):
            yield CheckResult(asset, name, False, description=UNREPORTED)

    def _missing(self) -> Iterator[str]:
        partial = {key: done for key, done in self.made_partitions.items() if key not in self.made}
        for key, done in sorted(partial.items()):
            names = listed(
                partition for partition in self.expected.partitions or () if partition not in done
            )
            yield f"the script did not report these partitions of `{key}`: {names}"
        missing = sorted(set(self.expected.selected) - self.made - partial.keys())
        if missing:
            help_ = "" if self.made or self.problems else f": {_REPORT}"
            yield f"the script did not report {listed(missing)}{help_}"
