"""Help that can be read: nothing left out, nothing cut, the configuration's keys in a table."""

import re
import tomllib

import pytest
from typer.core import TyperArgument, TyperOption

from littlegiants.cli.help import EXIT_CODES, config_keys, examples, exit_codes
from littlegiants.cli.reference import commands
from littlegiants.ingest.errors import LittleGiantsError
from littlegiants.training.config import TrainConfig, describe
from tests.cli.conftest import giants

# A line of the help within the frame of a terminal of 80 columns.
WIDTH = 78


def one_line(text: str) -> str:
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", text).split())


@pytest.mark.parametrize("command", list(commands()))
def test_help_tells_every_option_with_its_default(command):
    run = giants(*command.split()[1:], "--help")
    assert (run.code, run.err) == (0, "")
    text = one_line(run.out)
    for parameter in commands()[command].params:
        assert isinstance(parameter, TyperArgument | TyperOption)
        assert (parameter.opts[0] if isinstance(parameter, TyperOption) else str(parameter.metavar)) in text
        shown = parameter.show_default if isinstance(parameter.show_default, str) else parameter.default
        # A long default is broken over several lines, with other columns between them.
        assert [part for part in str(shown or "").split() if part not in text] == []


@pytest.mark.parametrize("command", list(commands()))
def test_every_command_has_examples_that_fit_a_terminal(command):
    lines = [line for line in (commands()[command].epilog or "").splitlines() if line.startswith("$ ")]
    assert lines
    assert all(line.startswith(f"$ {command} ") or line == f"$ {command}" for line in lines)
    assert [line for line in lines if len(line) > WIDTH] == []


def test_help_of_the_whole_tells_commands_and_exit_codes():
    run = giants("--help")
    assert run.code == 0
    assert [code for code in EXIT_CODES if not re.search(rf"^ +{code}  ", run.out, re.MULTILINE)] == []
    assert [name for name in ("simulate", "import", "train", "promote", "models", "score") if name not in run.out] == []


def test_exit_codes_fit_a_terminal_and_hold_those_of_every_error():
    assert [line for line in exit_codes().splitlines() if len(line) > WIDTH] == []
    kinds = {LittleGiantsError.exit_code, *(kind.exit_code for kind in LittleGiantsError.__subclasses__())}
    assert kinds <= set(EXIT_CODES)


def test_keys_of_the_configuration_are_all_there():
    assert [key for key, _, _ in config_keys()] == [key for key, _, _ in describe()]


def test_defaults_are_written_as_in_toml():
    lines = [f"{key} = {default}" for key, default, _ in config_keys() if default != "not set"]
    assert TrainConfig.model_validate(tomllib.loads("\n".join(lines))) == TrainConfig()


def test_help_of_train_shows_the_keys_in_a_table():
    run = giants("train", "--help")
    lines = run.out.splitlines()
    start = next(i for i, line in enumerate(lines) if "Keys of --config" in line)
    assert [line for line in lines[start + 1 :] if line.strip("│ ") == "" and line.strip()] == []  # no empty rows
    for key, default, _ in config_keys():
        assert any(re.match(rf"│ {re.escape(key)} +{re.escape(default)} ", line) for line in lines[start:]), key


def test_examples_are_lines_to_copy():
    assert examples("giants models").splitlines()[1:] == ["$ giants models"]
