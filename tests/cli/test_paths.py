"""No command writes onto what it reads, whichever commands and options there are."""

from pathlib import Path

import pytest

from littlegiants.cli.paths import Command, Role, roles_of
from littlegiants.cli.reference import commands
from littlegiants.ingest.errors import ConfigError

COMMANDS = commands()
WRITTEN = (Role.OUTPUT_FILE, Role.OUTPUT_FOLDER, Role.OUTPUT_TABLES, Role.STATE)
READ = (Role.TABLES, Role.FILE, Role.MODEL)
REFUSED = "named as an input|named twice|lies within|lie one in the other|is a table"
# What stands in the help for the value of an option that names a place.
PLACES = ("DIR", "FILE", "URL", "URI", "KEY", "REF", "RUN", "A", "B")
PLAIN = {"DATE": "2023-12-31", "TEXT": "a reason", "NAME": "name", "VERSION": "1"}


def options(command) -> dict[str, str]:
    """The metavars of a command's parameters, by name."""
    return {parameter.name: str(parameter.metavar or "") for parameter in command.params}


def value_of(name: str, role: Role) -> str:
    """A place of its own for a parameter of a role."""
    return {
        Role.TABLES: f"tables-{name}",
        Role.FILE: f"{name}.file",
        Role.MODEL: f"model-{name}",
        Role.SIGNED: f"model-{name}",
        Role.STORE: "sqlite:///store.db",
        Role.WRITTEN_STORE: "sqlite:///store.db",
    }.get(role, f"out-{name}.csv")


def made(name: str, role: Role) -> Path:
    """The place, made, and the file in it that must not be overwritten."""
    place = Path(value_of(name, role).removeprefix("sqlite:///"))
    if role in (Role.TABLES, Role.MODEL, Role.SIGNED):
        place.mkdir(exist_ok=True)
        for file in ("manifest.json", "model.txt") if role is not Role.TABLES else ("firms.csv",):
            (place / file).write_text("kept")
        return place / ("model.txt" if role is not Role.TABLES else "firms.csv")
    place.write_text("kept")
    return place


def arguments(command, **given: str) -> list[str]:
    """Words that call a command with a place for each parameter that names one, and these in place of others."""
    roles, words = roles_of(command.callback), []
    for parameter in command.params:
        role = roles.get(parameter.name)
        value = given.get(parameter.name)
        if value is None and role is not None and (parameter.required or role in READ):
            value = value_of(parameter.name, role)
        if value is None and parameter.required:
            value = PLAIN[str(parameter.metavar)]
        if value is not None:
            words += [value] if parameter.param_type_name == "argument" else [parameter.opts[0], value]
    return words


def run(command, **given: str) -> None:
    """Run a command, whose own errors come through."""
    command.main(arguments(command, **given), standalone_mode=False)


READERS = [words for words, command in COMMANDS.items() if Role.MODEL in roles_of(command.callback).values()]
CASES = [
    (words, output, source)
    for words, command in COMMANDS.items()
    for output, written in roles_of(command.callback).items()
    if written in WRITTEN
    for source, read in roles_of(command.callback).items()
    if source != output and read in (*READ, Role.STORE, Role.WRITTEN_STORE, Role.SIGNED)
]


@pytest.mark.parametrize("words", COMMANDS)
def test_every_parameter_that_names_a_place_declares_what_is_done_with_it(words):
    command = COMMANDS[words]
    assert isinstance(command, Command)
    roles = roles_of(command.callback)
    named = {name for name, metavar in options(command).items() if set(metavar.split("|")) & set(PLACES)}
    assert named <= roles.keys()
    assert not roles.keys() - options(command).keys()


def test_commands_that_write_are_among_them():
    writers = {words for words, output, _ in CASES}
    assert {f"giants {name}" for name in ("score", "train", "audit", "link", "signals", "tune", "evaluate")} <= writers
    assert len([words for words in writers if words.startswith("giants import ")]) > 5


@pytest.mark.parametrize("way", ["itself", "soft link", "hard link"])
@pytest.mark.parametrize(("words", "output", "source"), CASES)
def test_f24_an_output_that_is_an_input_is_refused_before_anything_is_read(words, output, source, way):
    command = COMMANDS[words]
    roles = roles_of(command.callback)
    for name, role in roles.items():
        if role in READ or name == source:
            made(name, role)
    kept = made(source, roles[source])
    place = kept
    if way == "soft link":
        place = Path("link.csv")
        place.symlink_to(kept)
    if way == "hard link":
        place = Path("link.csv")
        place.hardlink_to(kept)
        if roles[source] in (Role.MODEL, Role.SIGNED):
            pytest.skip("a model whose files have other names is refused when it is read")
    before = sorted(Path().rglob("*"))
    with pytest.raises(ConfigError, match=REFUSED):
        run(command, **{output: str(place), source: value_of(source, roles[source])})
    assert kept.read_text() == "kept"
    assert sorted(Path().rglob("*")) == before


@pytest.mark.parametrize("words", READERS)
def test_x06_nothing_is_written_into_a_model(words):
    command = COMMANDS[words]
    roles = roles_of(command.callback)
    made("other", Role.MODEL)
    for output, role in roles.items():
        if role in WRITTEN:
            with pytest.raises(ConfigError, match="lies within the model"):
                run(command, **{output: "model-other/new.csv"})
    assert sorted(path.name for path in Path("model-other").iterdir()) == ["manifest.json", "model.txt"]


@pytest.mark.parametrize("words", ["giants promote", "giants train", "giants tune"])
def test_x06_the_database_that_is_read_is_no_store(words):
    command = COMMANDS[words]
    Path("store.db").write_text("kept")
    with pytest.raises(ConfigError, match="named as an input"):
        run(command, data="sqlite:///store.db", store="sqlite:///store.db")
    assert Path("store.db").read_text() == "kept"


@pytest.mark.parametrize("read", ["data", "store"])
def test_x06_no_scores_are_added_to_a_database_that_is_read(read):
    Path("store.db").write_text("kept")
    with pytest.raises(ConfigError, match=r"store\.db is .*, already named as an input; name another place"):
        run(
            COMMANDS["giants score"], **{"data": "tables", read: "sqlite:///store.db", "database": "sqlite:///store.db"}
        )
    assert Path("store.db").read_text() == "kept"
