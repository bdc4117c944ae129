"""What scripts say through Pipes: whole, however it comes."""

import itertools
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipes_projects.running.results.messages import (
    METHODS,
    Lost,
    Malformed,
    Message,
    MessageReader,
    parsed,
)
from tests.support.processes.scripts import python, ran

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda its: st.lists(its) | st.dictionaries(st.text(), its),
    max_leaves=5,
)
PARAMS = st.dictionaries(st.text(), VALUES)
MESSAGES = st.lists(st.builds(Message, st.sampled_from(sorted(METHODS)), PARAMS))


def line(message: Message) -> bytes:
    return json.dumps(message._asdict()).encode() + b"\n"


@given(MESSAGES, st.lists(st.integers(0, 2000)))
def test_messages_are_read_whole_however_they_are_written(
    messages: list[Message], cuts: list[int]
) -> None:
    data, read = b"".join(map(line, messages)), list[Message | Malformed | Lost]()
    with TemporaryDirectory() as folder:
        reader = MessageReader(Path(folder) / "messages")
        edges = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
        for start, end in itertools.pairwise(edges):
            with open(reader.file.path, "ab") as file:
                file.write(data[start:end])
            read += reader.read()
        read += reader.finish()
        reader.close()
    assert read == messages


@pytest.mark.parametrize("half", [b"\\udcff", b"\\uD83D", b"\xed\xb3\xbf"])
def test_text_that_no_page_could_show_is_replaced(half: bytes) -> None:
    text = b'{"method": "log", "params": {"' + half + b'": ["a' + half + b'", "\\ud83d\\ude00"]}}'
    assert parsed(text) == Message("log", {"\ufffd": ["a\ufffd", "😀"]})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"hello\n", "is not JSON"),
        (b"\xff\xfe\n", "is not JSON"),
        (b"[" * 100_000 + b"\n", "is not JSON"),
        (b"5\n", "is not a message"),
        (b'{"method": 5}\n', "is not a message"),
        (b'{"method": "dance", "params": {}}\n', "has an unknown method"),
        (b'{"method": "log", "params": "hello"}\n', "has no parameters"),
        (b'{"method": "report_asset_check"}\n', "has no parameters"),
        (b'{"method": "log", "par', "was not written completely"),
    ],
)
def test_a_line_that_is_no_message_is_named_with_its_text(
    text: bytes, why: str, tmp_path: Path
) -> None:
    path = tmp_path / "messages"
    path.write_bytes(line(Message("opened", {})) + text)
    opened, malformed = MessageReader(path).finish()
    assert opened == Message("opened", {})
    assert isinstance(malformed, Malformed)
    assert (malformed.line, malformed.why) == (2, why)
    assert text.decode("utf-8", "replace").startswith(malformed.text[:100].rstrip("\n"))


def test_a_last_line_that_is_whole_needs_no_end(tmp_path: Path) -> None:
    path = tmp_path / "messages"
    path.write_bytes(line(Message("opened", {})).rstrip())
    assert list(MessageReader(path).finish()) == [Message("opened", {})]


def test_neither_the_size_nor_the_number_of_messages_loses_any(tmp_path: Path) -> None:
    text = """
        from dagster_pipes import open_dagster_pipes
        with open_dagster_pipes() as pipes:
            for number in range(20_000):
                pipes._message_channel.write_message(
                    {"__dagster_pipes_version": "0.1", "method": "log",
                     "params": {"message": str(number), "level": "INFO"}})
            pipes.report_asset_materialization(metadata={"text": "x" * 50_000_000})
    """
    outcome = ran(python(tmp_path, text), tmp_path)
    assert outcome.ending.is_success
    logs = [message.params["message"] for message in outcome.messages if message.method == "log"]
    assert logs == [str(number) for number in range(20_000)]
    (report,) = [
        message for message in outcome.messages if message.method == "report_asset_materialization"
    ]
    assert len(report.params["metadata"]["text"]["raw_value"]) == 50_000_000
    assert outcome.malformed == []


