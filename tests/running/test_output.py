"""What scripts print: live, whole, and without secrets."""

import json
import sys
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipes_projects.running.output import Tail
from pipes_projects.text.masking import MASK, DataMasking, Masking, all_forms, masked
from tests.support.processes.scripts import python, ran

LETTERS = st.sampled_from("ab\n")
TEXTS = st.text(LETTERS, max_size=30)


@given(st.lists(TEXTS, max_size=6), st.lists(st.text(LETTERS, min_size=1, max_size=8), max_size=3))
def test_secrets_are_masked_wherever_the_pieces_part(pieces: list[str], secrets: list[str]) -> None:
    written: list[bytes] = []
    masking = Masking(secrets, written.append)
    for piece in pieces:
        masking(piece.encode())
    masking.close()
    shown = b"".join(written)
    for secret in secrets:
        assert secret.encode() not in shown.replace(MASK, b"*")
    assert shown == masked("".join(pieces).encode(), all_forms(secrets))


@pytest.mark.parametrize(
    ("secrets", "pieces"),
    [
        (["admin", "admin-of-all"], ["admin", "-of-all"]),
        (["hunter2-prod", "prod-key-77"], ["hunter2-prod-key-77"]),
        (["hunter2-prod", "prod-key-77"], ["hunter2-prod", "-key-77"]),
        (["the first\nxy\nthe last"], ["the first\n", "xy\n", "the last"]),
    ],
)
def test_of_secrets_that_share_characters_none_shows_its_rest(
    secrets: list[str], pieces: list[str]
) -> None:
    written: list[bytes] = []
    masking = Masking(secrets, written.append)
    for piece in pieces:
        masking(piece.encode())
    masking.close()
    assert b"".join(written) == MASK
    assert DataMasking(secrets)("".join(pieces)) == MASK.decode()


@given(st.lists(st.binary(), max_size=6))
def test_without_secrets_nothing_is_changed_or_held_back(pieces: list[bytes]) -> None:
    written: list[bytes] = []
    masking = Masking([], written.append)
    for number, piece in enumerate(pieces):
        masking(piece)
        assert b"".join(written) == b"".join(pieces[: number + 1])


def test_only_what_may_become_a_secret_waits() -> None:
    written: list[bytes] = []
    masking = Masking(["secret"], written.append)
    masking(b"a line\nthe sec")
    assert written == [b"a line\nthe "]
    masking(b"ond one\n")
    assert b"".join(written) == b"a line\nthe second one\n"


def test_each_long_line_of_a_secret_is_one() -> None:
    key = "-----BEGIN KEY-----\nabcdefgh\n==\n-----END KEY-----\n"
    assert masked(b"> abcdefgh <\n==\n", all_forms([key])) == b"> ******** <\n==\n"


SECRETS = st.text(min_size=6, max_size=20).filter(
    lambda text: text == text.strip() and text.isprintable()
)


@given(st.text(max_size=5), SECRETS, st.text(max_size=5))
def test_other_ways_to_write_a_secret_are_masked_too(before: str, secret: str, after: str) -> None:
    whole = before + secret + after
    written = [whole, json.dumps(whole), json.dumps(whole, ensure_ascii=False), quote(whole)]
    written += [repr({"password": secret}), repr(secret.encode())]
    shown = masked("\n".join(written).encode(), all_forms([secret])).decode()
    for form in (secret, json.dumps(secret)[1:-1], quote(secret), repr(secret)[1:-1]):
        assert form not in shown.replace(MASK.decode(), "")
    coded = masked(b64encode(whole.encode()), all_forms([secret]))
    assert MASK in coded
    kept = b"".join(part for part in coded.split(MASK))
    assert len(kept) <= len(b64encode((before + after).encode())) + 8


@given(
    st.recursive(
        TEXTS | st.integers() | st.none(),
        lambda values: st.lists(values) | st.dictionaries(TEXTS, values),
        max_leaves=8,
    )
)
def test_data_is_masked_in_keys_and_values_and_else_as_it_was(data: object) -> None:
    assert DataMasking(["no such thing"])(data) == data
    assert "ab" not in json.dumps(DataMasking(["ab"])(data))


def test_a_number_that_is_a_secret_is_masked_and_a_count_is_not() -> None:
    mask = DataMasking(["12345678", "12"])
    assert mask({"pin": 12345678, "rows": 12, "more": 123456789}) == {
        "pin": "********",
        "rows": 12,
        "more": 123456789,
    }


def test_what_is_cut_off_does_not_end_with_half_a_secret() -> None:
    mask = DataMasking(["hunter22"])
    assert mask.beginning("the key is hunt") == "the key is "
    assert mask.beginning("the key is hunter22") == "the key is ********"
    assert DataMasking(["admin", "admin-of-all"]).beginning("it is admin-of") == "it is "


@given(st.lists(st.binary(min_size=1, max_size=70_000), max_size=5))
def test_the_tail_is_the_last_that_passed(pieces: list[bytes]) -> None:
    tail = Tail()
    for piece in pieces:
        tail(piece)
    whole = b"".join(pieces)
    assert tail.text == whole[-(1 << 15) :].decode("utf-8", "replace")


def test_a_hundred_megabytes_and_bytes_that_are_no_text_block_nothing(tmp_path: Path) -> None:
    text = r"""
        import os, sys
        block = b"\xff\xfe\x00no text" * 100_000
        for _ in range(100):
            os.write(1, block)
            os.write(2, b"\xc3(\n")
        sys.exit(3)
    """
    outcome = ran(python(tmp_path, text), tmp_path)
    assert outcome.ending.code == 3
    assert len(outcome.out) == 100 * 100_000 * len(b"\xff\xfe\x00no text")
    assert outcome.err == b"\xc3(\n" * 100


def test_output_is_there_while_the_script_runs(tmp_path: Path) -> None:
    text = """
        import time
        print("first")
        time.sleep(300)
    """
    outcome = ran(python(tmp_path, text), tmp_path, timeout=2, grace=0.1)
    assert outcome.out == b"first\n"


def test_secrets_are_masked_on_both_streams(tmp_path: Path) -> None:
    text = """
        import sys
        print("password: hunter22!")
        print("hunter22!", file=sys.stderr)
    """
    outcome = ran(python(tmp_path, text), tmp_path, secrets=("hunter22!",))
    assert outcome.out == b"password: ********\n"
    assert outcome.err == b"********\n"
    assert outcome.stderr == "********\n"


def test_a_reader_that_goes_away_does_not_end_the_script(tmp_path: Path) -> None:
    from pipes_projects.running.process import Command
    from pipes_projects.running.session import Ended, Job, run
    from tests.support.processes.scripts import TOLD

    def refuse(_data: bytes) -> None:
        raise BrokenPipeError

    command = Command([sys.executable, "-c", "print('x' * 1_000_000)"], {}, str(tmp_path))
    (ended,) = run(Job(command, TOLD, (refuse, refuse)))
    assert isinstance(ended, Ended)
    assert ended.ending.is_success
