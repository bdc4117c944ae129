"""yaml-language-server as editors run it: over stdio, with the settings that a project has.

The client waits for each answer, so that a test reads from top to bottom. It is written here
because the libraries for it are asynchronous through and through.
"""

import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from typing import IO, Any

SERVER = Path(__file__).parent / "node_modules/yaml-language-server/bin/yaml-language-server"
MANIFEST = "defs/group{}/some.yaml"
DEFAULTS = "defs/group{}/_defaults.yaml"
PATIENCE = 60
"""Seconds until an answer that does not come is a failure."""

Message = dict[str, Any]

CAPABILITIES = {
    "workspace": {"configuration": True, "workspaceFolders": True},
    "textDocument": {
        "completion": {
            "completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}
        },
        "hover": {"contentFormat": ["markdown"]},
    },
}
"""What of VS Code's abilities the answers depend on."""


@dataclass(frozen=True)
class Diagnostic:
    """What an editor underlines, and what it says of it."""

    line: int
    """From 1, as editors count."""
    words: str
    """What is underlined."""
    message: str
    severity: int = 1
    """1 is an error, as LSP counts."""


class LanguageServer:
    """A running server, whose workspace is a project.

    Each text is opened as a file of its own, in a folder with a number: what the server says of
    one never is an answer about another.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", root: Path, settings: Message) -> None:
        self.root = root
        self._process = process
        self._settings = settings
        self._inbox: Queue[Message] = Queue()
        self._texts: dict[str, str] = {}
        self._sent = 0
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def started(self) -> "LanguageServer":
        """Itself, when it has the settings."""
        folder = {"uri": self.root.as_uri(), "name": self.root.name}
        self.request(
            "initialize",
            processId=None,
            rootUri=folder["uri"],
            workspaceFolders=[folder],
            capabilities=CAPABILITIES,
        )
        self.notify("initialized")
        self._until(lambda message: message.get("method") == "workspace/configuration")
        return self

    def end(self) -> None:
        self._process.kill()
        self._reader.join()

    def open(self, text: str, path: str = MANIFEST) -> str:
        """As an editor does with a file; its address."""
        uri = (self.root / path.format(len(self._texts))).as_uri()
        self._texts[uri] = text
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.notify("textDocument/didOpen", textDocument=document)
        return uri

    def complete(self, text: str, path: str = MANIFEST) -> list[Message]:
        """What is proposed where `|` stands in the text, in the order in which it is shown."""
        answer = self._at("textDocument/completion", text, path)
        return sorted(answer["items"], key=lambda item: item.get("sortText") or item["label"])

    def hover(self, text: str, path: str = MANIFEST) -> str:
        """What is shown when the mouse rests where `|` stands in the text."""
        answer = self._at("textDocument/hover", text, path)
        return str(answer["contents"]["value"]) if answer else ""

    def diagnose(self, text: str, path: str = MANIFEST) -> list[Diagnostic]:
        """What is underlined in the text."""
        return self.told_of(self.open(text, path))

    def told_of(self, uri: str) -> list[Diagnostic]:
        """What the server says next of an open file."""

        def is_it(message: Message) -> bool:
            about = message.get("method") == "textDocument/publishDiagnostics"
            return about and message["params"]["uri"] == uri

        found = self._until(is_it)["params"]["diagnostics"]
        return [_diagnostic(finding, self._texts[uri]) for finding in found]

    def files_changed(self, *paths: str) -> None:
        """As an editor does that watches the folder."""
        changes = [{"uri": (self.root / path).as_uri(), "type": 2} for path in paths]
        self.notify("workspace/didChangeWatchedFiles", changes=changes)

    def request(self, method: str, **params: Any) -> Any:
        self._sent += 1
        number = self._sent
        self._send({"id": number, "method": method, "params": params})
        answer = self._until(
            lambda message: message.get("id") == number and "method" not in message
        )
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def notify(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def _at(self, method: str, text: str, path: str) -> Any:
        before, mark, after = text.partition("|")
        assert mark, "the text does not say where"
        position = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
        document = {"uri": self.open(before + after, path)}
        return self.request(method, textDocument=document, position=position)

    def _until(self, wanted: Callable[[Message], bool]) -> Message:
        """The first message of that sort; what the server asks on the way is answered."""
        while True:
            message = self._next()
            if "method" in message and "id" in message:
                self._send({"id": message["id"], "result": self._answer(message)})
            if wanted(message):
                return message

    def _next(self) -> Message:
        try:
            message = self._inbox.get(timeout=PATIENCE)
        except Empty:
            raise AssertionError(f"no answer within {PATIENCE} s") from None
        assert message, "the server has ended"
        return message

    def _answer(self, asked: Message) -> Any:
        if asked["method"] != "workspace/configuration":
            return None
        items = asked["params"]["items"]
        return [self._settings.get(item.get("section", ""), {}) for item in items]

    def _send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout
        while message := _message(self._process.stdout):
            self._inbox.put(message)
        self._inbox.put({})


def _message(stream: IO[bytes]) -> Message:
    length = 0
    while (line := stream.readline()).strip():
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    body = stream.read(length)
    found: Message = json.loads(body) if length and len(body) == length else {}
    return found


def _diagnostic(item: Message, text: str) -> Diagnostic:
    start, end = (_offset(item["range"][side], text) for side in ("start", "end"))
    line = item["range"]["start"]["line"] + 1
    return Diagnostic(line, text[start:end], item["message"], item["severity"])


def _offset(position: Message, text: str) -> int:
    lines = text.splitlines(keepends=True)[: position["line"]]
    return len("".join(lines)) + int(position["character"])


@contextmanager
def language_server(root: Path) -> Iterator[LanguageServer]:
    """A server with the settings of VS Code in a project, ended with the block."""
    node = shutil.which("node")
    assert node, "Node is not installed: `.ci/run` does that"
    assert SERVER.exists(), "yaml-language-server is not installed: `make test` does that, with npm"
    settings = settings_of(root)
    command = [node, str(SERVER), "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        server = LanguageServer(process, root, settings)
        try:
            yield server.started()
        finally:
            server.end()


def settings_of(root: Path) -> Message:
    """The settings of VS Code in a project, by section. Schemas of strangers are not fetched."""
    written = json.loads((root / ".vscode/settings.json").read_text("utf-8"))
    sections: Message = {"yaml": {"schemaStore": {"enable": False}}}
    for name, value in written.items():
        section, _, key = name.partition(".")
        sections.setdefault(section, {})[key] = value
    return sections