def test_a_script_that_dies_while_it_speaks_is_heard_to_that_point(tmp_path: Path) -> None:
    text = """
        import json, os, signal
        from dagster_pipes import decode_param
        path = decode_param(os.environ["DAGSTER_PIPES_MESSAGES"])["path"]
        with open(path, "w") as file:
            file.write(json.dumps({"method": "opened", "params": {}}) + "\\n" + '{"method": "lo')
        os.kill(os.getpid(), signal.SIGKILL)
    """
    outcome = ran(python(tmp_path, text), tmp_path)
    assert str(outcome.ending) == "killed by SIGKILL"
    assert outcome.messages == [Message("opened", {})]
    assert [str(complaint) for complaint in outcome.malformed] == [
        'line 2 of its Pipes messages was not written completely: {"method": "lo'
    ]


def test_a_shell_script_may_speak_too(tmp_path: Path) -> None:
    script = tmp_path / "script.sh"
    script.write_text(
        f"""decode() {{ {sys.executable} -c \
        'import sys, dagster_pipes as p; print(p.decode_param(sys.argv[1])["path"])' "$1"; }}
        messages=$(decode "$DAGSTER_PIPES_MESSAGES")
        echo '{{"method": "opened", "params": {{}}}}' >> "$messages"
        echo '{{"method": "closed", "params": null}}' >> "$messages"
        """
    )
    outcome = ran(["bash", str(script)], tmp_path)
    assert [message.method for message in outcome.messages] == ["opened", "closed"]


OPENED = """
    import json, os, shutil, sys, time
    from dagster_pipes import decode_param
    path = decode_param(os.environ["DAGSTER_PIPES_MESSAGES"])["path"]
    with open(path, "a") as file:
        file.write(json.dumps({"method": "opened", "params": {}}) + "\\n")
"""
REGRETS = {
    "os.remove(path)": "removed",
    "shutil.rmtree(os.path.dirname(path))": "removed",
    "os.remove(path); os.mkdir(path)": "replaced",
    "os.remove(path); os.mkfifo(path)": "replaced",
    "open('empty', 'w').close(); os.replace('empty', path)": "replaced",
    "os.truncate(path, 0)": "cut off",
}
"""What a script may do with the file of its messages, and what is said about that."""


@pytest.mark.parametrize("pause", ["", "time.sleep(0.5); "], ids=["unseen", "seen"])
@pytest.mark.parametrize(("regret", "how"), REGRETS.items())
def test_what_a_script_has_said_it_cannot_take_back(
    regret: str, how: str, pause: str, tmp_path: Path
) -> None:
    outcome = ran(python(tmp_path, f"{OPENED}    {pause}{regret}\n"), tmp_path)
    assert outcome.ending.is_success, outcome.stderr
    assert [str(loss) for loss in outcome.lost] == [
        f"the script {how} the file that takes its Pipes messages, so what it reported may be"
        " lost: only add to that file, as `dagster_pipes` does"
    ]


def test_what_is_said_in_place_of_what_was_taken_back_does_not_count(tmp_path: Path) -> None:
    again = "time.sleep(0.5); os.truncate(path, 0); open(path, 'a').write('{}\\n')"
    outcome = ran(python(tmp_path, f"{OPENED}    {again}\n"), tmp_path)
    assert [loss.how for loss in outcome.lost] == ["cut off"]


def test_a_script_that_may_not_be_read_any_more_is_read(tmp_path: Path) -> None:
    outcome = ran(python(tmp_path, f"{OPENED}    os.chmod(path, 0)\n"), tmp_path)
    assert (outcome.messages, outcome.lost) == ([Message("opened", {})], [])


def test_a_file_that_nobody_has_written_to_has_lost_nothing(tmp_path: Path) -> None:
    outcome = ran(python(tmp_path, "print('hello')\n"), tmp_path)
    assert (outcome.messages, outcome.lost) == ([], [])
