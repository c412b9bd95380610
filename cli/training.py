"""``giants simulate`` and ``giants train``."""

from pathlib import Path
from typing import Annotated

import typer

from littlegiants.cli.output import Json, Store, parse_date, show, steps, sums
from littlegiants.features.errors import ConfigError
from littlegiants.training.config import TrainConfig, describe


def simulate(
    out: Annotated[Path, typer.Option("--out", help="Folder to write the tables into; it must not hold any yet.")],
    firms: Annotated[
        int, typer.Option("--firms", min=50, max=1_000_000, help="How many firms are ever founded.")
    ] = 20_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of every random choice.")] = 7,
    without: Annotated[
        list[str] | None, typer.Option("--without", metavar="TABLE", help="Leave a table out; may be repeated.")
    ] = None,
    fmt: Annotated[str, typer.Option("--format", help="csv or parquet.")] = "csv",
    as_json: Json = False,
) -> None:
    """Write the tables of a simulated economy, with every firm's true probabilities beside them.

    Example: giants simulate --out demo/data --firms 20000
    """
    from littlegiants.training.simulate import simulate as run

    if fmt not in ("csv", "parquet"):
        raise ConfigError(f"--format is {fmt!r}; use csv or parquet")
    with steps(9, as_json) as step:
        made = run(out, firms=firms, seed=seed, without=tuple(without or ()), fmt=fmt, progress=step)
    newest = made.base_rates[-1]
    result = {"out": str(out), "seed": seed, "rows": made.rows}
    lines = [f"{name}: {count:,} rows" for name, count in made.rows.items()]
    lines.append(f"at risk on {newest.as_of_date}: {newest.firms:,} firms")
    lines.append(f"written to {out}; the true probabilities, which training never reads, to {out / 'truth'}")
    show(result, lines, as_json)


def train(
    data: Annotated[str, typer.Option("--data", metavar="DIR|URL", help="Folder of tables, or a database URL.")],
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="TOML file with any of the keys listed below.")
    ] = None,
    outcome: Annotated[str | None, typer.Option("--outcome", help="market or exit; overrides the file.")] = None,
    known_by: Annotated[
        str | None, typer.Option("--known-by", metavar="DATE", help="Look at nothing known later; overrides the file.")
    ] = None,
    artefact: Annotated[
        Path | None, typer.Option("--artefact", metavar="DIR", help="Also keep the model's folder here.")
    ] = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Train a model on dated tables, measure it on a date nothing has seen, and register it in MLflow.

    Example: giants train --data demo/data --config train.toml
    """
    from littlegiants.features.reading import read_tables
    from littlegiants.training.pipeline import train as run
    from littlegiants.training.tracking import track
    from littlegiants.training.undated import read_undated

    settings = _settings(config, outcome, known_by)
    if artefact is not None and artefact.exists():
        raise ConfigError(f"{artefact} exists already; a model is never overwritten, name another folder")
    with steps(6, as_json) as step:
        step(f"reading {data}")
        tables = read_tables(data)
        trained = run(tables, settings, read_undated(data), step)
        step("recording the run and registering the model")
        tracked = track(trained, store, artefact)
    manifest = tracked.model.manifest
    result = {
        "model": f"models:/littlegiants/{tracked.version}",
        "model_version": tracked.model.version,
        "run_id": tracked.run_id,
        "tables": sums(tables.reconciliations),
        "dates": manifest.dates.model_dump(mode="json"),
        "rows": manifest.rows,
        "metrics": {name: figure.model_dump() for name, figure in manifest.metrics.items()},
        "baselines": {
            name: {key: figure.model_dump() for key, figure in figures.items()}
            for name, figures in manifest.baselines.items()
        },
        "constant_features": list(manifest.constant_features),
        "subsidised_note": manifest.subsidised_note,
    }
    show(result, _report(result, tables.reconciliations, tracked), as_json)


def config_table() -> str:
    """Return every configuration key with its default and meaning, for the help text."""
    rows = [f"[bold]{key}[/] = {_plain(default)}: {text}" for key, default, text in describe()]
    return "Keys of the configuration file and their defaults:\n\n" + "\n\n".join(rows)


def _settings(config: Path | None, outcome: str | None, known_by: str | None) -> TrainConfig:
    settings = TrainConfig() if config is None else TrainConfig.from_toml(config)
    if outcome is not None:
        if outcome not in ("market", "exit"):
            raise ConfigError(f"--outcome is {outcome!r}; use market or exit")
        settings = settings.model_copy(update={"label": settings.label.model_copy(update={"outcome": outcome})})
    if known_by is not None:
        dates = settings.dates.model_copy(update={"known_by": parse_date(known_by)})
        settings = settings.model_copy(update={"dates": dates})
    return settings


def _plain(default: object) -> str:
    if default is None:
        return "none"
    return str(default).lower() if isinstance(default, bool) else str(default)


def _report(result, reconciliations, tracked) -> list[str]:  # type: ignore[no-untyped-def]
    manifest = tracked.model.manifest
    dates = manifest.dates
    lines = [str(reconciliation) for reconciliation in reconciliations]
    lines.append(
        f"fitted on {dates.fit[0]} to {dates.refit_through}, calibrated on {dates.calibrate}, tested on {dates.test}"
    )
    for name in ("auc", "average_precision", "ece", "calibration_slope", "precision_at_100"):
        if name in manifest.metrics:
            figure = manifest.metrics[name]
            lines.append(f"{name}: {figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]")
    for name, figures in manifest.baselines.items():
        lines.append(
            f"baseline {name}: auc {figures['auc'].value:.3f} [{figures['auc'].low:.3f}, {figures['auc'].high:.3f}]"
        )
    if manifest.constant_features:
        lines.append(f"never observed or constant in these data: {', '.join(manifest.constant_features)}")
    if manifest.subsidised_note:
        lines.append(f"p_subsidised stays empty: {manifest.subsidised_note}")
    lines.append(f"registered as {result['model']} ({tracked.model.version}), run {tracked.run_id}")
    return lines
