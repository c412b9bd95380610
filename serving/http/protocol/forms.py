"""Forms with a date and files, bounded in size and time, and refused from pages of other sites."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from littlegiants.features.asof.as_of_date import check_as_of_date, parse_date, today
from littlegiants.ingest.errors import AsOfError
from littlegiants.ingest.tables.contract import TABLES
from littlegiants.serving.http.protocol.bodies import Reading
from littlegiants.serving.http.protocol.problems import stopping
from littlegiants.serving.uploads import NothingSentError, TooLargeError, UnsupportedError, Upload, UploadError

_FIELDS, _FIELD_BYTES = 8, 1_000


class TooSlowError(UploadError):
    """The form did not come in time."""

    status, code = 408, "slow_body"


class ForeignError(UploadError):
    """A page of another site sent the form."""

    status, code = 403, "foreign_site"


@dataclass(frozen=True, slots=True)
class Form:
    """A form that was sent.

    Attributes
    ----------
    as_of
        The as-of date.
    uploads
        The files.
    download
        Whether the answer is a file; the page sends this field.
    explain
        Whether to fill the reasons; machines send this field.
    ignored
        Columns that resemble one of the contract and are none; the field ``ignore_column``, which can be repeated.
    """

    as_of: date
    uploads: tuple[Upload, ...]
    download: bool
    explain: bool
    ignored: tuple[str, ...] = ()


async def read_form(request: Request, body_bytes: int, body_seconds: float, reading: Reading) -> tuple[Form, FormData]:
    """Read the form that the page sends.

    Parameters
    ----------
    request
        The request.
    body_bytes, body_seconds
        Size of the body, and the time in which it must come.
    reading
        The bodies that the worker reads at a time; it gives up the form when the service stops.

    Returns
    -------
    form : Form
        The fields and files.
    data : FormData
        Holds the files open. The caller closes it when they are read.

    Raises
    ------
    UnsupportedError
        If the body is compressed, or of another media type.
    TooLargeError
        If the body is too large.
    TooSlowError
        If the body does not come in time.
    NothingSentError
        If the form is damaged.
    ForeignError
        If a page of another site sent it.
    AsOfError
        If the date is not one, or lies in the future.
    Problem
        503 if the service stops before the form has come.
    """
    check_origin(request)
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise UnsupportedError("the form was not sent as multipart/form-data; send it as the page does")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedError("forms are taken uncompressed only")
    if _length(request) > body_bytes:
        raise _too_large(body_bytes)
    parser = MultiPartParser(
        request.headers,
        _bounded(request, body_bytes),
        max_files=2 * len(TABLES),
        max_fields=_FIELDS,
        max_part_size=_FIELD_BYTES,
    )
    try:
        async with asyncio.timeout(body_seconds) as wait:
            reading.begin(wait)
            data = await parser.parse()
    except TimeoutError:
        if reading.stopping:
            raise stopping() from None
        raise TooSlowError(f"the form did not come within {body_seconds:g} seconds") from None
    except (MultiPartException, KeyError, UnicodeError, ValueError) as error:
        raise NothingSentError("the form is damaged or not whole; send it again") from error
    finally:
        reading.end(wait)
    # A browser sends a file without a name where none was chosen.
    sent = [file for file in data.getlist("files") if isinstance(file, UploadFile) and file.filename]
    try:
        as_of = form_date(str(data.get("as_of_date", "")))
    except AsOfError:
        await data.close()
        raise
    uploads = tuple(Upload(str(file.filename), file.file) for file in sent)
    ignored = tuple(name for name in data.getlist("ignore_column") if isinstance(name, str))
    return Form(as_of, uploads, data.get("answer") == "csv", data.get("explain") == "true", ignored), data


def check_origin(request: Request) -> None:
    """Refuse a form that a page of another site sent: a stranger would use the browser's access to this service.

    Raises
    ------
    ForeignError
        If the browser reports another site. Clients without the header are accepted: every current browser sends it.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ForeignError("this form was sent from a page of another site; open the page itself")


def form_date(text: str) -> date:
    """Return the as-of date of a form; today's for an empty text.

    Raises
    ------
    AsOfError
        If it is not a date, or lies before the first or after tomorrow. It may be tomorrow already in some time zone.

    Examples
    --------
    >>> form_date("2025-12-31")
    datetime.date(2025, 12, 31)
    """
    written = text.strip()
    return check_as_of_date(parse_date(written), last=today() + timedelta(days=1)) if written else today()


def _length(request: Request) -> int:
    stated = request.headers.get("content-length", "")
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 20 else 0


async def _bounded(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """Yield the body until it exceeds the limit, whatever its stated length."""
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        yield chunk


def _too_large(most: int) -> TooLargeError:
    return TooLargeError(f"the files hold more than {most / 1e6:,.0f} MB; send fewer firms or tables at a time")
