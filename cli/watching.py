"""``giants watch``."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littlegiants.cli.output import (
    Data,
    IgnoreColumn,
    Json,
    MaxQuarantined,
    aligned,
    balance,
    parse_date,
    show,
    steps,
    sums,
)
from littlegiants.cli.paths import Role
from littlegiants.cli.registry import Store
from littlegiants.cli.scoring import CHAMPION, open_scorer
from littlegiants.cli.signing import AllowRollback, RequireSignature, SignatureState, trusted
from littlegiants.features.asof.as_of_date import check_as_of_date
from littlegiants.ingest.excerpts import listed
from littlegiants.ingest.tables.limits import MAX_QUARANTINED

if TYPE_CHECKING:
    from littlegiants.serving.watch.checks import Check
    from littlegiants.serving.watch.run import Watched

_SHOWN = 10  # checks without an alarm that are shown, those that moved most


def watch(
    data: Data,
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="The firms at risk on this day, YYYY-MM-DD.")],
    model: Annotated[
        str,
        typer.Option("--model", metavar="REF|DIR", help="Registered model, or the folder of an artefact."),
        Role.MODEL,
    ] = CHAMPION,
    history: Annotated[
        Path | None,
        typer.Option("--history", metavar="FILE", help="Also add the run to this record, a SQLite file."),
        Role.STATE,
    ] = None,
    require_signature: RequireSignature = None,
    signature_state: SignatureState = None,
    allow_rollback: AllowRollback = None,
    store: Store = None,
    ignore_column: IgnoreColumn = None,
    max_quarantined: MaxQuarantined = MAX_QUARANTINED,
    as_json: Json = False,
) -> None:
    """Say whether the firms at risk on a date still resemble those that a model learned from.

    Every figure is printed and recorded in any case; the exit code is 9 where there is an alarm. See docs/watching.md.
    """
    from littlegiants.ingest.readers.read import read_tables
    from littlegiants.serving.watch.history import record
    from littlegiants.serving.watch.run import refuse_alarms
    from littlegiants.serving.watch.run import watch as compare

    day = check_as_of_date(parse_date(as_of))
    trust = trusted(require_signature, signature_state, allow_rollback)
    with steps(3, as_json) as step:
        step(f"reading {model}")
        read = open_scorer(model, store, trust).model
        step("reading the tables")
        tables = read_tables(
            data,
            read.manifest.money.constant_prices,
            ignore_columns=ignore_column or (),
            max_quarantined=max_quarantined,
        )
        step(f"comparing the firms as of {day}")
        found = compare(read, tables, day)
        run = None if history is None else record(found, history)
    result = {"run": run, **_result(found), "tables": sums(tables.reconciliations)}
    show(result, [*balance(tables.reconciliations), *_account(found)], as_json)
    refuse_alarms(found)


def _result(found: "Watched") -> dict[str, object]:
    return {
        "model_version": found.model_version,
        "model_age": {"months": round(found.model_age.months, 1), "staleness": found.model_age.staleness.value},
        "reference": {"as_of_date": found.reference_as_of.isoformat(), "firms": found.reference_firms},
        "as_of_date": found.as_of.isoformat(),
        "firms": found.firms,
        "alarms": list(found.alarms),
        "unseen": found.unseen,
        "expected_skill": asdict(found.expected),
        "checks": [{**asdict(check), "alarm": check.alarm} for check in found.checks],
    }


def _account(found: "Watched") -> list[str]:
    compared = f"{found.reference_firms:,} as of {found.reference_as_of}"
    lines = [
        f"{found.firms:,} firms as of {found.as_of}, compared with {compared} by model {found.model_version}",
        f"of the model, {found.model_age}",
    ]
    for kind, values in found.unseen.items():
        if values:
            stated = [f"{value} ({count:,})" for value, count in sorted(values.items(), key=lambda pair: -pair[1])]
            lines.append(f"never seen in the training, {kind}: {listed(stated)}")
    if found.expected.auc is not None:
        lines.append(
            f"expected while windows are open, if the probabilities are calibrated: {found.expected.successes:,.0f} "
            f"successes, AUC {found.expected.auc:.3f}, Brier score {found.expected.brier:.3f}"
        )
    ordered = sorted(found.checks, key=lambda check: (not check.alarm, -check.moved / check.limit))
    shown = ordered[: _SHOWN + sum(check.alarm for check in ordered)]
    header = ("", "kind", "name", "before", "now", "moved", "let pass", "adjusted p")
    lines += ["", *aligned([header, *map(_row, shown)], right=(3, 4, 5, 6, 7)), ""]
    return [
        *lines,
        f"{len(ordered):,} checks, {sum(check.alarm for check in ordered):,} alarms; --json has all of them",
    ]


def _row(check: "Check") -> tuple[str, ...]:
    mark = "ALARM" if check.alarm else ""
    if check.kind == "table":
        numbers = [f"{days:,.0f} days" for days in (check.before, check.now, check.moved, check.limit)]
    else:
        numbers = [f"{check.before:.1%}", f"{check.now:.1%}", f"{check.moved:.2f}", f"{check.limit:.2f}"]
    return mark, check.kind, check.name, *numbers, f"{check.adjusted:.2g}"
