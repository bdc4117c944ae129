"""Every code of a finding, with what is true of findings of that code."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """LSP's words; only errors make `check` fail."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Code(StrEnum):
    """Every finding there is; each has a section in `docs/diagnostics.md`."""

    UNREADABLE_FILE = "unreadable-file"
    YAML_SYNTAX = "yaml-syntax"
    REPEATED_KEY = "repeated-key"
    UNKNOWN_KEY = "unknown-key"
    MISSING_KEY = "missing-key"
    INVALID_VALUE = "invalid-value"
    UNKNOWN_KIND = "unknown-kind"
    WRONG_KIND_OPTIONS = "wrong-kind-options"
    KIND_OR_KINDS = "kind-or-kinds"
    NOT_FOR_EXTERNAL = "not-for-external"
    INVALID_NAME = "invalid-name"
    RESERVED_NAME = "reserved-name"
    MANIFEST_OUTSIDE_GROUP = "manifest-outside-group"
    MISSING_SCRIPT = "missing-script"
    AMBIGUOUS_SCRIPT = "ambiguous-script"
    SCRIPT_OUTSIDE_PROJECT = "script-outside-project"
    DUPLICATE_MANIFEST = "duplicate-manifest"
    DUPLICATE_ASSET = "duplicate-asset"
    UNKNOWN_DEPENDENCY = "unknown-dependency"
    DEPENDENCY_CYCLE = "dependency-cycle"
    INVALID_OWNER = "invalid-owner"
    INVALID_TAG = "invalid-tag"
    INVALID_POOL = "invalid-pool"
    UNKNOWN_PARTITIONS_DEF = "unknown-partitions-def"
    UNKNOWN_PARTITION_MAPPING = "unknown-partition-mapping"
    CONFLICTING_PARTITION_MAPPING = "conflicting-partition-mapping"
    PARTITION_MISMATCH = "partition-mismatch"
    UNKNOWN_AUTOMATION_CONDITION = "unknown-automation-condition"
    INVALID_CRON = "invalid-cron"
    SCHEDULE_ORDER = "schedule-order"
    UNUSED_DEFAULTS = "unused-defaults"


# Of permissions and the like the files' contents do not tell.
ALWAYS = frozenset({Code.UNREADABLE_FILE})


# Of many manifests together, or of which of several ways is shown.
OF_ALL = frozenset({Code.DEPENDENCY_CYCLE, Code.SCHEDULE_ORDER})


# Of what declares the assets that are named there.
OF_KEYS = frozenset({Code.UNKNOWN_DEPENDENCY, Code.DUPLICATE_ASSET, Code.PARTITION_MISMATCH})


# What was right as far as it went: a mend that makes such a finding was none.
JOINT = frozenset(
    {
        Code.REPEATED_KEY,
        Code.DUPLICATE_ASSET,
        Code.DEPENDENCY_CYCLE,
        Code.CONFLICTING_PARTITION_MAPPING,
        Code.PARTITION_MISMATCH,
        Code.SCHEDULE_ORDER,
    }
)


# Codes whose related places are as wrong as the place itself.
OF_ALL_PLACES = frozenset({Code.DUPLICATE_MANIFEST, Code.DUPLICATE_ASSET, Code.DEPENDENCY_CYCLE})
