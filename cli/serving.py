"""``giants serve``."""

from pathlib import Path
from typing import Annotated

import typer

from littlegiants.cli.paths import Role
from littlegiants.cli.registry import Store, open_store
from littlegiants.cli.scoring import CHAMPION
from littlegiants.cli.signing import AllowRollback, RequireSignature, SignatureState, trusted
from littlegiants.ingest.extras import require_extra


def serve(
    model: Annotated[
        str,
        typer.Option("--model", metavar="REF|DIR", help="Registered model, or the folder of an artefact."),
        Role.MODEL,
    ] = CHAMPION,
    host: Annotated[
        str,
        typer.Option("--host", metavar="HOST", help="Address to listen on; other than this machine's own, by keys."),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N", min=1, max=65_535, help="Port to listen on.")] = 8080,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            metavar="N",
            min=1,
            max=256,
            show_default="one for each core",
            help="Processes that answer; each computes with one thread.",
        ),
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(
            "--keys", metavar="FILE", envvar="LITTLEGIANTS_KEYS", help="File of the keys, by giants keys add."
        ),
        Role.FILE,
    ] = None,
    poll: Annotated[
        float,
        typer.Option("--poll", metavar="SECONDS", min=0.1, help="How often the registry is asked for a new champion."),
    ] = 30.0,
    outcome: Annotated[
        str | None,
        typer.Option(
            "--outcome",
            metavar="NAME",
            show_default="that of the first model",
            help="Serve models of this outcome only; another is refused.",
        ),
    ] = None,
    timespan: Annotated[
        str | None,
        typer.Option(
            "--timespan",
            metavar="SPAN",
            show_default="that of the first model",
            help="Serve models of this label timespan only, such as '24 months'.",
        ),
    ] = None,
    money: Annotated[
        str | None,
        typer.Option(
            "--money",
            metavar="paid|YEAR",
            show_default="that of the first model",
            help="Serve models only that learned from amounts as paid, or in prices of this year.",
        ),
    ] = None,
    require_signature: RequireSignature = None,
    signature_state: SignatureState = None,
    allow_rollback: AllowRollback = None,
    store: Store = None,
) -> None:
    """Answer over HTTP with the champion: scores as JSON, and a page for people.

    A new champion is taken without a stop, within the time of --poll or at once by SIGHUP. A bad one, or one of another
    outcome, label timespan, money rule or set of signals, is refused and the old one stays. SIGTERM stops the service
    when all that it accepted is answered.
    """
    require_extra("serve", "giants serve")
    from littlegiants.models.scoring.lean_import import import_lightgbm_alone
    from littlegiants.models.serving_contract import promised

    import_lightgbm_alone()
    from littlegiants.serving.http.process.cores import cores
    from littlegiants.serving.http.process.server import Plan
    from littlegiants.serving.http.process.server import serve as run

    if model.startswith("models:"):
        open_store(store)
    run(
        Plan(
            reference=model,
            store=store,
            trust=trusted(require_signature, signature_state, allow_rollback),
            contract=promised(outcome, timespan, money),
            host=host,
            port=port,
            workers=workers or len(cores()),
            keys=keys,
            poll_seconds=poll,
        )
    )
