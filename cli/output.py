"""The output of a command: its result on stdout, for people or for machines, and its progress on stderr."""

import json
import os
import sys
import time
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from littlegiants.cli.help import UNREAD
from littlegiants.cli.paths import Role
from littlegiants.features.asof import as_of_date
from littlegiants.ingest.errors import AsOfError, ConfigError, LittleGiantsError
from littlegiants.ingest.excerpts import listed, most_frequent

if TYPE_CHECKING:
    from littlegiants.ingest.tables.quarantine import Reconciliation
    from littlegiants.models.manifest import Figure

Json = Annotated[bool, typer.Option("--json", metavar="", help="Print one JSON object instead of text.")]
Data = Annotated[
    str,
    typer.Option("--data", metavar="DIR|URL", help="Folder of tables (CSV or Parquet), or a database URL."),
    Role.TABLES,
]


IgnoreColumn = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore-column",
        metavar="NAME",
        help="A column that resembles one of the contract and is none; can be repeated.",
        show_default="none",
    ),
]
MaxQuarantined = Annotated[
    float,
    typer.Option(
        "--max-quarantined",
        metavar="SHARE",
        help="Stop if more than this share of a table's rows is quarantined.",
    ),
]


_LOG_SECONDS = 60.0


@contextmanager
def steps(total: int, as_json: bool) -> Iterator[Callable[[str], None]]:
    """Yield a function to call with the name of each step as it begins; a terminal shows a progress bar."""
    console = Console(stderr=True, highlight=False)
    columns = (
        SpinnerColumn(),
        BarColumn(bar_width=24),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=as_json or not console.is_terminal) as progress:
        task = progress.add_task("", total=total, completed=-1)

        def begin(text: str) -> None:
            progress.update(task, advance=1, description=text)

        yield begin


def partitions_scored(begin: Callable[[str], None]) -> Callable[[int, int], None]:
    """Return a function to call with how many partitions are scored, of how many.

    A terminal shows each as a step, by ``begin``; a log gets a line a minute.
    """
    said = time.monotonic()

    def scored(done: int, count: int) -> None:
        nonlocal said
        begin(f"scored {done:,} of {count:,} partitions")
        if not sys.stderr.isatty() and time.monotonic() - said >= _LOG_SECONDS:
            said = time.monotonic()
            typer.echo(f"giants: scored {done:,} of {count:,} partitions", err=True)

    return scored


def show(result: dict[str, object], lines: Iterable[str], as_json: bool) -> None:
    """Print the result of a command.

    Parameters
    ----------
    result
        The result for machines, printed as one JSON object.
    lines
        The result for people.
    as_json
        Whether to print the result for machines.

    Raises
    ------
    LittleGiantsError
        If it cannot be written.
    """
    text = json.dumps(result) if as_json else "\n".join(lines)
    try:
        typer.echo(text)
    except BrokenPipeError:
        _lose_stdout()
        raise typer.Exit(UNREAD) from None
    except OSError as error:
        _lose_stdout()
        raise LittleGiantsError(f"the result cannot be printed: {error.strerror}") from None


def aligned(rows: Sequence[Sequence[str]], right: Container[int] = (), gap: str = "  ") -> list[str]:
    """Return rows as lines with aligned columns.

    Parameters
    ----------
    rows
        The cells of each row.
    right
        Numbers of the columns to align to the right.
    gap
        What stands between two columns.

    Examples
    --------
    >>> aligned([("firms", "1,500"), ("rounds", "31")], right=[1])
    ['firms   1,500', 'rounds     31']
    """
    # A terminal shows Chinese characters twice as wide as others.
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]

    def padded(cell: str, place: int) -> str:
        blanks = " " * (widths[place] - cell_len(cell))
        return blanks + cell if place in right else cell + blanks

    return [gap.join(padded(row[place], place) for place in range(len(widths))).rstrip() for row in rows]


def balance(reconciliations: Sequence["Reconciliation"]) -> list[str]:
    """Return lines on the rows of each table that were read, used and quarantined, and on its unused columns."""
    rows = [
        (
            r.table,
            f"{r.read:,}",
            "read =",
            f"{r.used:,}",
            "used +",
            f"{r.quarantined:,}",
            "quarantined",
            counts(r.by_code),
        )
        for r in reconciliations
    ]
    unused = [
        f"{r.table}: columns that the contract does not know, not used: {listed(r.ignored_columns)}"
        for r in reconciliations
        if r.ignored_columns
    ]
    return [*aligned(rows, right=(1, 3, 5), gap=" "), *unused]


def counts(by_code: dict[str, int]) -> str:
    """Return counts by code as text, the most frequent first."""
    return ", ".join(f"{code} {count:,}" for code, count in most_frequent(by_code).items())


def sums(reconciliations: Iterable["Reconciliation"]) -> list[dict[str, object]]:
    """Return reconciliations as plain objects."""
    return [
        {
            "table": r.table,
            "read": r.read,
            "used": r.used,
            "quarantined": r.quarantined,
            "by_code": r.by_code,
            "ignored_columns": list(r.ignored_columns),
        }
        for r in reconciliations
    ]


def interval(figure: "Figure") -> str:
    """Return a measured number with its interval."""
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


def parse_date(text: str) -> date:
    """Return an ISO date.

    Raises
    ------
    ConfigError
        If the text is not a date.

    Examples
    --------
    >>> parse_date("31.12.2023")
    Traceback (most recent call last):
        ...
    littlegiants.ingest.errors.ConfigError: '31.12.2023' is not a date; write it as YYYY-MM-DD
    """
    try:
        return as_of_date.parse_date(text)
    except AsOfError as error:
        raise ConfigError(str(error)) from None


def _lose_stdout() -> None:
    """Discard what is still buffered, or the interpreter complains about it when it exits."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
