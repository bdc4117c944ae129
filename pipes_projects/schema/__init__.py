"""JSON Schema: what editors and CI read, made from the models; and the contract inside it."""

from pipes_projects.schema.contract import ContractError, read_contract
from pipes_projects.schema.documents import (
    manifest_schema,
    multi_asset_schema,
    render,
    single_asset_schema,
)

__all__ = [
    "ContractError",
    "manifest_schema",
    "multi_asset_schema",
    "read_contract",
    "render",
    "single_asset_schema",
]
