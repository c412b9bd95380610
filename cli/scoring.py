"""``giants score``."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littlegiants.cli.files import FRAME, PAGE, RECORD, check_files, title
from littlegiants.cli.output import (
    Data,
    IgnoreColumn,
    Json,
    MaxQuarantined,
    aligned,
    balance,
    parse_date,
    partitions_scored,
    show,
    steps,
    sums,
)
from littlegiants.cli.paths import Role
from littlegiants.cli.registry import Store, open_store
from littlegiants.cli.signing import AllowRollback, RequireSignature, SignatureState, trusted
from littlegiants.cli.spark import Engine, check_engine, score_on_spark
from littlegiants.cli.strict import Strict, refuse_notices, table_notices
from littlegiants.features.asof.as_of_date import check_as_of_date
from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.tables.limits import MAX_QUARANTINED

if TYPE_CHECKING:
    from littlegiants.models.signing.trust import Trust
    from littlegiants.serving.batch.account import Account
    from littlegiants.serving.batch.job import Job
    from littlegiants.serving.scorer import Scorer

CHAMPION = "models:/littlegiants@champion"
_STALE_DAYS = 366
_SCORED = ("scored", "withheld")


def score(
    data: Data,
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="Score as known on this day, YYYY-MM-DD.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Scores, as .csv, .parquet or .xlsx."), Role.OUTPUT_FILE
    ],
    model: Annotated[
        str,
        typer.Option("--model", metavar="REF|DIR", help="Registered model, or the folder of an artefact."),
        Role.MODEL,
    ] = CHAMPION,
    firms: Annotated[
        Path | None,
        typer.Option(
            "--firms",
            metavar="FILE",
            show_default="every firm at risk",
            help="Only these firms: a text file, one firm_id a line.",
        ),
        Role.FILE,
    ] = None,
    engine: Annotated[
        Engine,
        typer.Option(
            "--engine",
            metavar="local|spark",
            help="Where to score: in processes of this machine, or on Spark, for a folder of Parquet files.",
        ),
    ] = "local",
    no_reasons: Annotated[
        bool, typer.Option("--no-reasons", metavar="", help="Leave reason_1 to reason_3 empty, which is much faster.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="Also write a self-contained HTML report."),
        Role.OUTPUT_FILE,
    ] = None,
    quarantine: Annotated[
        Path | None,
        typer.Option(
            "--quarantine", metavar="FILE", help="Also write the quarantined rows, as .csv, .parquet or .xlsx."
        ),
        Role.OUTPUT_FILE,
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option("--manifest", metavar="FILE", help="Also write the sums and the files' digests, as .json."),
        Role.OUTPUT_FILE,
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(
            "--database",
            metavar="URL",
            help="Also write the scores into the table littlegiants_scores of SQLite or PostgreSQL.",
        ),
        Role.DATABASE,
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
    ignore_column: IgnoreColumn = None,
    max_quarantined: MaxQuarantined = MAX_QUARANTINED,
    max_rejected: Annotated[
        float,
        typer.Option(
            "--max-rejected",
            metavar="SHARE",
            help="Stop if more than this share of the firms has no usable row in the firms table.",
        ),
    ] = MAX_QUARANTINED,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            metavar="N",
            min=1,
            max=256,
            show_default="one for each core",
            help="Processes that score partitions.",
        ),
    ] = None,
    partition_rows: Annotated[
        int,
        typer.Option(
            "--partition-rows",
            metavar="N",
            min=1,
            help="Rows that are scored at once; more are split into partitions of firms.",
        ),
    ] = 500_000,
    resume: Annotated[
        bool,
        typer.Option("--resume", metavar="", help="Go on with what a run of the same inputs and options left undone."),
    ] = False,
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Score every firm at risk on a date: probability, interval, reasons, or why no probability is given.

    The files are written all together or not at all, and take the place of those that are there.
    """
    from littlegiants.ingest.files.atomic import output_set
    from littlegiants.ingest.files.frames import frame_writer, write_frame
    from littlegiants.models.scoring.lean_import import import_lightgbm_alone

    import_lightgbm_alone()
    from littlegiants.ingest.tables.loss import check_loss
    from littlegiants.serving.batch.job import partitions_of, score_in_partitions, score_whole
    from littlegiants.serving.batch.job_folder import job_folder
    from littlegiants.serving.batch.scored_partition import Order
    from littlegiants.serving.collapse import check_spread
    from littlegiants.serving.lacking_columns import lacking_columns

    day = check_as_of_date(parse_date(as_of))
    check_files((out, FRAME), (quarantine, FRAME), (report, PAGE), (manifest, RECORD))
    _check_database(database)
    wanted = None if firms is None else tuple(sorted(set(_wanted(firms))))
    trust = trusted(require_signature, signature_state, allow_rollback)
    reason = (allow_stale or "").strip()
    check_engine(engine, report, resume)
    count = 1 if report or engine == "spark" else partitions_of(data, partition_rows)
    with steps(3 + count, as_json) as step, job_folder(out, resume) as folder:
        step(f"reading {model}")
        scorer = open_scorer(model, store, trust)
        order = Order(data, day, wanted, not no_reasons, reason, manifest is not None, tuple(ignore_column or ()))
        step("reading the tables")
        job = (
            score_on_spark(order, model, store, trust, scorer.model.version)
            if engine == "spark"
            else score_whole(scorer, order)
            if count == 1
            else score_in_partitions(scorer, order, folder, count, jobs, partitions_scored(step))
        )
        account = job.account
        check_loss(account.reconciliations, max_quarantined)
        account.check_rejected(max_rejected)
        check_spread(job.market())
        lacking = lacking_columns(scorer.model.manifest, account.columns)
        refuse_notices(strict, [*_notices(account, scorer, day), *lacking])
        step("writing")
        with output_set():
            with frame_writer(out) as write:
                for frame in job.frames():
                    write(frame)
            if quarantine is not None:
                write_frame(job.quarantine.frame(), quarantine)
            if report is not None and job.whole is not None:
                from littlegiants.reports.portfolio_report import write_report

                tables = job.whole.tables
                write_report(report, job.whole.scores, scorer.model, tables, tables.names(), title(data), reason)
            if manifest is not None:
                from littlegiants.serving.batch.manifest import write_manifest

                write_manifest(manifest, order, scorer.model, job, lacking, [out, quarantine, report])
            # Last, and before the files take their place: what fails here leaves neither rows nor files.
            rows = _into_database(database, job)
    files = {"out": out, "report": report, "quarantine": quarantine, "manifest": manifest}
    result: dict[str, object] = {
        **{name: None if path is None else str(path) for name, path in files.items()},
        "database_rows": rows,
        "model_version": scorer.model.version,
        "model_age": _aged(scorer, day, reason),
        "as_of_date": day.isoformat(),
        "firms": account.firms["scored"] + account.firms["withheld"],
        "abstained": account.withheld,
        "firms_by_end": account.firms,
        "tables": sums(account.reconciliations),
        "lacking_columns": lacking,
    }
    notes = [f"note: {sentence}" for sentence in lacking]
    show(result, [*_lines(account, scorer, day), *notes, *_written(result)], as_json)


