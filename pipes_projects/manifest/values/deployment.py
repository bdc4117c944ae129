"""What a script is told of the deployment that it runs in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

TOLD_AS: Final = "deployment"
"""The name by which scripts ask for it."""
IN_TEXT: Final = ("name", "slug", "branch")
"""What options of a kind may refer to, as `{deployment.slug}`."""
LOCAL: Final[Mapping[str, Any]] = {
    "name": "local",
    "slug": "local",
    "branch": "local",
    "is_production": False,
    "version": None,
}
"""Where nothing is deployed: no branch has this slug, so that data of branches stay as they are."""
