"""The portfolio that the page scores in one click: firms of a simulated economy, with errors as in real files."""

import io
import zipfile
from datetime import date
from functools import cache
from importlib.resources import files

from littlegiants.ingest.tables.contract import TABLES
from littlegiants.serving.uploads import Upload

AS_OF = date(2025, 12, 31)


def uploads() -> tuple[Upload, ...]:
    """Return the files of the example as uploads."""
    return tuple(Upload(name, io.BytesIO(content)) for name, content in _files().items())


@cache
def archive() -> bytes:
    """Return the files of the example as ``.zip``."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as found:
        for name, content in _files().items():
            found.writestr(name, content)
    return file.getvalue()


@cache
def _files() -> dict[str, bytes]:
    folder = files("littlegiants.serving.http.page") / "example"
    return {f"{table}.csv": (folder / f"{table}.csv").read_bytes() for table in TABLES}
