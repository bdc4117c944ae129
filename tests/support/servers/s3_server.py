"""`python -m tests.support.servers.s3_server PORT`: moto's S3, one request after another.

Its own server looks whether a file is there and then puts it, for many at once: two could win.
"""

import sys
from collections.abc import Iterable
from threading import Lock
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import run_simple

_many = DomainDispatcherApplication(create_backend_app)
_one_at_a_time = Lock()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Moto's."""
    with _one_at_a_time:
        answer: Iterable[bytes] = _many(environ, start_response)
        return answer


if __name__ == "__main__":
    run_simple(
        "127.0.0.1",
        int(sys.argv[1]),
        application,
        threaded=True,
        request_handler=MotoRequestHandler,
    )
