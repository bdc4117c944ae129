"""What a process of a run is bound to, and what counts where Dagster says nothing."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from dagster._core.definitions.definitions_load_context import (
    DefinitionsLoadContext,
    DefinitionsLoadType,
)

from pipes_projects import InvalidProjectError
from pipes_projects.deploy.up import up
from pipes_projects.emitter.loading.deployed.pins import loader
from tests.support.deployments.deployed import Deployed


@contextmanager
def of_code_server() -> Iterator[Any]:
    context = DefinitionsLoadContext(DefinitionsLoadType.INITIALIZATION)
    with DefinitionsLoadContext.scoped(context):
        yield context


@contextmanager
def of_run(metadata: Any) -> Iterator[None]:
    context = DefinitionsLoadContext(DefinitionsLoadType.RECONSTRUCTION)
    vars(context)["reconstruction_metadata"] = metadata
    with DefinitionsLoadContext.scoped(context):
        yield


def version(deployed: Deployed, **arguments: Any) -> object:
    defs = deployed.definitions(deployment="dev", **arguments)
    (found,) = {spec.metadata["pipes_projects/version"] for spec in defs.resolve_all_asset_specs()}
    return found


def two_versions(deployed: Deployed) -> dict[str, Any]:
    """What the code server has written under the first of them."""
    up(deployed.site())
    with of_code_server() as context:
        assert version(deployed) == 1
        written = dict(context.get_pending_reconstruction_metadata())
    deployed.change("defs/sales/_prices.py", "ALL = 2\n")
    up(deployed.site())
    return written


def test_a_run_has_the_version_of_its_code_server(deployed: Deployed) -> None:
    with of_run(two_versions(deployed)):
        assert version(deployed) == 1
    assert version(deployed) == 2


def test_a_run_has_the_branch_of_its_code_server(deployed: Deployed) -> None:
    with of_run(two_versions(deployed)):
        deployed.switch("other")
        assert version(deployed) == 1


@pytest.mark.parametrize("written", [{}, None, "[1, 2"])
def test_without_a_pin_the_newest_counts(deployed: Deployed, written: Any) -> None:
    kept = two_versions(deployed)
    with of_run(dict.fromkeys(kept, written) if isinstance(written, str) else written):
        assert version(deployed) == 2


def test_a_version_that_is_gone_is_told(deployed: Deployed) -> None:
    written = two_versions(deployed)
    (deployed.shipped / "deployments/main/000001.json").unlink()
    with of_run(written), pytest.raises(InvalidProjectError) as refused:
        version(deployed)
    assert str(refused.value) == (
        "version 1 of `main`, for which this run began, is gone; reload the code location, and run"
        " it again"
    )


def test_where_dagster_has_no_such_module_no_process_is_a_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with of_run({}):
        assert loader() == "run"
        monkeypatch.setitem(sys.modules, DefinitionsLoadContext.__module__, None)
        assert loader() == "other"


def test_a_code_server_ships_nothing_while_manifests_have_errors(deployed: Deployed) -> None:
    up(deployed.site())
    deployed.change("defs/sales/orders.yaml", "depz: []\n")
    arguments = {"deploy_on_load": True, "on_error": "quarantine"}
    with of_code_server():
        assert version_of_sound(deployed, arguments) == 1
    deployed.change("defs/sales/orders.yaml", "")
    with of_code_server():
        assert version(deployed, deploy_on_load=True) == 2


def version_of_sound(deployed: Deployed, arguments: Any) -> object:
    specs = deployed.definitions(deployment="dev", **arguments).resolve_all_asset_specs()
    found = {spec.key.to_user_string(): spec.metadata for spec in specs}
    return found["sales/returns"]["pipes_projects/version"]


def test_validation_ships_nothing(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_IS_DEFS_VALIDATION_CLI", "1")
    with of_code_server():
        deployed.definitions(deploy_on_load=True)
    assert not deployed.shipped.exists()
