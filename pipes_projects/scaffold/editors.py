"""What editors need to complete manifests: settings that are added to existing ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from posixpath import normpath

from pipes_projects.layout import ASSET_KEYS, CONTRACT, DEFAULTS_SCHEMA
from pipes_projects.scaffold.jsonc import NotUnderstoodError, parse, with_item, with_member
from pipes_projects.text.plain import one_line

SETTINGS, EXTENSIONS = ".vscode/settings.json", ".vscode/extensions.json"
ATTRIBUTES = ".gitattributes"
_MERGE = f"/{ASSET_KEYS} text eol=lf merge=union linguist-generated\n"
_EXTENSION = "redhat.vscode-yaml"

Merge = Callable[[str], str]
"""A file's text → the same with what editors need. Raises `NotUnderstoodError`."""


def merges(defs: str) -> dict[str, Merge]:
    """How to add to each file, by its path."""
    return {
        SETTINGS: lambda text: _settings(text, defs),
        EXTENSIONS: _extensions,
        ATTRIBUTES: _attributes,
    }


def schemas(defs: str) -> dict[str, list[str]]:
    """Which files each schema applies to. The patterns are relative, so that they match
    anywhere."""
    manifests = [f"{defs}/**/*.yaml", f"{defs}/**/*.yml", "!**/_defaults.*"]
    defaults = [f"{defs}/**/_defaults.yaml", f"{defs}/**/_defaults.yml"]
    return {f"./{CONTRACT}": manifests, f"./{DEFAULTS_SCHEMA}": defaults}


def _settings(text: str, defs: str) -> str:
    """Settings that exist for a schema are kept."""
    text = with_member(text if text.strip() else "{\n}\n", (), "yaml.schemas", {})
    there = parse(text).value["yaml.schemas"]
    known = {normpath(name) for name in there} if isinstance(there, dict) else set()
    for name, files in schemas(defs).items():
        if normpath(name) not in known:
            text = with_member(text, ("yaml.schemas",), name, files)
    return text


def _extensions(text: str) -> str:
    """If the extension is marked as unwanted, it stays so."""
    there = parse(text).value if text.strip() else {}
    unwanted = there.get("unwantedRecommendations") if isinstance(there, dict) else None
    if isinstance(unwanted, list) and _EXTENSION in unwanted:
        return text
    text = with_member(text if text.strip() else "{\n}\n", (), "recommendations", [])
    return with_item(text, ("recommendations",), _EXTENSION)


def _attributes(text: str) -> str:
    """Attributes that exist for the file are kept, whether they name it with a leading slash or
    not."""
    patterns = (line.split()[:1] for line in text.removeprefix("\ufeff").splitlines())
    if any(pattern in ([ASSET_KEYS], [f"/{ASSET_KEYS}"]) for pattern in patterns):
        return text
    end = "\r\n" if "\r\n" in text else "\n"
    return f"{text}{end if text and not text.endswith(end) else ''}{_MERGE.rstrip()}{end}"


def merged(name: str, text: str, defs: str) -> str | None:
    """The text of a file with what editors need; None where it is unclear how to add it."""
    try:
        return merges(defs)[name](text)
    except NotUnderstoodError:
        return None


def by_hand(name: str, defs: str) -> str:
    """What to add to a file that cannot be parsed."""
    return merges(defs)[name]("")


def other_editors(defs: str) -> str:
    """What to write for other editors, which have no settings here."""
    manifest, defaults = (_globs(files) for files in schemas(defs).values())
    return OTHERS.format(
        contract=CONTRACT,
        defaults=DEFAULTS_SCHEMA,
        manifest=manifest,
        below=defaults,
        defs=one_line(defs),
        up="../" * (defs.count("/") + 2),
    )


def _globs(files: list[str]) -> str:
    return json.dumps(files)[1:-1]


OTHERS = """\
Neovim, in the settings of yaml-language-server (`yamlls`):

  yaml = {{ schemas = {{
    ["./{contract}"] = {{ {manifest} }},
    ["./{defaults}"] = {{ {below} }},
  }} }}

Helix, in .helix/languages.toml:

  [language-server.yaml-language-server.config.yaml.schemas]
  "./{contract}" = [{manifest}]
  "./{defaults}" = [{below}]

JetBrains, in Settings > Languages & Frameworks > Schemas and DTDs > JSON Schema Mappings,
one for each schema, that of the defaults first:

  {defaults}  for  _defaults.yaml
  {contract}  for  {defs}

Any editor with yaml-language-server, as the first line of a manifest in {defs}/GROUP/:

  # yaml-language-server: $schema={up}{contract}
"""
