"""``giants evaluate``."""

import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littlegiants.cli.files import PAGE, check_files, title
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
from littlegiants.cli.registry import WrittenStore, numbered
from littlegiants.cli.strict import Strict, refuse_notices, table_notices
from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.ingest.extras import require_extra
from littlegiants.ingest.tables.limits import MAX_QUARANTINED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from littlegiants.ingest.tables.quarantine import Reconciliation
    from littlegiants.ingest.tables.tables import Tables
    from littlegiants.training.backtest import Backtest, BacktestConfig

_CARD, _FIGURES = (".md",), (".json",)
_SKILL = {"auc": "AUC", "average_precision": "average precision", "brier": "Brier score"}
_MOST_ORIGINS = 40
_STEPS_BEFORE, _STEPS_AN_ORIGIN = 4, 5
_TRUTH = Path("truth") / "truth.parquet"


def evaluate(
    data: Data,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="TOML file of a training; see giants train --help."),
        Role.FILE,
    ] = None,
    origins: Annotated[
        int | None,
        typer.Option(
            "--origins",
            metavar="N",
            min=1,
            max=_MOST_ORIGINS,
            show_default="4",
            help="How many dates to test on, a year apart, the newest complete window last.",
        ),
    ] = None,
    origin: Annotated[
        list[str] | None,
        typer.Option("--origin", metavar="DATE", help="Test on this date, YYYY-MM-DD; may be repeated."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against", metavar="DIR|URL", help="A later export of the same source, to measure back-filling."
        ),
        Role.TABLES,
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="Also write a self-contained HTML report."),
        Role.OUTPUT_FILE,
    ] = None,
    card: Annotated[
        Path | None, typer.Option("--card", metavar="FILE", help="Also write a model card, as .md."), Role.OUTPUT_FILE
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Also write every figure, as .json."), Role.OUTPUT_FILE
    ] = None,
    record: Annotated[
        str | None,
        typer.Option(
            "--record",
            metavar="VERSION",
            help="Also keep page, card and figures in MLflow, beside this registered version: its number, or latest.",
        ),
    ] = None,
    store: WrittenStore = None,
    ignore_column: IgnoreColumn = None,
    max_quarantined: MaxQuarantined = MAX_QUARANTINED,
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Train at several dates of the past as live use would have, and measure what came, beside what flatters.

    No model is registered. The files are written all together or not at all, in the place of those that are there.
    """
    from littlegiants.ingest.readers.read import read_tables
    from littlegiants.training import TrainConfig

    check_files((report, PAGE), (card, _CARD), (out, _FIGURES))
    if record is not None:
        require_extra("report", "--record")
    version, began = None if record is None else numbered(record, store), datetime.now(UTC)
    chosen = _backtest_settings(origins, origin)
    recipe = TrainConfig() if config is None else TrainConfig.from_toml(config)
    with steps(_STEPS_BEFORE + _STEPS_AN_ORIGIN * len(chosen.origins or range(chosen.count)), as_json) as step:
        step("reading the tables")
        tables = read_tables(
            data, recipe.constant_prices, ignore_columns=ignore_column or (), max_quarantined=max_quarantined
        )
        refuse_notices(strict, table_notices(tables.reconciliations))
        from littlegiants.training.backtest import backtest
        from littlegiants.training.undated_exits import read_undated

        found = backtest(
            tables, recipe, chosen, read_undated(data), _truth(data), data, against, step, ignore_column or ()
        )
        refuse_notices(strict, [f"no model at {skipped.as_of}: {skipped.reason}" for skipped in found.skipped])
        step("writing")
        command = _command(data, config, origins, origin, against)
        _write(found, data, tables.reconciliations, command, report, card, out)
        run_id = None if version is None else _recorded(found, version, data, tables, command, began, store)
    files = {name: None if path is None else str(path) for name, path in _named(report, card, out)}
    files["run_id"] = run_id
    result: dict[str, object] = {**files, "tables": sums(tables.reconciliations), **found.model_dump(mode="json")}
    show(result, [*balance(tables.reconciliations), *_account(found), *_written(files)], as_json)


def _recorded(
    found: "Backtest",
    version: int,
    data: str,
    tables: "Tables",
    command: str,
    began: datetime,
    store: str | None,
) -> str:
    from littlegiants.training.reporting.card import model_card
    from littlegiants.training.reporting.page import evaluation_page
    from littlegiants.training.tracking import track_evaluation

    head, sums_ = title(data), tables.reconciliations
    page, card = evaluation_page(found, head, sums_), model_card(found, head, sums_, command)
    return track_evaluation(found, version, page, card, began, store)


def _backtest_settings(count: int | None, days: list[str] | None) -> "BacktestConfig":
    from pydantic import ValidationError

    from littlegiants.training.backtest import BacktestConfig

    if count is not None and days:
        raise ConfigError(f"--origins {count} and --origin {days[0]} exclude each other; give the number or the dates")
    given = {"origins": tuple(sorted(map(parse_date, days)))} if days else {}
    try:
        return BacktestConfig.model_validate(given if count is None else {"count": count})
    except ValidationError as error:
        found = error.errors()[0]
        raise ConfigError(f"--origin: {found['msg']}; {found['input']} was given") from None


def _truth(data: str) -> "pd.DataFrame | None":
    """Return the true probabilities of a simulated economy, for measuring only; None where the tables are real."""
    path = Path(data) / _TRUTH
    if "://" in data or not path.is_file():
        return None
    import pandas as pd

    try:
        return pd.read_parquet(path, columns=["firm_id", "as_of_date", "p_market"], page_checksum_verification=True)
    except (OSError, ValueError) as error:
        raise TableError(f"{path} is not the truth of a simulation: {str(error).strip().splitlines()[0]}") from None


def _write(
    found: "Backtest",
    data: str,
    reconciliations: "Sequence[Reconciliation]",
    command: str,
    report: Path | None,
    card: Path | None,
    out: Path | None,
) -> None:
    from littlegiants.ingest.files.atomic import output_set, replacing
    from littlegiants.training.reporting.card import model_card
    from littlegiants.training.reporting.page import evaluation_page

    head = title(data)
    page = None if report is None else (report, evaluation_page(found, head, reconciliations))
    text = None if card is None else (card, model_card(found, head, reconciliations, command))
    figures = None if out is None else (out, found.model_dump_json(indent=1) + "\n")
    with output_set():
        for file in (figures, text, page):
            if file is not None:
                with replacing(file[0]) as opened:
                    opened.write(file[1].encode())


def _command(data: str, config: Path | None, origins: int | None, days: list[str] | None, against: str | None) -> str:
    """Return what to type to measure the same again; an address that may hold a secret is left out."""
    options: list[tuple[str, object]] = [("--data", "URL" if "://" in data else data), ("--config", config)]
    options += [("--origins", origins), *(("--origin", day) for day in days or ())]
    options.append(("--against", "URL" if against is not None and "://" in against else against))
    return shlex.join(["giants", "evaluate", *(str(w) for pair in options if pair[1] is not None for w in pair)])


def _account(found: "Backtest") -> list[str]:
    from littlegiants.training.reporting import sentences

    pooled, days = found.pooled.measured, found.origins
    lines = [
        f"origins: {', '.join(str(one.as_of) for one in days)}; labels over {found.label.timespan}",
        f"{pooled.successes:,} successes in {pooled.rows:,} rows of {pooled.firms:,} firms, known by {found.known_by}",
        *(f"no model at {skipped.as_of}: {skipped.reason}" for skipped in found.skipped),
        "",
        *aligned(_contenders(found)),
        "",
        *aligned(_by_origin(found)),
        "",
    ]
    said = (
        sentences.verdict(found),
        sentences.reliability(found),
        sentences.gain(found),
        sentences.slices(found),
        sentences.reasons(found),
        *(sentences.portfolio(held, len(days)) for held in found.portfolios),
        sentences.survivors(found),
        sentences.back_filled(found),
    )
    return [*lines, *said]


def _contenders(found: "Backtest") -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("", *_SKILL.values(), "")]
    for name, metrics, note in (
        ("this model", found.pooled.measured.metrics, ""),
        *((r.name, r.metrics, "beaten" if r.beaten else "not beaten") for r in found.pooled.baselines),
    ):
        rows.append((name, *(interval(metrics[key]) if key in metrics else "" for key in _SKILL), note))
    return rows


def _by_origin(found: "Backtest") -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("as of", "firms", "successes", "AUC", "random split", "leaky twin", "cohort")]
    for one in found.origins:
        twin, measured = one.twin, one.judged.measured
        ways = (interval(figures["auc"]) for figures in (measured.metrics, twin.random_split, twin.leaky))
        rows.append((str(one.as_of), f"{measured.rows:,}", f"{measured.successes:,}", *ways, one.cohort.verdict))
    return rows


def _named(report: Path | None, card: Path | None, out: Path | None) -> tuple[tuple[str, Path | None], ...]:
    return ("report", report), ("card", card), ("out", out)


def _written(files: "Mapping[str, str | None]") -> list[str]:
    names = {"report": "report:", "card": "model card:", "out": "figures:", "run_id": "MLflow run:"}
    rows = [(names[name], path) for name, path in files.items() if path is not None]
    return ["", *aligned(rows)] if rows else []
