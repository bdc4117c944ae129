"""No text about a storage has a password, a key or a token in it."""

import logging
from pathlib import Path

import pytest

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.storage.opening import open_storage
from pipes_projects.deploy.storage.refusals import refused_remotely
from pipes_projects.deploy.storage.secrets import StorageUrl
from tests.support.servers.storages import SECRET, Storages, free_port


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("s3://company/dev/", "s3://company/dev"),
        ("s3://a-key:a-secret@company/dev", "s3://company/dev"),
        ("s3://a-secret@company/dev", "s3://company/dev"),
        ("sftp://deploy:a%2Fsecret@host:2222/srv/code", "sftp://deploy@host:2222/srv/code"),
        ("sftp://host/srv/code", "sftp://host/srv/code"),
        ("abfss://container@account.dfs/dev", "abfss://container@account.dfs/dev"),
    ],
)
def test_a_place_is_shown_without_secrets(url: str, shown: str) -> None:
    assert StorageUrl(url, {}).shown == shown


@pytest.mark.parametrize(
    "url",
    [
        "abfss://container@account/dev?sig=a-secret",
        "sftp://deploy:a-secret/more@host/srv",
        "sftp://deploy:a-secret?more@host/srv",
        "sftp://deploy:a-secret#more@host/srv",
        "sftp://deploy:a-secret[more@host/srv",
    ],
)
def test_what_is_no_url_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(DeployError) as told:
        open_storage(url, Path("/nowhere"))
    assert "secret" not in f"{told.value} {told.value.help}"
    assert told.value.__cause__ is None


OPTIONS = {
    "secret": SECRET,
    "client_kwargs": {"aws_session_token": "a-token", "endpoint_url": "http://host"},
    "deeper": [{"sas": b"a-signature"}],
}


@pytest.mark.parametrize(
    ("text", "cleared"),
    [
        (f"no such key: {SECRET}", "no such key: ***"),
        ("no such key: a-secret%2Fof%2Bthe%3Dstorage", "no such key: ***"),
        ("a-token a-signature", "*** ***"),
        ("nobody at http://host", "nobody at http://host"),
        ("PUT https://a:b@other/x/y?X-Signature=abc&more=1 failed", "PUT https://other/x/y failed"),
        ("is it there? x=y", "is it there? x=y"),
    ],
)
def test_a_text_is_cleared_of_secrets(text: str, cleared: str) -> None:
    assert StorageUrl("s3://company/dev", OPTIONS).cleared(text) == cleared


@pytest.mark.parametrize("kind", ["s3", "sftp"])
def test_a_refusal_does_not_tell_secrets(kind: str, storages: Storages) -> None:
    where = storages.fresh(kind)
    at, options = where.at, {**where.options}
    if kind == "s3":
        at = at.replace("//deployments/", "//no-such-bucket/")
        options["client_kwargs"] = {**options["client_kwargs"], "aws_session_token": SECRET}
    else:
        at = at.replace("//", "//deploy:a-secret@")
        del options["key_filename"]
    with pytest.raises(DeployError) as told:
        open_storage(at, Path("/nowhere"), options).create("a/b", b"")
    assert "secret" not in f"{told.value} {told.value.help}"
    assert told.value.__cause__ is None
    assert told.value.help


def test_nothing_is_printed_about_a_server_that_is_not_there(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """gcsfs logs what it raises, with a traceback."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr("asyncio.sleep", at_once)
    options = {"token": "anon", "endpoint_url": f"http://127.0.0.1:{free_port()}"}
    with pytest.raises(DeployError, match="`gs://b/dev` cannot be used: Cannot connect"):
        open_storage("gs://b/dev", tmp_path, options).entries("")
    assert "".join(capfd.readouterr()) == ""


async def at_once(_: float) -> None:
    """No time passes before a client asks again."""


def test_an_error_that_goes_on_in_the_next_line_is_told_whole() -> None:
    error = ValueError("Parameter validation failed:\nInvalid bucket name\nand more")
    told = str(refused_remotely(error, StorageUrl("s3://b/dev", {}), ""))
    assert told == "`s3://b/dev` cannot be used: Parameter validation failed: Invalid bucket name"


def test_a_short_secret_is_hidden_where_it_stands_alone() -> None:
    place = StorageUrl("s3://b/dev", {"key": "s", "secret": "pw1"})
    assert place.cleared("user s is refused with pw1, s=s") == (
        "user *** is refused with ***, ***=***"
    )


@pytest.mark.parametrize("kind", ["s3", "sftp"])
def test_a_server_that_is_not_there_is_told(kind: str, storages: Storages) -> None:
    where, port = storages.fresh(kind), free_port()
    at, options = f"{kind}://127.0.0.1:{port}/dev", {**where.options}
    if kind == "s3":
        at = "s3://deployments/dev"
        options["client_kwargs"] = {"endpoint_url": f"http://a:a-secret@127.0.0.1:{port}"}
        options["config_kwargs"] = {"retries": {"total_max_attempts": 1}}
    with pytest.raises(DeployError, match=f"`{at}` cannot be used") as told:
        open_storage(at, Path("/nowhere"), options).entries("")
    assert "secret" not in str(told.value)


def test_a_server_whose_key_is_not_known_is_not_trusted(storages: Storages, tmp_path: Path) -> None:
    (tmp_path / "known_hosts").write_text("", "ascii")
    where = storages.fresh("sftp")
    options = {**where.options, "known_hosts": str(tmp_path / "known_hosts")}
    with pytest.raises(DeployError, match="not found in known_hosts"):
        open_storage(where.at, Path("/nowhere"), options).entries("")
