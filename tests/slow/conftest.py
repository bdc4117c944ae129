"""One site for all of these tests: Dagster's server, its daemon and PostgreSQL."""

import signal
from collections.abc import Iterator

import pytest

from tests.slow.site import Site, site


@pytest.fixture(scope="module")
def dagster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Started when the first test of a file asks for it: no other file sees its environment."""
    # In the background, a shell has SIGINT ignored, and so would all that is started from here.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with site(tmp_path_factory.mktemp("site")) as made:
        yield made
    signal.signal(signal.SIGINT, before)
