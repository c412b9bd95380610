"""``giants promote`` and ``giants rollback``."""

from contextlib import ExitStack
from datetime import UTC, datetime
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
from littlegiants.cli.registry import WrittenStore, numbered, open_store
from littlegiants.cli.strict import Strict, refuse_notices, table_notices
from littlegiants.ingest.errors import ArtefactError, ConfigError, PromotionError
from littlegiants.ingest.tables.limits import MAX_QUARANTINED

if TYPE_CHECKING:
    from littlegiants.models.manifest import Manifest
    from littlegiants.training.config import TrainConfig
    from littlegiants.training.promotion.candidate import Candidate
    from littlegiants.training.promotion.decision import Decision

_TAG = "promotion"


def promote(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="Number of a registered version, or latest.")],
    data: Data,
    known_by: Annotated[
        str | None,
        typer.Option(
            "--known-by",
            metavar="DATE",
            show_default="the day of the last event",
            help="Look at nothing in the tables that became known later.",
        ),
    ] = None,
    override: Annotated[
        str | None,
        typer.Option(
            "--override",
            metavar="REASON",
            help="Answer for what cannot be compared fairly; kept with the decision. What was measured stands.",
        ),
    ] = None,
    store: WrittenStore = None,
    ignore_column: IgnoreColumn = None,
    max_quarantined: MaxQuarantined = MAX_QUARANTINED,
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Make a registered model the champion, if it passes the gate; the champion so far becomes the challenger.

    The gate compares it with the champion and the baselines on the newest complete window of the tables, which neither
    model may have learned from. Every check is shown and kept with the version; one refusal and nothing changes.
    """
    from littlegiants.ingest.readers.read import read_tables
    from littlegiants.training.promotion.gate import Gate
    from littlegiants.training.undated_exits import read_undated

    day = None if known_by is None else parse_date(known_by)
    number = numbered(version, store)
    from littlegiants.models.registry import registry
    from littlegiants.models.registry.champions import champion

    former = champion(store)
    if number == former:
        same = registry.load(f"models:/{registry.NAME}/{number}", store).version
        unchanged: dict[str, object] = {"promoted": False, "champion": number, "model_version": same, "former": former}
        return show(unchanged, [f"version {number} ({same}) is the champion already"], as_json)
    with ExitStack() as stack, steps(6, as_json) as step:
        challenger, manifest = _challenger(stack, number, store)
        step("reading the tables")
        tables = read_tables(
            data, manifest.money.constant_prices, ignore_columns=ignore_column or (), max_quarantined=max_quarantined
        )
        refuse_notices(strict, table_notices(tables.reconciliations))
        its = None if former is None else _fetched(stack, former, store)
        gate = Gate.open(tables, _settings(manifest), its, read_undated(data), known_by=day, progress=step)
        decision = gate.judge(challenger, (override or "").strip(), step)
    if decision.accepted:
        refuse_notices(strict, _warnings(decision))
    _keep(number, decision, store)
    if decision.accepted:
        _crown(number, former, store)
    result: dict[str, object] = {
        "promoted": decision.accepted,
        "champion": number if decision.accepted else former,
        "model_version": decision.challenger,
        "former": former,
        "refused": list(decision.refused),
        "decision": decision.model_dump(mode="json"),
        "tables": sums(tables.reconciliations),
    }
    lines = [*balance(tables.reconciliations), *_lines(decision)]
    if decision.accepted:
        was = "" if former is None else f"; version {former} is now the challenger"
        lines.append(f"version {number} ({decision.challenger}) is the champion{was}")
    show(result, lines, as_json)
    if not decision.accepted:
        raise PromotionError(f"version {number} is not promoted: refused by {', '.join(decision.refused)}")


def _warnings(decision: "Decision") -> list[str]:
    from littlegiants.training.promotion.decision import Verdict

    return [check.sentence for check in decision.checks if check.verdict in (Verdict.WARN, Verdict.LIFTED)]


def rollback(
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept with the version taken back.")],
    store: WrittenStore = None,
    as_json: Json = False,
) -> None:
    """Make the champion before this one the champion again; the one taken back is not promoted again.

    The former champion is read whole before, digests first.
    """
    if not reason.strip():
        raise ConfigError("--reason is empty; say why the champion is taken back")
    open_store(store)
    from littlegiants.models.registry import champions

    taken_back, model = champions.rollback(reason.strip(), store)
    number = champions.champion(store)
    result: dict[str, object] = {"champion": number, "model_version": model.version, "taken_back": taken_back}
    line = f"version {number} ({model.version}) is the champion again; version {taken_back} was taken back"
    show(result, [line], as_json)


def _challenger(stack: ExitStack, number: int, store: str | None) -> tuple["Candidate", "Manifest"]:
    """Fetch a challenger; one whose files were changed is refused here, before anything is read from it."""
    from littlegiants.models.artefact.integrity import checked
    from littlegiants.models.registry.champions import record

    candidate = _fetched(stack, number, store)
    try:
        return candidate, checked(candidate.folder)[0]
    except ArtefactError as error:
        record(number, {_TAG: "refused: artefact"}, str(error), _file(), store)
        raise


def _fetched(stack: ExitStack, number: int, store: str | None) -> "Candidate":
    from littlegiants.models.registry import registry
    from littlegiants.training.promotion.candidate import Candidate

    found = stack.enter_context(registry.fetched(f"models:/{registry.NAME}/{number}", store))
    return Candidate(
        found.folder,
        found.version,
        # A version without a digest in the registry is no version of ours, whatever its files say.
        found.digest or "no digest",
        found.tags.get(registry.PROTOCOL_TAG, ""),
        found.tags.get(registry.ROLLED_BACK_TAG, ""),
    )


def _settings(manifest: "Manifest") -> "TrainConfig":
    from pydantic import ValidationError

    from littlegiants.training.config import TrainConfig

    try:
        return TrainConfig.model_validate(manifest.config)
    except ValidationError:
        return TrainConfig()  # the gate refuses the model for it


def _crown(number: int, former: int | None, store: str | None) -> None:
    """Make a version the champion, unless another became it while this one was judged: it was never compared with it.

    Raises
    ------
    PromotionError
        Naming the present champion.
    """
    from littlegiants.models.registry import registry
    from littlegiants.models.registry.champions import champion

    if (present := champion(store)) != former:
        now = "there is no champion any more" if present is None else f"version {present} has become the champion"
        raise PromotionError(f"version {number} is not promoted: {now} while it was judged; promote it again")
    registry.promote(number, store)


def _keep(number: int, decision: "Decision", store: str | None) -> None:
    """Record a decision before anything follows from it."""
    from littlegiants.models.registry import registry
    from littlegiants.models.registry.champions import record

    tags = {_TAG: f"refused: {', '.join(decision.refused)}"}
    if decision.accepted:
        tags = {_TAG: "passed", registry.PROTOCOL_TAG: decision.protocol}
    record(number, tags, decision.model_dump_json(indent=1), _file(), store)


def _file() -> str:
    return f"promotion/{datetime.now(UTC):%Y%m%dT%H%M%S%f}.json"


def _lines(decision: "Decision") -> list[str]:
    rows = [(check.verdict.value, check.code, check.sentence) for check in decision.checks]
    where = f"protocol {decision.protocol[:12]}"
    if decision.window is not None:
        where = f"the window of {decision.window} to {decision.known_by}, {where}"
    return ["", f"judged on {where}", *aligned(rows), ""]
