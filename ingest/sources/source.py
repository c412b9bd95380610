"""How a source declares itself: one `Source` at the top of its module, from which ``giants import`` makes a command.

The declaration is read without running the module (see `littlegiants.ingest.sources.discovery`), so it may use only
constants, tuples, the two classes of this module and the options that it names in capitals.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """An option of one source, and a keyword argument of its importer.

    Attributes
    ----------
    name
        The keyword argument; the option is ``--name`` with hyphens.
    metavar, help
        What the help shows for its value, and what it means.
    default
        Its value where it is not given; the importer has the same.
    shown
        What the help shows as default where that is None.
    choices
        The values it may have; empty for any.
    is_date
        Whether the value is a day. It reaches the importer as ISO text.
    repeated
        Whether it may be given several times. The importer gets a tuple, or None.
    """

    name: str
    metavar: str
    help: str
    default: str | None = None
    shown: str = ""
    choices: tuple[str, ...] = ()
    is_date: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A published source that can be imported.

    The module has the name of the source, with underscores, and in it the function ``import_<module>``. That takes the
    path of what was published and the options as keyword arguments, and returns an `Imported`.

    Attributes
    ----------
    name
        The command: ``giants import <name>``.
    summary
        What it imports, one sentence.
    path, path_help
        What the path is, ``FILE`` or ``DIR``, and what must be there.
    examples
        Commands to copy.
    options
        Options of this source alone, or named in capitals in this module.
    joins
        Whether its records can be joined to the firms of another import. The importer's second argument is then the
        folder of these firms, or None.
    bounded
        Whether the import stops above a share of quarantined rows, ``--max-quarantined``. Published sources have rows
        that no import uses; a set of tables has none.
    position
        Its place in the list of all sources; those of one position are listed by name.

    Examples
    --------
    >>> source = Source("horizon-no", "Import grants.", "FILE", "CSV file.", ("giants import horizon-no x.csv",))
    >>> source.module, source.function
    ('horizon_no', 'import_horizon_no')
    """

    name: str
    summary: str
    path: str
    path_help: str
    examples: tuple[str, ...]
    options: tuple[Option, ...] = ()
    joins: bool = False
    bounded: bool = False
    position: int = 80

    @property
    def module(self) -> str:
        """Name of its module in `littlegiants.ingest.sources`."""
        return self.name.replace("-", "_")

    @property
    def function(self) -> str:
        """Name of its importer in that module."""
        return f"import_{self.module}"


COUNTRY = Option("country", "CODE", "Country of the firms, ISO 3166-1 alpha-2.", default="CN")
DATE_FORMAT = Option(
    "date_format", "FORM", "How dates are written, of %Y or %y, %m or %b, and %d.", shown="ISO, %Y-%m-%d"
)
AMOUNTS = Option(
    "amounts",
    "FORM",
    "How amounts are written: plain 1234.56, comma 1.234,56, grouped 1,234.56, lakh 12,34,567.8, spaced 1 234,56.",
    default="plain",
    choices=("plain", "comma", "grouped", "lakh", "spaced"),
)
ENCODING = Option("encoding", "NAME", "Encoding of the file, such as gb18030.", shown="found out")
DELIMITER = Option("delimiter", "CHAR", "What separates fields.", shown="the header's: , ; or tab")
IGNORE_COLUMN = Option(
    "ignore_column",
    "NAME",
    "A column that resembles one of the contract and is none; can be repeated.",
    shown="none",
    repeated=True,
)
