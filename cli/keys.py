"""``giants keys``: the keys of the HTTP service."""

from pathlib import Path
from typing import Annotated

import typer

from littlegiants.cli.help import examples
from littlegiants.cli.output import Json, aligned, parse_date, show
from littlegiants.cli.paths import CommandLine, Role

app = CommandLine(help="Make, list and revoke keys of the HTTP service.", no_args_is_help=True)
File = Annotated[
    Path,
    typer.Option("--file", metavar="FILE", envvar="LITTLEGIANTS_KEYS", help="File of the keys' digests."),
    Role.STATE,
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="What logs and people call the key.")]


@app.command(
    epilog=examples(
        "giants keys add fund-a --file keys.json",
        "giants keys add monitor --scope metrics --per-minute 60 --file keys.json",
    )
)
def add(
    name: Name,
    file: File,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope",
            metavar="SCOPE",
            show_default="score, portfolio and model",
            help="What it opens: score, portfolio, model or metrics; give it again for more.",
        ),
    ] = None,
    per_minute: Annotated[int, typer.Option("--per-minute", metavar="N", help="Requests a minute at most.")] = 600,
    expires: Annotated[
        str | None,
        typer.Option(
            "--expires", metavar="DATE", show_default="never", help="The last day on which it opens anything."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a key and print its token, once: only its SHA-256 is stored."""
    from littlegiants.serving.http.auth.key_file import add_key

    last = None if expires is None else parse_date(expires)
    scopes = scope or ["score", "portfolio", "model"]
    token = add_key(file, name, scopes, per_minute, last)
    result: dict[str, object] = {"name": name, "token": token, "scopes": scopes, "per_minute": per_minute}
    lines = [token, f"the key {name} opens {', '.join(scopes)}; it is shown this once, keep it where secrets are kept"]
    show(result | {"expires": expires}, lines, as_json)


@app.command(epilog=examples("giants keys revoke fund-a --file keys.json"))
def revoke(name: Name, file: File, as_json: Json = False) -> None:
    """Take a key away; a service that runs refuses it within 2 seconds."""
    from littlegiants.serving.http.auth.key_file import revoke_key

    revoke_key(file, name)
    show({"revoked": name}, [f"the key {name} is revoked"], as_json)


@app.command("list", epilog=examples("giants keys list --file keys.json", "giants keys list --file keys.json --json"))
def list_keys(file: File, as_json: Json = False) -> None:
    """List the keys: names, what they open, how often, and until when; their tokens are known to nobody here."""
    from littlegiants.serving.http.auth.key_file import read_keys

    keys = read_keys(file)
    plain = [
        {
            "name": key.name,
            "scopes": list(key.scopes),
            "per_minute": key.per_minute,
            "created": key.created.isoformat(),
            "expires": None if key.expires is None else key.expires.isoformat(),
        }
        for key in keys
    ]
    header = ("name", "opens", "a minute", "created (UTC)", "last day")
    rows = [
        (
            key.name,
            " ".join(key.scopes),
            f"{key.per_minute:,}",
            f"{key.created:%Y-%m-%d %H:%M}",
            "" if key.expires is None else key.expires.isoformat(),
        )
        for key in keys
    ]
    lines = aligned([header, *rows], right=[2]) if keys else ["there is no key; make one with `giants keys add`"]
    show({"keys": plain}, lines, as_json)
