"""A mapping as a TOML file, to be kept, corrected and used again."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.files.atomic import replacing
from littlegiants.ingest.mapping.mapping import Mapping, check

_LIMIT = 1 << 20
_HEAD = """\
# How `giants import table` reads these sheets. Correct it and give it back with --mapping.
"""


def read_mapping(path: Path) -> Mapping:
    """Read a mapping and check it.

    Raises
    ------
    ConfigError
        One line with the place, what is wrong there, and what is allowed.
    """
    try:
        if path.stat().st_size > _LIMIT:
            raise ConfigError(f"{path} is larger than {_LIMIT:,} bytes; a mapping is a few lines")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8; save it as UTF-8") from None
    return from_toml(text, str(path))


def from_toml(text: str, name: str) -> Mapping:
    """Return the mapping that a text says.

    Parameters
    ----------
    text
        TOML.
    name
        Where it comes from, for messages.

    Raises
    ------
    ConfigError
        As `read_mapping`.
    """
    try:
        mapping = msgspec.convert(tomllib.loads(text), Mapping)
        check(mapping)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{name}: {error}") from None
    except ConfigError as error:
        raise ConfigError(f"{name}: {error}") from None
    return mapping


def to_toml(mapping: Mapping) -> str:
    """Return a mapping as text that `from_toml` reads back; what is as by default is left out."""
    return _HEAD + "\n".join(line for sheet in msgspec.to_builtins(mapping)["sheet"] for line in _sheet(sheet)) + "\n"


def write_mapping(mapping: Mapping, path: Path) -> None:
    """Write a mapping to a file, whole or not at all.

    Raises
    ------
    ConfigError
        If the file cannot be written.
    """
    with replacing(path) as file:
        file.write(to_toml(mapping).encode())


def _sheet(sheet: dict[str, Any]) -> Iterator[str]:
    yield "\n[[sheet]]"
    yield from _entries({name: value for name, value in sheet.items() if name not in ("firm", "event")})
    yield "\n[sheet.firm]"
    yield from _entries(sheet.get("firm", {}))
    for event in sheet.get("event", ()):
        yield "\n[[sheet.event]]"
        yield from _entries({name: value for name, value in event.items() if name != "columns"})
        yield "[sheet.event.columns]"
        yield from _entries(event["columns"])


def _entries(table: dict[str, Any]) -> Iterator[str]:
    for name, value in table.items():
        yield f"{_key(name)} = {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(name)} = {_value(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    # Numbers, truth values and text are written alike in JSON and TOML, but for the one control character above ASCII.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if name.isascii() and name.replace("_", "").replace("-", "").isalnum() else _value(name)
