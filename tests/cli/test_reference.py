"""The reference of the command line follows the code."""

from pathlib import Path

import pytest

from littlegiants.cli import reference
from littlegiants.cli.help import EXIT_CODES, config_keys

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cli.md"


def test_page_is_up_to_date():
    if PAGE.read_text(encoding="utf-8") != reference.to_markdown():
        pytest.fail(f"docs/cli.md lags behind the code: run `{reference.COMMAND}`", pytrace=False)


def test_commands():
    assert sorted(reference.commands()) == [
        "giants audit",
        "giants evaluate",
        "giants import canonical",
        "giants import cordis",
        "giants import crunchbase",
        "giants import crunchbase-2013-investors",
        "giants import horizon-no",
        "giants import ilab",
        "giants import listings",
        "giants import patentsview",
        "giants import recognition-list",
        "giants import sbir",
        "giants import sbirgov",
        "giants import subsidy-panel",
        "giants import table",
        "giants keys add",
        "giants keys list",
        "giants keys revoke",
        "giants link",
        "giants models",
        "giants promote",
        "giants replay",
        "giants rollback",
        "giants score",
        "giants serve",
        "giants sign",
        "giants signals",
        "giants simulate",
        "giants train",
        "giants tune",
        "giants watch",
    ]


def test_page_names_every_command_option_key_and_exit_code():
    page = reference.to_markdown()
    sections = dict(part.split("`\n", 1) for part in page.split("\n## `")[1:])
    for words, command in reference.commands().items():
        options = [
            name for parameter in command.params if parameter.param_type_name == "option" for name in parameter.opts
        ]
        assert [name for name in options if f"| `{name}` |" not in sections[words]] == []
    assert [key for key, _, _ in config_keys() if f"| `{key}` |" not in sections["giants train"]] == []
    assert [code for code in EXIT_CODES if f"\n| {code} | " not in page] == []


@pytest.mark.parametrize(
    "row",
    [
        "| `--firms` | `N`, 50 to 1,000,000 | `20000` | How many firms are ever founded. |",
        "| `--seed` | `N`, at least 0 | `7` | Seed of every random choice. |",
        "| `--format` | `csv\\|parquet` | `csv` | Format of the tables. |",
        "| `--firms` | `FILE` | every firm at risk | Only these firms: a text file, one firm_id a line. |",
        "| `--no-reasons` |  |  | Leave reason_1 to reason_3 empty, which is much faster. |",
        "| `VERSION` |  | required | Number of a registered version, or latest. |",
    ],
)
def test_row_of_an_option(row):
    assert row in reference.to_markdown().splitlines()
