"""Packages that only some commands need: who lacks one is told what to install, in one line."""

from importlib.util import find_spec

from littlegiants.ingest.errors import MissingExtraError

_IMPORT = ("charset_normalizer", "openpyxl", "stdnum")
_REPORT = ("jinja2", "matplotlib")
_SIGN = ("cryptography",)
# The modules that each extra of pyproject.toml brings, by the names that they are imported under.
EXTRAS: dict[str, tuple[str, ...]] = {
    "import": _IMPORT,
    "link": (*_IMPORT, "publicsuffixlist", "rapidfuzz"),
    "report": _REPORT,
    "sign": _SIGN,
    "serve": (*_IMPORT, *_REPORT, *_SIGN, "granian", "prometheus_client", "python_multipart", "starlette"),
    "spark": ("pyspark", "py4j"),
    "tune": ("optuna",),
}


def require_extra(extra: str, use: str) -> None:
    """Check that the packages of an extra are installed, without importing them.

    Parameters
    ----------
    extra
        Name of the extra in ``pyproject.toml``.
    use
        What needs it, for the message: ``giants tune``.

    Raises
    ------
    MissingExtraError
        If one of its packages is not installed.

    Examples
    --------
    >>> require_extra("report", "giants score --report")
    """
    for package in EXTRAS[extra]:
        if find_spec(package) is None:
            raise MissingExtraError(
                f"{package} is not installed; {use} needs pip install 'littlegiants[{extra}]'", name=package
            )
