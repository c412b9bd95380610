"""``giants sign``, and the options by which a command learns whose signature a model must have."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littlegiants.cli.output import Json, parse_date, show
from littlegiants.cli.paths import Role
from littlegiants.cli.registry import WrittenStore, open_store
from littlegiants.ingest.errors import ConfigError

if TYPE_CHECKING:
    from littlegiants.models.signing.trust import Trust

RequireSignature = Annotated[
    Path | None,
    typer.Option("--require-signature", metavar="KEY", help="Refuse models that this public key (PEM) did not sign."),
    Role.FILE,
]
SignatureState = Annotated[
    Path | None,
    typer.Option(
        "--signature-state",
        metavar="FILE",
        show_default="KEY.state",
        help="Remembers the newest model taken; none signed before it is taken again.",
    ),
    Role.STATE,
]
AllowRollback = Annotated[
    str | None,
    typer.Option(
        "--allow-rollback", metavar="REASON", help="Take this one model though it is an older one; kept in the state."
    ),
]


def sign(
    model: Annotated[
        str, typer.Argument(metavar="REF|DIR", help="Registered model, or the folder of an artefact."), Role.SIGNED
    ],
    key: Annotated[
        Path, typer.Option("--key", metavar="FILE", help="Private key on an elliptic curve (PEM), mode 600."), Role.FILE
    ],
    expires: Annotated[
        str | None,
        typer.Option("--expires", metavar="DATE", show_default="never", help="The last day on which it holds, UTC."),
    ] = None,
    store: WrittenStore = None,
    as_json: Json = False,
) -> None:
    """Sign a model that can be read whole; of two models the one signed later is the newer.

    In a folder the signature is signature.json, of a registered version it is a tag. To go back to an older model with
    everyone's consent, sign it again. A pair of keys comes from openssl, see docs/signing.md.
    """
    day = None if expires is None else parse_date(expires)
    password = os.environ.get("LITTLEGIANTS_KEY_PASSWORD")
    if model.startswith("models:"):
        open_store(store)
        from littlegiants.models.registry import signed_versions

        number = signed_versions.sign(model, key, day, password, store)
        show({"signed": model, "version": number}, [f"version {number} is signed"], as_json)
    else:
        from littlegiants.models.signing import signed_folders

        path = signed_folders.sign(Path(model), key, day, password)
        show({"signed": model, "signature": str(path)}, [f"{model} is signed: {path}"], as_json)


def trusted(key: Path | None, state: Path | None, rollback: str | None) -> "Trust | None":
    """Return whose signature a model must have, or None if it needs none.

    Parameters
    ----------
    key
        The public key of ``--require-signature``.
    state
        The file of ``--signature-state``.
    rollback
        The reason of ``--allow-rollback``.

    Raises
    ------
    ConfigError
        If the key cannot be used, or is missing although the other options need it, or the reason is empty.
    """
    if key is None:
        if state is not None or rollback is not None:
            raise ConfigError(
                "--signature-state and --allow-rollback go with --require-signature; give it the public key"
            )
        return None
    if rollback is not None and not rollback.strip():
        raise ConfigError("--allow-rollback is empty; say why an older model is taken")
    from littlegiants.models.signing.trust import Trust, read_public_key

    read_public_key(key)  # a bad key is refused now, not after a model was fetched
    return Trust.by(key, state, rollback or "")
