"""Storages of every kind; their servers are started when a test asks for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers.storages import Storages, Where


@pytest.fixture(scope="session")
def storages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storages]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        with Storages(tmp_path_factory.mktemp("storages")) as found:
            yield found


@pytest.fixture(params=Storages.KINDS)
def where(request: pytest.FixtureRequest, storages: Storages) -> Where:
    return storages.fresh(request.param)


@pytest.fixture
def folder(storages: Storages) -> Path:
    return Path(storages.fresh("folder").at)
