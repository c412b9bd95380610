"""Which sources there are, and the importer of each: every module of this folder that declares a `Source`."""

import ast
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from littlegiants.ingest.sources import source as vocabulary
from littlegiants.ingest.sources.source import Source

if TYPE_CHECKING:
    from littlegiants.ingest.sources.common.imported import Imported

FOLDER = Path(__file__).parent
# As `make format` lays it out. Parsing the whole of every module would take longer than all else that `--help` does.
_DECLARATION = re.compile(r"^SOURCE = (Source\($.*?^\))$", re.DOTALL | re.MULTILINE)


def find_sources(folder: Path = FOLDER) -> list[Source]:
    """Return the declared sources, in the order of the help.

    No module is run: an importer loads pandas, and some load a package that is not installed. Setuptools reads the
    version of a package in the same way.

    Raises
    ------
    ValueError
        If a declaration is not made of constants and of what `littlegiants.ingest.sources.source` defines.

    Examples
    --------
    >>> [source.name for source in find_sources()][:3]
    ['crunchbase', 'crunchbase-2013-investors', 'sbir']
    """
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))]
    found = [read_declaration(match[1]) for text in texts if (match := _DECLARATION.search(text))]
    return sorted(found, key=lambda source: (source.position, source.name))


def read_declaration(text: str) -> Source:
    """Return the source that an expression such as ``Source("cordis", …)`` declares, without running code.

    Raises
    ------
    ValueError
        If it uses a name that `littlegiants.ingest.sources.source` does not define, or computes anything.
    """
    found = _value(ast.parse(text, mode="eval").body)
    if not isinstance(found, Source):
        raise ValueError(f"{text.splitlines()[0]!r} declares no source; write Source(...)")
    return found


def find_importer(source: Source) -> Callable[..., "Imported"]:
    """Return the function that imports a source; only now its module is run."""
    found: Callable[..., Imported] = getattr(import_module(f"{__package__}.{source.module}"), source.function)
    return found


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Call(func=ast.Name()):
            keywords = {str(keyword.arg): _value(keyword.value) for keyword in node.keywords}
            return _value(node.func)(*map(_value, node.args), **keywords)
        case ast.Tuple():
            return tuple(map(_value, node.elts))
        case ast.Name() if hasattr(vocabulary, node.id):
            return getattr(vocabulary, node.id)
    return ast.literal_eval(node)
