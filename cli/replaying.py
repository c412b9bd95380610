"""``giants replay``."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littlegiants.cli.output import Data, IgnoreColumn, Json, MaxQuarantined, aligned, balance, show, steps, sums
from littlegiants.cli.paths import Role
from littlegiants.cli.registry import Store, numbered, open_store
from littlegiants.ingest.errors import RegistryError, ReplayError
from littlegiants.ingest.tables.limits import MAX_QUARANTINED

if TYPE_CHECKING:
    from littlegiants.models.manifest import Manifest

_RUN_DIGITS = 32  # of a run's name in MLflow, which may happen to be decimal ones only


def replay(
    run: Annotated[
        str,
        typer.Argument(
            metavar="RUN", help="MLflow run, number of a registered version, latest, or an artefact's folder."
        ),
        Role.MODEL,
    ],
    data: Data,
    store: Store = None,
    ignore_column: IgnoreColumn = None,
    max_quarantined: MaxQuarantined = MAX_QUARANTINED,
    as_json: Json = False,
) -> None:
    """Train again from a model's recorded settings, seed and data, and compare the artefacts byte for byte.

    Whatever differs is named, and the exit code is then 6. Nothing is registered.
    """
    from littlegiants.ingest.readers.read import read_tables
    from littlegiants.training.replay import replay as again
    from littlegiants.training.undated_exits import read_undated

    with steps(7, as_json) as step:
        step("reading the record")
        recorded = _recorded(run, store)
        step("reading the tables")
        tables = read_tables(
            data, recorded.money.constant_prices, ignore_columns=ignore_column or (), max_quarantined=max_quarantined
        )
        found = again(recorded, tables, read_undated(data), step)
    result: dict[str, object] = {"same": found.same, **asdict(found), "tables": sums(tables.reconciliations)}
    lines = [
        *balance(tables.reconciliations),
        f"recorded: {found.recorded}",
        f"now:      {found.digest or 'not trained'}",
    ]
    rows = [(difference.what, difference.recorded[:12], "->", difference.now[:12]) for difference in found.differences]
    show(result, [*lines, *(aligned(rows) if rows else [])], as_json)
    if not found.same:
        raise ReplayError(f"{run} does not come out again: {_why([part.what for part in found.differences])}")


def _why(names: list[str]) -> str:
    causes = [name for name in names if not name.startswith(("file ", "manifest "))]
    if causes:
        return f"{', '.join(causes)} differ"
    return (
        f"{', '.join(names)} differ with the same data, settings and versions: has the code changed, or undated exits?"
    )


def _recorded(run: str, store: str | None) -> "Manifest":
    """Return the manifest of a run's model, unchanged since it was registered."""
    from littlegiants.models.artefact.integrity import checked

    if Path(run).is_dir():
        return checked(Path(run))[0]
    open_store(store)
    from littlegiants.models.registry import registry

    by_number = run == "latest" or (run.isdecimal() and len(run) < _RUN_DIGITS)
    number = numbered(run, store) if by_number else _of_run(run, store)
    with registry.fetched(f"models:/{registry.NAME}/{number}", store) as found:
        manifest, _ = checked(found.folder)
    if manifest.digest != found.digest:
        raise RegistryError(f"version {number} holds the artefact {manifest.digest}, but {found.digest} was registered")
    return manifest


def _of_run(run: str, store: str | None) -> int:
    from littlegiants.models.registry import registry

    known = [version.version for version in registry.versions(store) if version.run_id == run]
    if not known:
        raise RegistryError(f"no registered model is of the run {run!r}; `giants models --json` lists the runs")
    return known[0]
