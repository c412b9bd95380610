"""The command line: one typer application, a thin layer over the packages."""

import sys
from collections.abc import Sequence

import typer

from littlegiants.cli import (
    auditing,
    evaluating,
    imports,
    keys,
    linking,
    promoting,
    registry,
    replaying,
    scoring,
    serving,
    signals,
    signing,
    training,
    tuning,
    watching,
)
from littlegiants.cli.help import INTERRUPTED, TrainCommand, examples, exit_codes
from littlegiants.cli.paths import CommandLine
from littlegiants.ingest.errors import ConfigError, LittleGiantsError
from littlegiants.ingest.excerpts import MESSAGE, excerpt

app = CommandLine(
    help="How likely is a small innovative firm to succeed in the market, rather than to live on public money?",
    epilog=exit_codes(),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command(
    "simulate",
    epilog=examples(
        "giants simulate --out demo/data",
        "giants simulate --out demo/blind --firms 2000 --without patents",
    ),
)(training.simulate)
app.add_typer(imports.app, name="import")
app.command(
    "audit",
    epilog=examples(
        "giants audit data --report audit.html",
        "giants audit data/2024 --against data/2026 --changes changes.csv",
        "giants audit data/2013 --exported 2013-10-01 --json",
    ),
)(auditing.audit)
app.command(
    "link",
    epilog=examples(
        "giants link data/crunchbase data/sbir --out same.csv --review review.csv",
        "giants link data/crunchbase data/sbir --out same.csv --merge data/both",
    ),
)(linking.link)
app.command(
    "signals",
    epilog=examples(
        "giants signals --data demo/data --as-of 2023-12-31",
        "giants signals --data data --as-of 2023-12-31 --out signals.parquet",
    ),
)(signals.signals)
app.command(
    "tune",
    epilog=examples(
        "giants tune --data demo/data --out tuned.toml",
        "giants tune --data data --config train.toml --out tuned.toml --trials 100",
    ),
)(tuning.tune)
app.command(
    "train",
    cls=TrainCommand,
    epilog=examples(
        "giants train --data demo/data",
        "giants train --data demo/data --config train.toml --artefact demo/model",
        "giants train --data postgresql+psycopg://host/name --known-by 2024-12-31",
    ),
)(training.train)
app.command(
    "evaluate",
    epilog=examples(
        "giants evaluate --data demo/data --report evaluation.html",
        "giants evaluate --data data --card MODEL_CARD.md --out figures.json",
        "giants evaluate --data data/2013 --origin 2010-12-31 --against data/2026",
        "giants evaluate --data data --origins 6 --config train.toml --json",
    ),
)(evaluating.evaluate)
app.command(
    "promote",
    epilog=examples(
        "giants promote latest --data demo/data",
        "giants promote 3 --data data --override 'champion learned from the window'",
    ),
)(promoting.promote)
app.command("rollback", epilog=examples("giants rollback --reason 'scores of biotech firms are off'"))(
    promoting.rollback
)
app.command("models", epilog=examples("giants models", "giants models --store sqlite:///mlflow.db --json"))(
    registry.models
)
app.command(
    "replay",
    epilog=examples("giants replay latest --data demo/data", "giants replay demo/model --data demo/data --json"),
)(replaying.replay)
app.command(
    "sign",
    epilog=examples(
        "giants sign demo/model --key sign.pem",
        "giants sign models:/littlegiants@champion --key sign.pem",
        "giants sign models:/littlegiants/3 --key sign.pem --expires 2027-12-31",
    ),
)(signing.sign)
app.command(
    "score",
    epilog=examples(
        "giants score --data demo/data --as-of 2023-12-31 --out scores.csv",
        "giants score --data data --as-of 2023-12-31 --out s.csv --report report.html",
        "giants score --data data --as-of 2023-12-31 --out s.parquet --firms few.txt",
        "giants score --data data --as-of 2023-12-31 --out s.parquet --engine spark",
    ),
)(scoring.score)
app.command(
    "watch",
    epilog=examples(
        "giants watch --data demo/data --as-of 2023-12-31",
        "giants watch --data data --as-of 2023-12-31 --history watch.sqlite",
    ),
)(watching.watch)
app.add_typer(keys.app, name="keys")


app.command(
    "serve",
    epilog=examples(
        "giants serve",
        "giants serve --model demo/model --port 8000 --workers 2",
        "giants serve --host 0.0.0.0 --keys keys.json",
    ),
)(serving.serve)


# LightGBM reads its own docstrings while it is imported.
_WITHOUT_DOCSTRINGS = (
    "giants: Python runs with -OO (or PYTHONOPTIMIZE=2), which removes docstrings that LightGBM needs; "
    "run it with -O at most"
)


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; what goes wrong on purpose is one line on stderr."""
    if sys.flags.optimize > 1:
        return _failed(_WITHOUT_DOCSTRINGS, ConfigError.exit_code)
    try:
        code = app(arguments, prog_name="giants", standalone_mode=False)
    except LittleGiantsError as error:
        return _failed(f"giants: {error}", error.exit_code)
    except typer.TyperException as error:
        return _misused(error)
    except KeyboardInterrupt:
        code = INTERRUPTED
    return _failed("giants: interrupted", INTERRUPTED) if code == INTERRUPTED else int(code or 0)


def _misused(error: typer.TyperException) -> int:
    context = getattr(error, "ctx", None)
    command = "giants" if context is None else context.command_path
    # Without a message the help has been shown instead: a group of commands was called without one.
    message = error.format_message().replace("Value error, ", "").rstrip(".")
    return _failed(f"{command}: {message}; see {command} --help", error.exit_code) if message else error.exit_code


def _failed(message: str, code: int) -> int:
    """Say what failed in one line, whatever a file or an argument had in it."""
    message = excerpt(message, 2 * MESSAGE)
    line = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in message)
    typer.echo(line, err=True)
    return code
