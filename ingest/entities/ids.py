"""Registration ids of firms, checked; the strongest evidence that two records are one firm.

=======  ==========================================================================================
scheme   what is accepted
=======  ==========================================================================================
uscc     China's unified social credit code, 18 characters, check digit of GB 32100-2015
siren    France's nine digits with a Luhn check digit; a SIRET of 14 digits counts by its SIREN
uei      the United States' 12 characters, by the format of SAM.gov: no O, no I, no leading zero
duns     nine digits; Dun & Bradstreet gave up the check digit in 2006
=======  ==========================================================================================
"""

import re
import unicodedata
from collections.abc import Callable

import stdnum.cn.uscc
import stdnum.fr.siren
import stdnum.fr.siret

_SEPARATORS = re.compile(r"[\s\-_./]")
_UEI = re.compile(r"(?!.*[0-9]{9})[1-9A-HJ-NP-Z][0-9A-HJ-NP-Z]{11}")
_DUNS = re.compile(r"(?!0{9})[0-9]{9}")
_TRAILING_ZERO = re.compile(r"\.0$")
_SIRET_LENGTH = 14


def _uscc(text: str) -> str:
    return text if stdnum.cn.uscc.is_valid(text) else ""


def _siren(text: str) -> str:
    if len(text) == _SIRET_LENGTH:
        return text[:9] if stdnum.fr.siret.is_valid(text) else ""
    # All zeros pass Luhn's check and stand for nothing.
    return text if stdnum.fr.siren.is_valid(text) and text.strip("0") else ""


def _uei(text: str) -> str:
    return text if _UEI.fullmatch(text) else ""


def _duns(text: str) -> str:
    return text if _DUNS.fullmatch(text) else ""


_CHECKS: dict[str, Callable[[str], str]] = {"uscc": _uscc, "siren": _siren, "siret": _siren, "uei": _uei, "duns": _duns}
# What an id without the name of its scheme may be: nine digits are a SIREN in France and a DUNS number elsewhere.
_BARE = {"CN": ("uscc",), "FR": ("siren",), "US": ("uei", "duns")}
ID_COLUMNS = ("registration_id", *_CHECKS)


def normalise_id(scheme: str, text: str) -> str:
    """Return an id in the one way it is written, or nothing if it is no id of that scheme.

    Examples
    --------
    >>> normalise_id("uscc", "９１１１００００６０００３７３４１Ｌ"), normalise_id("uscc", "911100006000373419")
    ('91110000600037341L', '')
    >>> normalise_id("siret", "732 829 320 00074"), normalise_id("duns", "15-048-3782")
    ('732829320', '150483782')
    """
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    # Spreadsheets and data frames turn nine digits beside a blank cell into 423388446.0.
    return _CHECKS[scheme](_SEPARATORS.sub("", _TRAILING_ZERO.sub("", plain)))


def find_ids(column: str, text: str, country: str = "") -> tuple[list[str], int]:
    """Return the ids that a cell states, as ``scheme:id``, and how many of its ids are not valid.

    Parameters
    ----------
    column
        One of `ID_COLUMNS`: a scheme, or ``registration_id`` for ids that name theirs (``siren:552100554``) or leave
        it to the country. Ids of schemes that are not known here are neither used nor counted.
    text
        The cell; several ids are separated by ``;``.
    country
        ISO 3166-1 alpha-2, for ids without a scheme.

    Examples
    --------
    >>> find_ids("registration_id", "siren:552100554; siren:552100555"), find_ids("registration_id", "552100554", "FR")
    ((['siren:552100554'], 1), (['siren:552100554'], 0))
    """
    found: list[str] = []
    invalid = 0
    for part in filter(None, (part.strip() for part in unicodedata.normalize("NFKC", text).split(";"))):
        prefix, colon, value = part.partition(":") if column == "registration_id" else (column, ":", part)
        schemes = (prefix.strip().lower(),) if colon else _BARE.get(country.upper(), ("uscc",))
        known = [scheme for scheme in schemes if scheme in _CHECKS]
        ids = [
            f"{_scheme(scheme)}:{one}" for scheme in known if (one := normalise_id(scheme, value if colon else part))
        ]
        found += ids[:1]
        invalid += bool(known) and not ids
    return found, invalid


def _scheme(name: str) -> str:
    return "siren" if name == "siret" else name
