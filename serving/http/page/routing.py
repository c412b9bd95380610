"""The routes of the page and their handlers."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from functools import partial
from typing import Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from littlegiants.features.asof.as_of_date import FIRST_AS_OF, today
from littlegiants.ingest.errors import AsOfError, ConfigError
from littlegiants.reports.metric_names import success
from littlegiants.serving.http.page import blank, example
from littlegiants.serving.http.page.assets import SCRIPT, STYLE, asset, name, page
from littlegiants.serving.http.protocol.bodies import Reading
from littlegiants.serving.http.protocol.forms import check_origin, read_form
from littlegiants.serving.http.protocol.problems import Problem
from littlegiants.serving.http.runtime.upload_tasks import UploadAnswer, UploadForm
from littlegiants.serving.scorer import Scorer
from littlegiants.serving.uploads import Upload, UploadError

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PRIVATE = {"Cache-Control": "no-store"}
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The connection of a person is slower than that of a machine, so a form may take this many times as long.
_PATIENCE = 6
Handler = Callable[[Request], Awaitable[Response]]


class Limits(Protocol):
    """Limits of a request."""

    @property
    def body_bytes(self) -> int:
        """Size of a body."""

    @property
    def body_seconds(self) -> float:
        """Time in which the body of a machine must come."""

    @property
    def firms(self) -> int:
        """Firms of a request."""


class Service(Protocol):
    """The members of the service that the page uses."""

    @property
    def limits(self) -> Limits:
        """Limits of a request."""

    @property
    def reading(self) -> Reading:
        """The bodies that the worker reads at a time."""

    async def answer_upload(
        self,
        form: UploadForm,
        files: Sequence[Upload],
        as_of: date,
        explain: bool = False,
        simulated: bool = False,
        ignored: tuple[str, ...] = (),
    ) -> UploadAnswer:
        """Return the answer to files.

        Parameters
        ----------
        form
            A page, or a file of scores.
        files, as_of, explain
            As the person sent them.
        simulated
            Whether the files are those of the example.
        ignored
            Columns that resemble one of the contract and are none.
        """

    def current(self) -> Scorer:
        """Return the scorer with the verified model in use."""


def routes(service: Service) -> list[Route]:
    """Return the routes of the page. They can be mounted at any prefix that ends in a slash.

    Parameters
    ----------
    service
        Its scorer is read one time for each request, so that a page never mixes two models.
    """

    async def home(_: Request) -> Response:
        return _html(_home(service))

    async def portfolio(request: Request) -> Response:
        limits = service.limits
        form, data = await read_form(request, limits.body_bytes, _PATIENCE * limits.body_seconds, service.reading)
        try:
            if form.download:
                return _download(
                    await service.answer_upload("file", form.uploads, form.as_of, ignored=form.ignored), form.as_of
                )
            return _html((await service.answer_upload("page", form.uploads, form.as_of, ignored=form.ignored)).body)
        finally:
            await data.close()

    async def simulated(request: Request) -> Response:
        check_origin(request)
        return _html((await service.answer_upload("page", example.uploads(), example.AS_OF, simulated=True)).body)

    async def back(_: Request) -> Response:
        # The page that answers a form is not stored and cannot be shown again.
        return RedirectResponse("./", 303, HEADERS)

    return [
        Route("/", _careful(home), methods=["GET"]),
        Route("/portfolio", _careful(portfolio), methods=["POST"]),
        Route("/example", _careful(simulated), methods=["POST"]),
        Route("/portfolio", back, methods=["GET"]),
        Route("/example", back, methods=["GET"]),
        Route("/template.xlsx", _file(blank.workbook, _XLSX, "template.xlsx")),
        Route("/template.zip", _file(blank.archive, "application/zip", "template.zip")),
        Route("/example.zip", _file(example.archive, "application/zip", "example.zip")),
        Route(f"/{name(STYLE)}", _file(partial(asset, STYLE), "text/css; charset=utf-8")),
        Route(f"/{name(SCRIPT)}", _file(partial(asset, SCRIPT), "text/javascript; charset=utf-8")),
    ]


def _home(service: Service) -> str:
    manifest = service.current().model.manifest
    return page(
        "home.html.j2",
        manifest=manifest,
        success=success(manifest.label),
        today=today(),
        first=FIRST_AS_OF,
        megabytes=service.limits.body_bytes // 1_000_000,
        firms=service.limits.firms,
        example_day=example.AS_OF,
    )


def _download(answer: UploadAnswer, as_of: date) -> Response:
    named = {"Content-Disposition": f'attachment; filename="scores-{as_of}.csv"'}
    return Response(answer.body, 200, HEADERS | _PRIVATE | named, "text/csv; charset=utf-8")


def _html(text: str | bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(text, status, HEADERS | _PRIVATE | (headers or {}), "text/html; charset=utf-8")


def _careful(handler: Handler) -> Handler:
    """Return a handler that answers every error in an upload by a page that says what to do."""

    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except Problem as problem:
            return _problem_page(problem.status, problem.message, problem.headers)
        except UploadError as error:
            return _problem_page(error.status, str(error))
        except (AsOfError, ConfigError) as error:
            return _problem_page(422, str(error))
        except ClientDisconnect:
            # The client has gone.
            return Response(status_code=400)

    return answered


def _problem_page(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    return _html(page("problem.html.j2", status=status, text=text), status, headers)


def _file(content: Callable[[], bytes], kind: str, filename: str = "") -> Handler:
    async def answered(_: Request) -> Response:
        named = {"Content-Disposition": f'attachment; filename="{filename}"'} if filename else _FOREVER
        return Response(content(), 200, HEADERS | named, kind)

    return answered
