"""``giants simulate`` and ``giants train``."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from littlegiants.cli.output import (
    Data,
    IgnoreColumn,
    Json,
    MaxQuarantined,
    aligned,
    balance,
    interval,
    parse_date,
    show,
    steps,
    sums,
)
from littlegiants.cli.paths import Role
from littlegiants.cli.registry import WrittenStore, open_store
from littlegiants.cli.strict import Strict, refuse_notices, table_notices
from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.tables.limits import MAX_QUARANTINED
from littlegiants.models.outcomes import NAMES, OutcomeName

if TYPE_CHECKING:
    from littlegiants.ingest.tables.tables import Tables
    from littlegiants.models.manifest import Figure, Manifest
    from littlegiants.training.config import TrainConfig

_SKILL = {"auc": "AUC", "average_precision": "average precision"}


def simulate(
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Folder of the tables; an earlier simulation is replaced."),
        Role.OUTPUT_TABLES,
    ],
    firms: Annotated[
        int, typer.Option("--firms", metavar="N", min=50, max=1_000_000, help="How many firms are ever founded.")
    ] = 20_000,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Seed of every random choice.")] = 7,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="TABLE", help="Leave a table out; may be repeated."),
    ] = None,
    fmt: Annotated[
        Literal["csv", "parquet"], typer.Option("--format", metavar="csv|parquet", help="Format of the tables.")
    ] = "csv",
    as_json: Json = False,
) -> None:
    """Write the tables of a simulated economy, with every firm's true probabilities beside them."""
    from littlegiants.training.simulator import simulate as run

    with steps(9, as_json) as step:
        made = run(out, firms=firms, seed=seed, without=tuple(without or ()), fmt=fmt, progress=step)
    newest = made.base_rates[-1]
    result: dict[str, object] = {"out": str(out), "seed": seed, "rows": made.rows}
    lines = aligned([(name, f"{count:,} rows") for name, count in made.rows.items()], right=[1])
    lines.append(f"at risk on {newest.as_of_date}: {newest.firms:,} firms")
    lines.append(f"written to {out}; the true probabilities, which training never reads, to {out / 'truth'}")
    show(result, lines, as_json)


