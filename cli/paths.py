"""The paths of a command: each parameter declares what is done with what it names, and one check reads that.

A command is made by `CommandLine`, so none is without the check; a test walks the application and refuses a parameter
that names a place and declares no `Role`.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import typer
from typer.core import TyperCommand

from littlegiants.cli.overlaps import Input, Output, check_overlaps
from littlegiants.models.registry.stores import ARTEFACTS, database_of, store_uri

F = TypeVar("F", bound=Callable[..., Any])


class Role(Enum):
    """What a command does with the place that a parameter names."""

    TABLES = "tables that are read: a folder or the address of a database"
    FILE = "a file that is read"
    MODEL = "a model that is read: a folder or a reference to the registry"
    STORE = "the registry, which is read"
    WRITTEN_STORE = "the registry, which is written"
    STATE = "a file that is read and then written by itself"
    DATABASE = "a database that rows are added to"
    SIGNED = "a model that is given a signature"
    OUTPUT_FILE = "a file that is written"
    OUTPUT_TABLES = "a folder into which tables are written"
    OUTPUT_FOLDER = "a folder that is written, in the place of one that is there"


class Command(TyperCommand):
    """A command that refuses an output which is one of its inputs, before anything is read."""

    def invoke(self, ctx: Any) -> Any:
        """Check the paths that were given, then run the command."""
        roles = roles_of(self.callback)
        places = [place for name, role in roles.items() for place in _named(role, name, ctx.params)]
        inputs = [place for place in places if isinstance(place, Input)]
        inputs += [place.own for place in places if isinstance(place, Output) and place.own is not None]
        check_overlaps(inputs, [place for place in places if isinstance(place, Output)])
        return super().invoke(ctx)


class CommandLine(typer.Typer):
    """An application whose commands are all of `Command`."""

    def command(
        self, name: str | None = None, *, cls: type[TyperCommand] | None = None, **settings: Any
    ) -> Callable[[F], F]:
        """Register a command as `typer.Typer.command` does."""
        return super().command(name, cls=cls or Command, **settings)


def roles_of(callback: Callable[..., Any] | None) -> dict[str, Role]:
    """Return what each parameter of a command declares, by name; those that name no place are left out."""
    if callback is None:
        return {}
    hints = get_type_hints(inspect.unwrap(callback), include_extras=True)
    declared = {name: getattr(hint, "__metadata__", ()) for name, hint in hints.items()}
    return {name: role for name, marks in declared.items() for role in marks if isinstance(role, Role)}


def _named(role: Role, name: str, given: Mapping[str, Any]) -> Iterator[Input | Output]:
    """Give the places that a parameter names; a parameter that is not given names none, but for a store."""
    value = given.get(name)
    # Several files are each a place.
    for one in value if isinstance(value, list | tuple) else (value,):
        yield from _place(role, f"--{name.replace('_', '-')}", one, given)


def _place(role: Role, option: str, value: Any, given: Mapping[str, Any]) -> Iterator[Input | Output]:
    if role in (Role.STORE, Role.WRITTEN_STORE):
        yield from _store(value, written=role is Role.WRITTEN_STORE)
    elif role in (Role.STATE, Role.DATABASE):
        path = _state(value, given) if role is Role.STATE else database_of(value or "")
        if path is not None:
            yield Output(path, own=Input(path, f"the file of {option}"))
    elif value is None:
        return
    elif role is Role.TABLES:
        if (table := database_of(str(value)) if "://" in str(value) else Path(value)) is not None:
            yield Input(table, "the tables")
    elif role is Role.FILE:
        yield Input(Path(value), f"the file of {option}")
    elif role in (Role.MODEL, Role.SIGNED):
        if not str(value).startswith("models:"):
            model = Input(Path(value), "the model", closed=True)
            yield Output(Path(value) / "signature.json", own=model) if role is Role.SIGNED else model
    else:
        yield Output(Path(value), is_folder=role is Role.OUTPUT_FOLDER)


def _state(value: Any, given: Mapping[str, Any]) -> Path | None:
    """Return the file of a state; that of signatures is beside the key where it is not given."""
    key = given.get("require_signature")
    if value is None and key is not None:
        return Path(key).with_name(f"{Path(key).name}.state")
    return None if value is None else Path(value)


def _store(value: Any, *, written: bool) -> Iterator[Input | Output]:
    database = database_of(store_uri(value))
    if database is None:
        return
    store = Input(database, "the model store")
    yield Output(database, own=store) if written else store
    yield Input(database.with_name(ARTEFACTS), "the model store's files", closed=True)
