"""The schema of what `check --format json` writes."""

from __future__ import annotations

from pipes_projects.findings import Findings
from pipes_projects.manifest.contract import Contract
from pipes_projects.schema.fields import DRAFT, Schema, model_schema


def findings_schema(contract: Contract) -> Schema:
    """The same for every contract."""
    del contract
    return {"$schema": DRAFT, "title": "Findings of Pipes Projects", **model_schema(Findings)}
