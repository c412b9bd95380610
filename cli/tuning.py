"""``giants tune``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littlegiants.cli.output import Data, IgnoreColumn, Json, MaxQuarantined, aligned, balance, show, steps, sums
from littlegiants.cli.paths import Role
from littlegiants.cli.registry import WrittenStore, open_store
from littlegiants.cli.training import read_settings
from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.extras import require_extra
from littlegiants.ingest.tables.limits import MAX_QUARANTINED

if TYPE_CHECKING:
    from littlegiants.training.tuning import Trial, Tuned


def tune(
    data: Data,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="FILE", help="The settings chosen, as a TOML file for giants train."),
        Role.OUTPUT_FILE,
    ],
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="TOML file with the settings to begin with."),
        Role.FILE,
    ] = None,
    known_by: Annotated[
        str | None, typer.Option("--known-by", metavar="DATE", help="In place of dates.known_by.")
    ] = None,
    trials: Annotated[
        int, typer.Option("--trials", metavar="N", min=1, max=2_000, help="Settings tried, the given ones first.")
    ] = 40,
    origins: Annotated[
        int, typer.Option("--origins", metavar="N", min=1, max=20, help="Dates of the past that each is tried at.")
    ] = 3,
    spacing: Annotated[
        int, typer.Option("--spacing", metavar="MONTHS", min=1, max=60, help="Months between them.")
    ] = 12,
    store: WrittenStore = None,
    ignore_column: IgnoreColumn = None,
    max_quarantined: MaxQuarantined = MAX_QUARANTINED,
    as_json: Json = False,
) -> None:
    """Choose the settings of a training by trials at dates of the past, each with what was known then.

    Nothing known after the day on which the test of ``giants train`` begins has a say, so that test stays unseen. The
    trials are kept in MLflow, and the settings say how they were chosen.
    """
    from littlegiants.ingest.files.atomic import replacing
    from littlegiants.ingest.readers.read import read_tables

    require_extra("tune", "giants tune")
    if out.exists():
        raise ConfigError(f"{out} exists already; settings are never overwritten, name another file")
    settings = read_settings(config, None, known_by)
    with steps(trials + 2, as_json) as step:
        step("reading the tables")
        tables = read_tables(
            data, settings.constant_prices, ignore_columns=ignore_column or (), max_quarantined=max_quarantined
        )
        open_store(store, new=True)
        from littlegiants.training.config import to_toml
        from littlegiants.training.tracking import prepare, track_tuning
        from littlegiants.training.tuning import tune as run
        from littlegiants.training.undated_exits import read_undated

        prepare(store)  # a store that does not answer is better known before the work than after it

        def done(trial: "Trial") -> None:
            step(f"trial {trial.number}: log loss {trial.figures['log_loss']:.4f}")

        tuned = run(tables, settings, read_undated(data), trials, origins, spacing, done)
        run_id = track_tuning(tuned, store)
    with replacing(out) as file:
        file.write(to_toml(tuned.config).encode())
    result: dict[str, object] = {
        "out": str(out),
        "run_id": run_id,
        "best": tuned.best,
        "failed": list(tuned.failed),
        "origins": [str(day) for day in tuned.origins],
        "trials": [
            {"number": trial.number, "settings": trial.drawn, "figures": trial.figures} for trial in tuned.trials
        ],
        "chosen": tuned.config.chosen.model_dump(mode="json"),
        "tables": sums(tables.reconciliations),
    }
    show(result, [*balance(tables.reconciliations), *_lines(tuned), f"run {run_id}", f"settings: {out}"], as_json)


def _lines(tuned: "Tuned") -> list[str]:
    """Return the best trials beside the settings that were given."""
    order = sorted(tuned.trials, key=lambda trial: (trial.figures[tuned.objective], trial.number))
    shown = list(dict.fromkeys([trial.number for trial in order[:5]] + [tuned.trials[0].number]))
    by_number = {trial.number: trial for trial in tuned.trials}
    names = list(tuned.trials[0].figures)
    heads = [("trial", *(name.replace("_", " ") for name in names))]
    known_by, days = tuned.config.chosen.known_by, ", ".join(map(str, tuned.origins))
    return [
        f"{len(tuned.trials):,} trials at {days}; outcomes known by {known_by}",
        *([f"{len(tuned.failed):,} more could not be trained: no tree split"] if tuned.failed else []),
        "",
        *aligned([*heads, *(_row(by_number[number], names) for number in shown)]),
        "",
        "The best of many trials looks better than it is: giants train measures it on a date that had no say.",
    ]


def _row(trial: "Trial", names: list[str]) -> tuple[str, ...]:
    return (
        f"{trial.number}, as given" if trial.number == 0 else str(trial.number),
        *(f"{trial.figures[name]:.4f}" for name in names),
    )
