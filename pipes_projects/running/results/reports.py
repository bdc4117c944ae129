"""Messages of a script → what it reports about assets and checks, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pipes_projects.running.results.messages import Message
from pipes_projects.running.results.metadata import values
from pipes_projects.running.results.settlement import CheckResult, Materialization, Report

SEVERITIES = ("ERROR", "WARN")


class Reported(NamedTuple):
    """What a message reports; for most messages, nothing."""

    report: Report | None = None
    problems: tuple[str, ...] = ()


def reported(message: Message) -> Reported:
    """What a message reports. Invalid metadata is left out, and listed as a problem."""
    read = _READERS.get(message.method)
    return Reported() if read is None else read(message.params)


def _materialization(params: Mapping[str, Any]) -> Reported:
    key, version = params.get("asset_key"), params.get("data_version")
    wrong = _not_text("asset_key", key) or _not_text("data_version", version)
    if wrong:
        return Reported(None, (wrong,))
    metadata, problems = values(params.get("metadata"), f"asset `{key}`" if key else "an asset")
    return Reported(Materialization(key, metadata, version), problems)


def _check(params: Mapping[str, Any]) -> Reported:
    key, name = params.get("asset_key"), params.get("check_name")
    wrong = _not_text("asset_key", key) or _not_text("check_name", name)
    passed, severity = params.get("passed"), params.get("severity") or "ERROR"
    subject = f"check `{name}`" if name else "a check"
    if not wrong and not isinstance(passed, bool):
        wrong = f"{subject} is reported with `passed: {passed!r}`: it is true or false"
    if not wrong and severity not in SEVERITIES:
        wrong = f"{subject} is reported with severity {severity!r}: it is ERROR or WARN"
    if wrong:
        return Reported(None, (wrong,))
    metadata, problems = values(params.get("metadata"), subject)
    return Reported(CheckResult(key, name, bool(passed), severity, metadata), problems)


def _custom(params: Mapping[str, Any]) -> Reported:
    """A materialization of one partition; other payloads are the author's business."""
    payload = params.get("payload")
    if not isinstance(payload, dict) or "partition" not in payload:
        return Reported()
    partition = payload["partition"]
    if not isinstance(partition, str):
        return Reported(None, (_no_text("partition", partition),))
    told = _materialization(payload)
    made = (
        told.report._replace(partition=partition)
        if isinstance(told.report, Materialization)
        else None
    )
    return Reported(made, told.problems)


def _not_text(name: str, value: Any) -> str | None:
    return None if value is None or isinstance(value, str) else _no_text(name, value)


def _no_text(name: str, value: Any) -> str:
    return f"the script reported `{name}: {value!r}`, which is not text"


_READERS = {
    "report_asset_materialization": _materialization,
    "report_asset_check": _check,
    "report_custom_message": _custom,
}
