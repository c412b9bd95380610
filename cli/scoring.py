"""``giants score``, ``giants promote`` and ``giants models``."""

from pathlib import Path
from typing import Annotated

import typer

from littlegiants.cli.output import Json, Store, parse_date, show, steps, sums, table
from littlegiants.features.errors import ConfigError

CHAMPION = "models:/littlegiants@champion"


def score(
    data: Annotated[str, typer.Option("--data", metavar="DIR|URL", help="Folder of tables, or a database URL.")],
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="Score as known on this day, YYYY-MM-DD.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Scores, as .csv or .parquet.")],
    model: Annotated[
        str, typer.Option("--model", metavar="REF|DIR", help="Registered model, or the folder of an artefact.")
    ] = CHAMPION,
    firms: Annotated[
        Path | None, typer.Option("--firms", metavar="FILE", help="Only these firms: a text file, one firm_id a line.")
    ] = None,
    reasons: Annotated[bool, typer.Option(help="Fill reason_1 to reason_3.")] = True,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Also write a self-contained HTML report.")
    ] = None,
    quarantine: Annotated[
        Path | None,
        typer.Option("--quarantine", metavar="FILE", help="Also write the rows set apart, as .csv or .parquet."),
    ] = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Score every firm at risk on a date: probability, interval, reasons, or why no probability is given.

    Example: giants score --data demo/portfolio --as-of 2025-12-31 --out scores.csv --report report.html
    """
    from littlegiants.features.reading import read_tables
    from littlegiants.serving.output import write_frame, write_scores

    day = parse_date(as_of)
    with steps(4, as_json) as step:
        step(f"reading {model}")
        scorer = _scorer(model, store)
        step(f"reading {data}")
        tables = read_tables(data)
        step(f"scoring as of {day}")
        scores = scorer.score(tables, day, _wanted(firms), reasons)
        step("writing")
        write_scores(scores, out)
        if quarantine is not None:
            write_frame(tables.quarantine.frame(), quarantine)
        if report is not None:
            from littlegiants.serving.report import write_report

            write_report(report, scores, scorer.model, tables, tables.names(), Path(data).name)
    withheld = scores["abstain_reason"][scores["abstained"]].value_counts()
    result = {
        "out": str(out),
        "report": None if report is None else str(report),
        "model_version": scorer.model.version,
        "as_of_date": day.isoformat(),
        "firms": len(scores),
        "abstained": {str(code): int(count) for code, count in withheld.items()},
        "tables": sums(tables.reconciliations),
    }
    lines = [str(reconciliation) for reconciliation in tables.reconciliations]
    abstained = f", {int(withheld.sum()):,} of them withheld ({_counts(withheld)})" if len(withheld) else ""
    lines.append(f"{len(scores):,} firms scored as of {day} with model {scorer.model.version}{abstained}")
    lines.append(f"scores: {out}" + ("" if report is None else f"; report: {report}"))
    show(result, lines, as_json)


def promote(
    version: Annotated[str, typer.Argument(help="Number of a registered version, or latest.")],
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Make a registered version the champion; the champion so far becomes the challenger.

    Example: giants promote latest
    """
    from littlegiants.models import registry

    if version == "latest":
        known = registry.versions(store)
        if not known:
            raise ConfigError("no version is registered yet; train one with `giants train`")
        number = known[0].version
    elif version.isdigit():
        number = int(version)
    else:
        raise ConfigError(f"{version!r} is no version; give its number, or latest")
    # A model that cannot be read whole must never become the champion.
    promoted = registry.load(f"models:/{registry.NAME}/{number}", store)
    former = registry.promote(number, store)
    result = {"champion": number, "model_version": promoted.version, "former": former}
    was = "" if former in (None, number) else f"; version {former} is now the challenger"
    show(result, [f"version {number} ({promoted.version}) is the champion{was}"], as_json)


def models(store: Store = None, as_json: Json = False) -> None:
    """List the registered models, newest first.

    Example: giants models
    """
    from littlegiants.models import registry

    known = registry.versions(store)
    if as_json:
        rows = [
            {
                "version": v.version,
                "aliases": list(v.aliases),
                "model_version": v.digest[:12],
                "auc": v.auc,
                "created": v.created,
                "run_id": v.run_id,
            }
            for v in known
        ]
        show({"name": registry.NAME, "versions": rows}, [], as_json)
        return
    if not known:
        show({}, ["no version is registered yet; train one with `giants train`"], as_json)
        return
    header = ("version", "alias", "model", "auc on the test date", "registered")
    body = [
        (v.version, " ".join(v.aliases), v.digest[:12], None if v.auc is None else f"{v.auc:.3f}", v.created)
        for v in known
    ]
    table(registry.NAME, header, body)


def _scorer(model: str, store: str | None):  # type: ignore[no-untyped-def]
    from littlegiants.serving.scorer import Scorer

    return Scorer.from_registry(model, store) if model.startswith("models:") else Scorer.from_artefact(Path(model))


def _wanted(firms: Path | None) -> list[str] | None:
    if firms is None:
        return None
    try:
        wanted = [line.strip() for line in firms.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{firms} cannot be read: {error}") from None
    if not wanted:
        raise ConfigError(f"{firms} names no firm; write one firm_id a line")
    return wanted


def _counts(counted) -> str:  # type: ignore[no-untyped-def]
    return ", ".join(f"{code} {count:,}" for code, count in counted.items())
