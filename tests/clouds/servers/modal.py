"""As much of Modal as `modal run` asks for a local entrypoint: an app, and its log."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Thread
from typing import Any

from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message
from grpclib import GRPCError, Status
from grpclib.server import Server, Stream
from modal_proto import api_pb2
from modal_proto.api_grpc import ModalClientBase

_PAGE = "https://example.com"
_MAIN = api_pb2.EnvironmentMetadata(name="main")
ANSWERS: Mapping[str, Message] = {
    "ClientHello": api_pb2.ClientHelloResponse(),
    "AppCreate": api_pb2.AppCreateResponse(app_id="ap-1", app_page_url=_PAGE),
    "AppPublish": api_pb2.AppPublishResponse(url=_PAGE),
    "AppHeartbeat": Empty(),
    "AppClientDisconnect": Empty(),
    "EnvironmentGetOrCreate": api_pb2.EnvironmentGetOrCreateResponse(
        environment_id="en-1", metadata=_MAIN
    ),
}


class Modal:
    """What it was asked, by name, and with which tokens."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.tokens: set[str] = set()
        self.url = ""

    def ask(self, name: str, token: str) -> Message:
        self.asked.append(name)
        self.tokens.add(token)
        if name not in ANSWERS:
            raise GRPCError(Status.UNIMPLEMENTED, name)
        return ANSWERS[name]

    async def log(self) -> Message:
        """The end of a log, which comes with that of its app."""
        while self.asked[-1] != "AppClientDisconnect":
            await asyncio.sleep(0.1)
        return api_pb2.TaskLogsBatch(app_done=True)


def _answering(name: str, modal: Modal) -> Callable[..., Awaitable[None]]:
    async def answer(_: object, stream: "Stream[Any, Any]") -> None:
        await stream.recv_message()
        token = str((stream.metadata or {}).get("x-modal-token-id"))
        is_log = name == "AppGetLogs"
        await stream.send_message(await modal.log() if is_log else modal.ask(name, token))

    return answer


@contextmanager
def modal() -> Iterator[Modal]:
    """A server on this machine."""
    found = Modal()
    methods = {name: _answering(name, found) for name in ModalClientBase.__abstractmethods__}
    service = type("Service", (ModalClientBase,), methods)
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def started() -> Server:
        server = Server([service()])
        await server.start("127.0.0.1", 0)
        return server

    server = asyncio.run_coroutine_threadsafe(started(), loop).result()
    found.url = f"http://127.0.0.1:{server._server.sockets[0].getsockname()[1]}"
    try:
        yield found
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
