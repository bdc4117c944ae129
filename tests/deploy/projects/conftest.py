"""Projects that are deployed."""

from pathlib import Path

import pytest

from tests.support.folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty project."""
    return Folder(tmp_path / "project")
