"""The JSON Schema of a ledger, for those who read one without this package."""

from __future__ import annotations

from typing import Final

from pipes_projects.deploy.ledger.document import Ledger
from pipes_projects.schema import Schema
from pipes_projects.schema.fields import DRAFT, model_schema

FILE: Final = "deployment-ledger.schema.json"


def ledger_schema() -> Schema:
    """One version of one branch's deployment."""
    return {"$schema": DRAFT, "title": "A ledger of a deployment", **model_schema(Ledger)}
