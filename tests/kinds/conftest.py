"""One backend for each kind; what it needs is started when the first test asks for it."""

from collections.abc import Iterator
from contextlib import ExitStack
from uuid import uuid4

import pytest

from tests.kinds.backends import BACKENDS, Backend
from tests.support.processes.scripts import marked
from tests.support.processes.trees import WITNESS


class Backends:
    """Those that have been started."""

    def __init__(self, folders: pytest.TempPathFactory, stack: ExitStack) -> None:
        self.folders, self.stack = folders, stack
        self.started: dict[str, Backend] = {}

    def of(self, kind: str) -> Backend:
        """The one for a kind."""
        if kind not in self.started:
            made = BACKENDS[kind](self.folders.mktemp(kind))
            self.started[kind] = self.stack.enter_context(made)
        return self.started[kind]


@pytest.fixture(scope="session")
def backends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backends]:
    with ExitStack() as stack:
        yield Backends(tmp_path_factory, stack)


@pytest.fixture(params=sorted(BACKENDS))
def backend(
    request: pytest.FixtureRequest, backends: Backends, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Backend]:
    """Each kind in turn; it must have left nothing."""
    found = backends.of(request.param)
    for name, value in found.environment.items():
        monkeypatch.setenv(name, value)
    yield found
    assert found.left() == []


@pytest.fixture
def witness() -> Iterator[str]:
    """A mark of the processes of this test's scripts, which must all be gone at its end."""
    value = uuid4().hex
    yield value
    left = marked(WITNESS, value)
    for process in left:
        process.kill()
    assert left == []
