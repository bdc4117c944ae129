"""The server that the tests of `kind: sql` share."""

from collections.abc import Iterator

import pytest

from tests.support.servers.postgres import postgres


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with postgres() as url:
        yield url
