"""The command line: one typer application, a thin layer over the packages."""

import sys

import typer

from littlegiants.cli import imports, scoring, training
from littlegiants.features.errors import LittleGiantsError

EXIT_CODES = """\
Exit codes: 0 done; 1 something of ours failed; 2 a wrong option, configuration value or as-of date; 5 a file or table \
as a whole cannot be read; 6 the work stopped and published nothing (a damaged model, no such model in the registry, \
too few labels). A single bad row never fails a command: it is quarantined and counted.
"""

app = typer.Typer(
    help="How likely is a small innovative firm to succeed in the market, rather than to live on public money?",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command("simulate")(training.simulate)
app.add_typer(imports.app, name="import")
app.command("train", epilog=training.config_table())(training.train)
app.command("promote")(scoring.promote)
app.command("models")(scoring.models)
app.command("score")(scoring.score)


def main() -> None:
    """Run the command line; an error on purpose is one line on stderr and its own exit code."""
    try:
        app()
    except LittleGiantsError as error:
        print(f"giants: {error}", file=sys.stderr)  # noqa: T201 - the one place that speaks to a terminal's user
        sys.exit(error.exit_code)