def train(
    data: Data,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="TOML file with any of the keys below."), Role.FILE
    ] = None,
    outcome: Annotated[
        OutcomeName | None,
        typer.Option("--outcome", metavar="|".join(NAMES), help="In place of label.outcome."),
    ] = None,
    known_by: Annotated[
        str | None, typer.Option("--known-by", metavar="DATE", help="In place of dates.known_by.")
    ] = None,
    artefact: Annotated[
        Path | None,
        typer.Option("--artefact", metavar="DIR", help="Also keep the model's folder here."),
        Role.OUTPUT_FOLDER,
    ] = None,
    store: WrittenStore = None,
    ignore_column: IgnoreColumn = None,
    max_quarantined: MaxQuarantined = MAX_QUARANTINED,
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Train a model on dated tables, measure it on a date nothing has seen, and register it in MLflow."""
    from littlegiants.ingest.readers.read import read_tables

    settings = read_settings(config, outcome, known_by)
    if artefact is not None and artefact.exists():
        raise ConfigError(f"{artefact} exists already; a model is never overwritten, name another folder")
    with steps(8, as_json) as step:
        step("reading the tables")
        tables = read_tables(
            data, settings.constant_prices, ignore_columns=ignore_column or (), max_quarantined=max_quarantined
        )
        refuse_notices(strict, table_notices(tables.reconciliations))
        step("opening the model store")
        open_store(store, new=True)
        from littlegiants.models.registry import registry
        from littlegiants.training import track
        from littlegiants.training import train as run
        from littlegiants.training.backtest.refits import mark_reasons
        from littlegiants.training.tracking import prepare
        from littlegiants.training.undated_exits import read_undated

        prepare(store)  # a store that does not answer should fail before the work, not after it
        trained = run(tables, settings, read_undated(data), step)
        step(f"reasons by {settings.stability_fits} more fits")
        trained = mark_reasons(trained, settings)
        refuse_notices(strict, _notices(trained.model.manifest))
        step("recording the run and registering the model")
        tracked = track(trained, store, artefact, data)
    manifest = tracked.model.manifest
    result: dict[str, object] = {
        "model": f"models:/{registry.NAME}/{tracked.version}",
        "model_version": tracked.model.version,
        "run_id": tracked.run_id,
        "artefact": None if artefact is None else str(artefact),
        "tables": sums(tables.reconciliations),
        "dates": manifest.dates.model_dump(mode="json"),
        "rows": manifest.rows,
        "metrics": {name: figure.model_dump() for name, figure in manifest.metrics.items()},
        "baselines": {
            name: {key: figure.model_dump() for key, figure in figures.items()}
            for name, figures in manifest.baselines.items()
        },
        "constant_features": list(manifest.constant_features),
        "unstable_reasons": list(manifest.unstable_reasons),
        "subsidised_note": manifest.subsidised_note,
    }
    lines = [*_account(tables, manifest), *_skill(manifest)]
    lines.append(f"registered as {result['model']} ({tracked.model.version}), run {tracked.run_id}")
    show(result, lines if artefact is None else [*lines, f"artefact: {artefact}"], as_json)


def _notices(manifest: "Manifest") -> list[str]:
    found = list(manifest.notes)
    if manifest.dates.test is None:
        found.append("nothing is held out to test on")
    return found + ([f"p_subsidised stays empty: {manifest.subsidised_note}"] if manifest.subsidised_note else [])


def read_settings(config: Path | None, outcome: str | None, known_by: str | None) -> "TrainConfig":
    """Return the settings of a file, or the defaults, with those that the command line replaces.

    Parameters
    ----------
    config
        A TOML file, or None for the defaults.
    outcome
        What is predicted, or None to keep it.
    known_by
        The last day whose knowledge is used, or None to keep it.
    """
    from littlegiants.training import TrainConfig

    settings = TrainConfig() if config is None else TrainConfig.from_toml(config)
    if outcome is not None:
        settings = settings.model_copy(update={"label": settings.label.model_copy(update={"outcome": outcome})})
    if known_by is not None:
        dates = settings.dates.model_copy(update={"known_by": parse_date(known_by)})
        settings = settings.model_copy(update={"dates": dates})
    return settings


def _account(tables: "Tables", manifest: "Manifest") -> list[str]:
    """Return what the model was made from."""
    lines = balance(tables.reconciliations)
    dates, rows = manifest.dates, manifest.rows
    tested = "nothing held out to test on" if dates.test is None else f"tested on {dates.test} ({rows['test']:,} firms)"
    lines.append(
        f"fitted on {dates.fit[0]} to {dates.refit_through} ({rows['fit']:,} rows), "
        f"calibrated on {dates.calibrate} ({rows['calibrate']:,} firms), {tested}"
    )
    lines += manifest.notes
    if manifest.constant_features:
        lines.append(f"never observed or constant in these data: {', '.join(manifest.constant_features)}")
    if manifest.unstable_reasons:
        lines.append(f"never shown as reasons, other fits do not confirm them: {', '.join(manifest.unstable_reasons)}")
    if manifest.subsidised_note:
        lines.append(f"p_subsidised stays empty: {manifest.subsidised_note}")
    return lines


def _skill(manifest: "Manifest") -> Sequence[str]:
    """Return the metrics of the test date with their intervals, the model's beside those of the baselines."""
    if not manifest.metrics:
        return []
    contenders = {"this model": manifest.metrics, **manifest.baselines}
    rows = [("", *_SKILL.values())]
    rows += [(name, *(interval(figures[key]) for key in _SKILL)) for name, figures in contenders.items()]
    metrics = manifest.metrics
    return [
        "",
        *aligned(rows),
        f"calibration: error {interval(metrics['ece'])}, slope {interval(metrics['calibration_slope'])}",
        f"of its best 100 firms succeeded: {interval(metrics['precision_at_100'])}, {_lift(metrics)}",
        "",
    ]


def _lift(metrics: "Mapping[str, Figure]") -> str:
    return f"{metrics['lift_at_100'].value:.1f} times the share of all"
