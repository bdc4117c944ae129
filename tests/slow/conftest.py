"""One site for all of these tests: Dagster's server, its daemon and PostgreSQL."""

import signal
from collections.abc import Iterator

import pytest

from tests.slow.site import Site, site


@pytest.fixture(scope="session")
def dagster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Started once, when the first test asks for it."""
    # In the background, a shell has SIGINT ignored, and so would all that is started from here.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with site(tmp_path_factory.mktemp("site")) as made:
        yield made
    signal.signal(signal.SIGINT, before)
