"""Kind `subprocess`: the script is a process beside Dagster's own."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster_pipes import PipesContextData, PipesParams

from pipes_projects.manifest.kinds import INTERPRETERS, SubprocessOptions

if TYPE_CHECKING:
    from pipes_projects.emitter.script import PipesScript


def run(script: "PipesScript", context: dg.AssetExecutionContext) -> Any:
    """Start the script and wait for it; what it reported is in the result."""
    options: SubprocessOptions = script.kind_options
    folder = script.root / options.cwd if options.cwd else Path(script.script_path).parent
    client = dg.PipesSubprocessClient(context_injector=ManifestKeysInjector(script))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", dg.PreviewWarning)  # Dagster's, about its own parts
            return client.run(
                context=context,
                command=command(script, options),
                extras=script.manifest.extras,
                env={key: value for key, value in (options.env or {}).items() if value is not None},
                cwd=str(folder),
            )
    except (OSError, ValueError) as error:
        program = command(script, options)[0]
        place = f" in `{folder}`" if not folder.is_dir() else ""
        raise dg.Failure(
            f"`{program}` cannot be started{place}: {getattr(error, 'strerror', error)}"
        ) from error


def command(script: "PipesScript", options: SubprocessOptions) -> list[str]:
    """The interpreter, the script's path, and its arguments."""
    usual = INTERPRETERS.get(Path(script.script_path).suffix, ()) or (sys.executable,)
    return [*(options.command or usual), script.script_path, *(options.args or [])]


class ManifestKeysInjector(dg.PipesContextInjector):
    """Tells the script the keys that its manifest uses, whatever the owner made of them."""

    def __init__(self, script: "PipesScript") -> None:
        self.inner = dg.PipesTempFileContextInjector()
        self.names = {
            key.to_escaped_user_string(): dg.AssetKey(name.split("/")).to_escaped_user_string()
            for name, key in script.manifest_keys().items()
        }

    @contextmanager
    def inject_context(self, context_data: PipesContextData) -> Iterator[PipesParams]:
        with self.inner.inject_context(self._renamed(context_data)) as params:
            yield params

    def no_messages_debug_text(self) -> str:
        return "A script that does not use dagster_pipes sends none, which is fine."

    def _renamed(self, data: PipesContextData) -> PipesContextData:
        renamed: dict[str, Any] = {**data}
        renamed["asset_keys"] = [self.names.get(k, k) for k in data["asset_keys"] or ()]
        for part in ("code_version_by_asset_key", "provenance_by_asset_key"):
            renamed[part] = {self.names.get(k, k): v for k, v in (renamed[part] or {}).items()}
        return renamed  # type: ignore[return-value]  # the same keys as it came with