def _check_database(url: str | None) -> None:
    """Refuse a database that scores cannot be written to, before any work."""
    if url is not None:
        from littlegiants.serving.score_table import check_address

        check_address(url)


def _into_database(url: str | None, job: "Job") -> int | None:
    """Write the scores of a job into a database, if one is named, and return how many."""
    if url is None:
        return None
    from littlegiants.serving.score_table import write_score_table

    return write_score_table(url, job.frames())


def _notices(account: "Account", scorer: "Scorer", day: date) -> list[str]:
    """Return what a person should know before the scores are used."""
    from littlegiants.models.staleness import Staleness, age

    found = table_notices(account.reconciliations)
    manifest = scorer.model.manifest
    absent = [name for name in _absent(account) if name in manifest.observed_tables]
    if absent:
        found.append(f"tables that the model learned from are absent: {', '.join(absent)}")
    found += _ends_early(account, day)
    if (old := age(manifest, day)).staleness is not Staleness.FRESH:
        found.append(f"of the model, {old}")
    return found


def _absent(account: "Account") -> list[str]:
    from littlegiants.ingest.tables.contract import EVENT_TABLES

    return [name for name in EVENT_TABLES if name not in account.observed]


def _ends_early(account: "Account", day: date) -> list[str]:
    if account.newest is None or (day - account.newest).days <= _STALE_DAYS:
        return []
    return [f"the newest round, grant or outcome is of {account.newest}, long before the as-of date"]


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


def open_scorer(model: str, store: str | None, trust: "Trust | None") -> "Scorer":
    """Return the scorer of a model.

    Parameters
    ----------
    model
        A reference to the registry, or the folder of an artefact.
    store
        The MLflow store, which a folder does not need.
    trust
        Whose signature the model must have; None if it needs none.
    """
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


def _lines(account: "Account", scorer: "Scorer", day: date) -> list[str]:
    """Return the sums of the rows and of the firms, so that nothing is left out without a word."""
    from littlegiants.models.scoring.abstain import REASONS
    from littlegiants.serving.batch.account import ENDS

    lines = balance(account.reconciliations)
    if absent := _absent(account):
        lines.append(f"not observed, no such table: {', '.join(absent)}")
    lines += [f"note: {sentence}" for sentence in _ends_early(account, day)]
    scored = account.firms["scored"] + account.firms["withheld"]
    lines.append(f"{scored:,} of {account.total:,} firms scored as of {day} with model {scorer.model.version}")
    if account.withheld:
        lines.append(f"{account.firms['withheld']:,} of them without a probability:")
        rows = [(f"{count:,}", code, REASONS[code]) for code, count in account.withheld.items()]
        lines += [f"  {line}" for line in aligned(rows, right=[0])]
    others = [(f"{count:,}", ENDS[end]) for end, count in account.firms.items() if count and end not in _SCORED]
    if others:
        lines += [f"{account.total - scored:,} others:", *(f"  {line}" for line in aligned(others, right=[0]))]
    return lines


def _written(result: Mapping[str, object]) -> Sequence[str]:
    names = {"out": "scores", "report": "report", "quarantine": "quarantined rows", "manifest": "manifest"}
    return aligned([(f"{name}:", str(result[key])) for key, name in names.items() if result[key] is not None])
