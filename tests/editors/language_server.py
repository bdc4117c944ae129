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
PATIENCE = 60
"""Seconds until an answer that does not come is a failure."""

Message = dict[str, Any]


@dataclass(frozen=True)
class Diagnostic:
    """What an editor underlines, and what it says of it."""

    line: int
    """From zero, as all numbers here."""
    words: str
    """What is underlined."""
    message: str
    severity: int = 1


class LanguageServer:
    """A running server, whose workspace is a project."""

    def __init__(self, process: "subprocess.Popen[bytes]", root: Path, settings: Message) -> None:
        self.root = root
        self._process = process
        self._settings = settings
        self._inbox: Queue[Message] = Queue()
        self._texts: dict[str, str] = {}
        self._sent = 0
        self._version = 0
        threading.Thread(target=self._read, daemon=True).start()
        self._initialize()

    def open(self, path: str, text: str) -> None:
        """As an editor does when a file is opened, or when all of its text is replaced."""
        uri = self._uri(path)
        if uri in self._texts:
            self.close(path)
        self._texts[uri] = text
        self._version += 1  # the server keeps what it knows of a version, even of a closed file
        document = {"uri": uri, "languageId": "yaml", "version": self._version, "text": text}
        self.notify("textDocument/didOpen", textDocument=document)

    def close(self, path: str) -> None:
        uri = self._uri(path)
        del self._texts[uri]
        self.notify("textDocument/didClose", textDocument={"uri": uri})
        self._published(uri)

    def complete(self, path: str, text: str) -> list[Message]:
        """What is proposed where `|` stands in the text."""
        answer = self._at("textDocument/completion", path, text)
        items = answer["items"] if isinstance(answer, dict) else answer
        return sorted(items or [], key=lambda item: item.get("sortText") or item["label"])

    def hover(self, path: str, text: str) -> str:
        """What is shown when the mouse rests where `|` stands in the text."""
        answer = self._at("textDocument/hover", path, text)
        return str(answer["contents"]["value"]) if answer else ""

    def diagnose(self, path: str, text: str) -> list[Diagnostic]:
        """What is underlined in the text."""
        self.open(path, text)
        return self.diagnostics(path)

    def diagnostics(self, path: str) -> list[Diagnostic]:
        """What the server says next of a file that is open."""
        uri = self._uri(path)
        found = self._published(uri)
        return [_diagnostic(it, self._texts[uri]) for it in found]

    def files_changed(self, *paths: str) -> None:
        """As an editor does that watches the folder."""
        changes = [{"uri": self._uri(path), "type": 2} for path in paths]
        self.notify("workspace/didChangeWatchedFiles", changes=changes)

    def request(self, method: str, **params: Any) -> Any:
        self._sent += 1
        number = self._sent
        self._send({"id": number, "method": method, "params": params})
        answer = self._until(lambda it: it.get("id") == number and "method" not in it)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def notify(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def _initialize(self) -> None:
        folder = {"uri": self.root.as_uri(), "name": self.root.name}
        workspace = {"configuration": True, "workspaceFolders": True}
        self.request(
            "initialize",
            processId=None,
            rootUri=folder["uri"],
            workspaceFolders=[folder],
            capabilities={
                "workspace": workspace,
                "textDocument": {"hover": {"contentFormat": ["markdown"]}},
            },
        )
        self.notify("initialized")
        self.notify("workspace/didChangeConfiguration", settings={})
        self._until(lambda it: it.get("method") == "workspace/configuration")

    def _at(self, method: str, path: str, text: str) -> Any:
        before, mark, after = text.partition("|")
        assert mark, "the text does not say where"
        self.open(path, before + after)
        position = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
        return self.request(method, textDocument={"uri": self._uri(path)}, position=position)

    def _published(self, uri: str) -> list[Message]:
        def told(message: Message) -> bool:
            told_of = message.get("method") == "textDocument/publishDiagnostics"
            return told_of and message["params"]["uri"] == uri

        found: list[Message] = self._until(told)["params"]["diagnostics"]
        return found

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

    def _uri(self, path: str) -> str:
        return (self.root / path).as_uri()


def _message(stream: IO[bytes]) -> Message:
    length = 0
    while (line := stream.readline()).strip():
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    found: Message = json.loads(stream.read(length)) if length else {}
    return found


def _diagnostic(item: Message, text: str) -> Diagnostic:
    start, end = item["range"]["start"], item["range"]["end"]
    lines = text.splitlines(keepends=True)
    words = "".join(lines[start["line"] : end["line"] + 1])
    cut = len("".join(lines[start["line"] : end["line"]])) + end["character"]
    words = words[start["character"] : cut]
    return Diagnostic(start["line"], words, item["message"], item["severity"])


@contextmanager
def language_server(root: Path) -> Iterator[LanguageServer]:
    """A server with the settings of VS Code in a project, ended with the block."""
    node = shutil.which("node")
    assert node, "Node is not installed: `.ci/run` does that"
    assert SERVER.exists(), "yaml-language-server is not installed: `make test` does that, with npm"
    command = [node, str(SERVER), "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield LanguageServer(process, root, settings_of(root))
        finally:
            process.kill()


def settings_of(root: Path) -> Message:
    """The settings of VS Code in a project, by section. Schemas of strangers are not fetched."""
    written = json.loads((root / ".vscode/settings.json").read_text("utf-8"))
    sections: Message = {"yaml": {"schemaStore": {"enable": False}}}
    for name, value in written.items():
        section, _, key = name.partition(".")
        sections.setdefault(section, {})[key] = value
    return sections
