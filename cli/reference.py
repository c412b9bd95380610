"""The reference of the command line: every command, option, default and exit code, generated from the application.

``docs/cli.md`` is what ``python -m littlegiants.cli.reference`` writes; a test fails when it lags.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from inspect import cleandoc
from types import MappingProxyType

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from littlegiants.cli.app import app
from littlegiants.cli.help import EXIT_CODES, TrainCommand, config_keys

COMMAND = "python -m littlegiants.cli.reference > docs/cli.md"
ENVIRONMENT = MappingProxyType(
    {
        "LITTLEGIANTS_ARTEFACT_HOSTS": "places besides its own host that the store may name for a model's files, "
        "parted by commas: `host`, `host:port` or `s3://bucket`",
        "LITTLEGIANTS_KEYS": "the file of the HTTP service's keys, where `--file` is not given",
        "LITTLEGIANTS_KEY_PASSWORD": "the password of the private key of `giants sign`, if it has one",
        "MLFLOW_TRACKING_URI": "the MLflow store, where `--store` is not given",
        "MLFLOW_LOGGING_LEVEL": "when set, such as to `INFO`, MLflow's own log lines appear on stderr",
        "NO_COLOR": "when set, help and bars are without colour",
    }
)


def commands() -> dict[str, TyperCommand]:
    """Return every command by the words that call it, such as ``giants import sbir``."""
    return dict(_commands(get_command(app), "giants"))


def to_markdown() -> str:
    """Return the whole reference as one page."""
    codes = _grid(("exit code", "meaning"), ((str(code), meaning) for code, meaning in EXIT_CODES.items()))
    environment = _grid(("variable", "meaning"), ((f"`{name}`", text) for name, text in ENVIRONMENT.items()))
    sections = [part for words, command in commands().items() for part in _section(words, command)]
    return "\n\n".join([_HEAD.strip(), codes, _ON_ENVIRONMENT.strip(), environment, *sections]) + "\n"


_HEAD = f"""
# Command line

Made from the application by `{COMMAND}`; edit the commands, not this page.

The result goes to stdout and nothing else does; with `--json` it is one JSON object. How far a long step has come, and
what went wrong, goes to stderr: an error is one line and an exit code. Every command has `--help`.

## Exit codes
"""

_ON_ENVIRONMENT = """
A single bad row never fails a command. It is quarantined with its table, number, column, code and value, and for every
table the command says how many rows were read, used and quarantined. Where several rows, and more than 20 % of a
table, are quarantined, the command stops with exit code 8; `--max-quarantined` sets the share.

## Environment
"""


def _commands(command: object, words: str) -> Iterator[tuple[str, TyperCommand]]:
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            yield from _commands(inner, f"{words} {name}")
    elif isinstance(command, TyperCommand):
        yield words, command


def _section(words: str, command: TyperCommand) -> Iterator[str]:
    yield f"## `{words}`"
    yield cleandoc(command.help or "")
    shown = [line.removeprefix("$ ") for line in (command.epilog or "").splitlines() if line.startswith("$ ")]
    yield "\n".join(["```sh", *shown, "```"])
    parameters = [_parameter(p) for p in command.params if isinstance(p, (TyperArgument, TyperOption))]
    yield _grid(("option", "value", "default", "meaning"), parameters)
    if isinstance(command, TrainCommand):
        yield "Keys of the file given with `--config`, in TOML:"
        yield _grid(
            ("key", "default", "meaning"), ((f"`{key}`", default, text) for key, default, text in config_keys())
        )


def _parameter(parameter: TyperArgument | TyperOption) -> tuple[str, str, str, str]:
    if isinstance(parameter, TyperArgument):
        return f"`{parameter.metavar}`", "", "required", parameter.help or ""
    names = ", ".join(f"`{name}`" for name in parameter.opts)
    return names, _value(parameter), _default(parameter), parameter.help or ""


def _value(option: TyperOption) -> str:
    if option.is_flag:
        return ""
    text = f"`{option.metavar}`"
    if option.min is None:
        return text
    return f"{text}, at least {option.min:,}" if option.max is None else f"{text}, {option.min:,} to {option.max:,}"


def _default(option: TyperOption) -> str:
    if option.required:
        return "required"
    if isinstance(option.show_default, str):
        return option.show_default
    return "" if option.is_flag or option.default is None else f"`{option.default}`"


def _grid(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(to_markdown())
