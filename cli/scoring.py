"""``giants score``."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littlegiants.cli.files import FRAME, PAGE, check_distinct, check_files, title
from littlegiants.cli.output import Data, Json, aligned, balance, parse_date, show, steps, sums
from littlegiants.cli.registry import Store, open_store
from littlegiants.cli.signing import AllowRollback, RequireSignature, SignatureState, trusted
from littlegiants.features.asof.as_of_date import check_as_of_date
from littlegiants.ingest.errors import ConfigError, TableError

if TYPE_CHECKING:
    import pandas as pd

    from littlegiants.ingest.tables.tables import Tables
    from littlegiants.models.signing.trust import Trust
    from littlegiants.serving.scorer import Scorer

CHAMPION = "models:/littlegiants@champion"
_STALE_DAYS = 366


def score(
    data: Data,
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="Score as known on this day, YYYY-MM-DD.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Scores, as .csv or .parquet.")],
    model: Annotated[
        str, typer.Option("--model", metavar="REF|DIR", help="Registered model, or the folder of an artefact.")
    ] = CHAMPION,
    firms: Annotated[
        Path | None,
        typer.Option(
            "--firms",
            metavar="FILE",
            show_default="every firm at risk",
            help="Only these firms: a text file, one firm_id a line.",
        ),
    ] = None,
    no_reasons: Annotated[
        bool, typer.Option("--no-reasons", metavar="", help="Leave reason_1 to reason_3 empty, which is much faster.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Also write a self-contained HTML report.")
    ] = None,
    quarantine: Annotated[
        Path | None,
        typer.Option("--quarantine", metavar="FILE", help="Also write the quarantined rows, as .csv or .parquet."),
    ] = None,
    require_signature: RequireSignature = None,
    signature_state: SignatureState = None,
    allow_rollback: AllowRollback = None,
    allow_stale: Annotated[
        str | None,
        typer.Option(
            "--allow-stale",
            metavar="REASON",
            help="Score though the model has expired by the date; kept in the result and in the report.",
        ),
    ] = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Score every firm at risk on a date: probability, interval, reasons, or why no probability is given.

    Each file is written whole or not at all, and takes the place of one that is there.
    """
    from littlegiants.ingest.files.frames import write_frame
    from littlegiants.ingest.readers.read import read_tables
    from littlegiants.serving.collapse import check_spread
    from littlegiants.serving.output import write_scores
    from littlegiants.serving.scorer import score_frame

    day = check_as_of_date(parse_date(as_of))
    check_files([(out, FRAME), (quarantine, FRAME), (report, PAGE)], [data], "scored")
    check_distinct(out, quarantine, report)
    wanted = None if firms is None else _wanted(firms)
    trust = trusted(require_signature, signature_state, allow_rollback)
    reason = (allow_stale or "").strip()
    with steps(4, as_json) as step:
        step(f"reading {model}")
        scorer = _scorer(model, store, trust)
        step("reading the tables")
        tables = read_tables(data, scorer.model.manifest.money.constant_prices)
        step(f"scoring {len(tables) if wanted is None else len(wanted):,} firms as of {day}")
        arrays = scorer.score_arrays(tables, day, wanted, explain=not no_reasons, allow_stale=reason)
        check_spread(arrays["p_market"])
        scores = score_frame(arrays)
        step("writing")
        write_scores(scores, out)
        if quarantine is not None:
            write_frame(tables.quarantine.frame(), quarantine)
        if report is not None:
            from littlegiants.reports.portfolio_report import write_report

            write_report(report, arrays, scorer.model, tables, tables.names(), title(data), reason)
    files = {"out": out, "report": report, "quarantine": quarantine}
    result: dict[str, object] = {
        **{name: None if path is None else str(path) for name, path in files.items()},
        "model_version": scorer.model.version,
        "model_age": _aged(scorer, day, reason),
        "as_of_date": day.isoformat(),
        "firms": len(scores),
        "abstained": _withheld(scores),
        "tables": sums(tables.reconciliations),
    }
    show(result, [*_account(tables, scores, scorer, day), *_written(result)], as_json)


def _aged(scorer: "Scorer", day: date, reason: str) -> dict[str, object]:
    """Return how old the model is as of the day, and warn of one that is ageing or has expired."""
    from littlegiants.models.artefact.integrity import shown
    from littlegiants.models.staleness import Staleness, age

    found = age(scorer.model.manifest, day)
    expired = found.staleness is Staleness.EXPIRED
    if found.staleness is not Staleness.FRESH:
        answered = f"allowed: {shown(reason)}" if expired else "train again"
        typer.echo(f"giants: warning: of the model, {found}; {answered}", err=True)
    return {
        "learned_by": found.learned_by.isoformat(),
        "months": round(found.months, 1),
        "staleness": found.staleness.value,
        "allowed": reason if expired else None,
    }


def _withheld(scores: "pd.DataFrame") -> dict[str, int]:
    counts = scores["abstain_reason"][scores["abstained"]].value_counts()
    return {str(code): int(count) for code, count in counts.items()}


def _scorer(model: str, store: str | None, trust: "Trust | None") -> "Scorer":
    from littlegiants.serving.scorer import Scorer

    if not model.startswith("models:"):
        return Scorer.from_artefact(Path(model), trust)
    open_store(store)
    return Scorer.from_registry(model, store, trust)


def _wanted(firms: Path) -> list[str]:
    try:
        wanted = [line.strip() for line in firms.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except OSError as error:
        raise ConfigError(f"{firms} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{firms} is not UTF-8; write one firm_id a line") from None
    if not wanted:
        raise ConfigError(f"{firms} names no firm; write one firm_id a line")
    return wanted


def _account(tables: "Tables", scores: "pd.DataFrame", scorer: "Scorer", day: date) -> list[str]:
    """Return the sums of the rows and of the firms, so that nothing is left out without a word."""
    from littlegiants.models.scoring.abstain import REASONS

    lines = balance(tables.reconciliations)
    absent = [name for name, rows in tables.events.items() if rows is None]
    if absent:
        lines.append(f"not observed, no such table: {', '.join(absent)}")
    if (newest := _newest_event(tables)) is not None and (day - newest).days > _STALE_DAYS:
        lines.append(f"note: the newest round, grant or outcome is of {newest}, long before the as-of date")
    lines.append(f"{len(scores):,} of {len(tables):,} firms scored as of {day} with model {scorer.model.version}")
    if withheld := _withheld(scores):
        lines.append(f"{sum(withheld.values()):,} of them without a probability:")
        rows = [(f"{count:,}", code, REASONS[code]) for code, count in withheld.items()]
        lines += [f"  {line}" for line in aligned(rows, right=[0])]
    return lines


def _newest_event(tables: "Tables") -> date | None:
    try:
        return tables.data_end()
    except TableError:
        return None


def _written(result: Mapping[str, object]) -> Sequence[str]:
    names = {"out": "scores", "report": "report", "quarantine": "quarantined rows"}
    return aligned([(f"{name}:", str(result[key])) for key, name in names.items() if result[key] is not None])
