"""``--strict``: for a job that nobody watches, what would be a notice is a refusal, made before anything is written."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from littlegiants.cli.output import counts
from littlegiants.ingest.errors import NoticeError

if TYPE_CHECKING:
    from littlegiants.ingest.tables.quarantine import Reconciliation

Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        metavar="",
        help="Refuse what would be a notice, such as a quarantined row, and write nothing.",
    ),
]
_SHOWN = 5


def refuse_notices(strict: bool, notices: Iterable[str]) -> None:
    """Stop if a command is strict and there is any notice.

    Raises
    ------
    NoticeError
        One line with the first of them and how many there are.

    Examples
    --------
    >>> refuse_notices(True, ["rounds: 2 rows quarantined"])
    Traceback (most recent call last):
        ...
    littlegiants.ingest.errors.NoticeError: --strict: 1 notice: rounds: 2 rows quarantined; nothing was written
    """
    found = list(notices) if strict else []
    if found:
        more = f"; and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
        several = "s" if len(found) > 1 else ""
        raise NoticeError(
            f"--strict: {len(found):,} notice{several}: {'; '.join(found[:_SHOWN])}{more}; nothing was written"
        )


def table_notices(reconciliations: Sequence["Reconciliation"]) -> list[str]:
    """Return a notice for each table with rows that were quarantined, and for each with columns that are not used."""
    lost = [
        f"{one.table}: {one.quarantined:,} of {one.read:,} rows quarantined ({counts(one.by_code)})"
        for one in reconciliations
        if one.quarantined
    ]
    unused = [
        f"{one.table}: columns not used: {', '.join(one.ignored_columns)}"
        for one in reconciliations
        if one.ignored_columns
    ]
    return [*lost, *unused]
