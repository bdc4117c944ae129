"""Every code of a finding, with what is true of all findings with that code: one table."""

from __future__ import annotations

from enum import Enum, StrEnum, auto
from typing import Self


class Severity(StrEnum):
    """LSP's words; only errors make `check` fail."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Scope(Enum):
    """Which files, besides those at its places, decide whether a finding exists."""

    FILES = auto()
    """No others: only the manifests at its places, their scripts, and the defaults above them."""
    KEYS = auto()
    """Files that declare the assets named there."""
    GROUP = auto()
    """All files of their group, and the manifests that name them, or did."""
    PROJECT = auto()
    """All manifests together."""
    MACHINE = auto()
    """Something other than files: permissions, missing folders."""


class Code(StrEnum):
    """Every kind of finding; each has a section in `docs/diagnostics.md`."""

    severity: Severity
    scope: Scope
    joint: bool
    """Whether its parts are fine by themselves and wrong only together: a fix elsewhere that leads
    to such a finding is not kept."""
    wrong_everywhere: bool
    """Whether its related places are as wrong as the place itself."""
    of_a_name: bool
    """Whether it is about the name of something that may have been removed."""

    def __new__(
        cls,
        value: str,
        severity: Severity = Severity.ERROR,
        scope: Scope = Scope.FILES,
        joint: bool = False,
        wrong_everywhere: bool = False,
        of_a_name: bool = False,
    ) -> Self:
        """A code, with what is true of it."""
        code = str.__new__(cls, value)
        code._value_ = value
        code.severity, code.scope = severity, scope
        code.joint, code.wrong_everywhere, code.of_a_name = joint, wrong_everywhere, of_a_name
        return code

    UNREADABLE_FILE = "unreadable-file", Severity.ERROR, Scope.MACHINE
    YAML_SYNTAX = "yaml-syntax"
    REPEATED_KEY = "repeated-key"
    UNKNOWN_KEY = "unknown-key"
    MISSING_KEY = "missing-key"
    INVALID_VALUE = "invalid-value"
    UNKNOWN_KIND = "unknown-kind", Severity.ERROR, Scope.FILES, False, False, True
    WRONG_KIND_OPTIONS = "wrong-kind-options"
    KIND_OR_KINDS = "kind-or-kinds"
    NOT_FOR_EXTERNAL = "not-for-external"
    NOT_FOR_KIND = "not-for-kind"
    INVALID_NAME = "invalid-name"
    RESERVED_NAME = "reserved-name"
    MANIFEST_OUTSIDE_GROUP = "manifest-outside-group"
    MISSING_SCRIPT = "missing-script", Severity.ERROR, Scope.FILES, False, False, True
    AMBIGUOUS_SCRIPT = "ambiguous-script"
    SCRIPT_OUTSIDE_PROJECT = "script-outside-project"
    DUPLICATE_MANIFEST = "duplicate-manifest", Severity.ERROR, Scope.FILES, False, True
    DUPLICATE_ASSET = "duplicate-asset", Severity.ERROR, Scope.KEYS, True, True
    UNKNOWN_DEPENDENCY = "unknown-dependency", Severity.ERROR, Scope.KEYS, False, False, True
    DEPENDENCY_CYCLE = "dependency-cycle", Severity.ERROR, Scope.PROJECT, True, True
    INVALID_OWNER = "invalid-owner"
    INVALID_TAG = "invalid-tag"
    INVALID_POOL = "invalid-pool", Severity.ERROR, Scope.FILES, False, False, True
    UNKNOWN_PARTITIONS_DEF = (
        *("unknown-partitions-def", Severity.ERROR, Scope.FILES, False, False, True),
    )
    UNKNOWN_PARTITION_MAPPING = (
        *("unknown-partition-mapping", Severity.ERROR, Scope.FILES, False, False, True),
    )
    CONFLICTING_PARTITION_MAPPING = (
        *("conflicting-partition-mapping", Severity.ERROR, Scope.FILES, True),
    )
    PARTITION_MISMATCH = "partition-mismatch", Severity.ERROR, Scope.KEYS, True
    UNKNOWN_AUTOMATION_CONDITION = (
        *("unknown-automation-condition", Severity.ERROR, Scope.FILES, False, False, True),
    )
    UNKNOWN_CONNECTION = (*("unknown-connection", Severity.ERROR, Scope.FILES, False, False, True),)
    MISSING_PACKAGE = "missing-package", Severity.HINT, Scope.MACHINE
    UNDECLARED_DEPENDENCY = "undeclared-dependency", Severity.WARNING, Scope.KEYS
    UNREAD_DEPENDENCY = "unread-dependency", Severity.HINT, Scope.KEYS
    UNKNOWN_PARAM = "unknown-param"
    INVALID_CRON = "invalid-cron"
    SCHEDULE_ORDER = "schedule-order", Severity.WARNING, Scope.PROJECT, True
    UNUSED_DEFAULTS = "unused-defaults", Severity.WARNING
    MISNAMED_FILE = "misnamed-file"
    NOT_A_MANIFEST = "not-a-manifest"
    MISSING_FOLDER = "missing-folder", Severity.ERROR, Scope.MACHINE
    CODE_PATH_WITHOUT_FILES = "code-path-without-files", Severity.WARNING, Scope.MACHINE
    SCRIPT_WITHOUT_MANIFEST = "script-without-manifest", Severity.HINT, Scope.GROUP
    SCRIPT_NOT_RUN = "script-not-run", Severity.WARNING
    CASE_COLLISION = "case-collision", Severity.WARNING, Scope.GROUP
    MERGE_CONFLICT = "merge-conflict", Severity.WARNING
    PYTHON_SYNTAX = "python-syntax", Severity.WARNING
    NOTEBOOK_SYNTAX = "notebook-syntax"
    SCRIPT_ENCODING = "script-encoding"
    WINDOWS_LINE_ENDS = "windows-line-ends", Severity.WARNING
    UNEXPANDED_VALUE = "unexpanded-value", Severity.WARNING
    LEADING_ZEROS = "leading-zeros", Severity.WARNING
    NOT_JSON = "not-json", Severity.WARNING
    EITHER_DAY = "either-day", Severity.WARNING
