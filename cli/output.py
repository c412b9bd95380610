"""What a command says: tables and progress for people, one JSON object for machines."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from littlegiants.features.errors import ConfigError
from littlegiants.features.quarantine import Reconciliation

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Store = Annotated[
    str | None,
    typer.Option(
        "--store", metavar="URI", help="MLflow store; default: MLFLOW_TRACKING_URI, else sqlite:///mlflow.db here."
    ),
]
# Progress and notes go to stderr, so that stdout is only ever the result.
_notes = Console(stderr=True, highlight=False)
_result = Console(highlight=False)


@contextmanager
def steps(total: int, silent: bool) -> Iterator["Steps"]:
    """Show a bar that moves on with every step named."""
    columns = (SpinnerColumn(), BarColumn(bar_width=24), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=_notes, disable=silent) as progress:
        yield Steps(progress, total)


class Steps:
    """A bar of a known number of steps; called with the name of the step that begins."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=total)
        self._begun = False

    def __call__(self, text: str) -> None:
        """Begin the step ``text``; the one before it is done."""
        if self._begun:
            self._progress.advance(self._task)
        self._begun = True
        self._progress.update(self._task, description=text)


def show(result: dict[str, object], lines: Iterable[str], as_json: bool) -> None:
    """Print the result: the object for machines, or the lines for people."""
    if as_json:
        _result.print_json(json.dumps(result, default=str), indent=None)
        return
    for line in lines:
        _result.print(line, markup=False, soft_wrap=True)


def table(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table for people; numbers are aligned to the right."""
    grid = Table(title=title, title_justify="left", header_style="bold")
    body = [[("" if cell is None else str(cell)) for cell in row] for row in rows]
    for place, name in enumerate(header):
        figures = all(row[place].replace(",", "").replace(".", "").lstrip("-").isdigit() for row in body if row[place])
        grid.add_column(name, justify="right" if figures and body else "left", overflow="fold")
    for row in body:
        grid.add_row(*row)
    _result.print(grid, markup=False)


def sums(reconciliations: Iterable[Reconciliation]) -> list[dict[str, object]]:
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


def parse_date(text: str) -> date:
    """Return an ISO date.

    Raises
    ------
    ConfigError
        If the text is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{text!r} is not a date; write it as YYYY-MM-DD") from None
