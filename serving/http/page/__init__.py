"""The page: a portfolio uploaded, scored and shown in a browser, by the process that answers the API."""

from typing import TYPE_CHECKING

from littlegiants.ingest.lazy import loader

if TYPE_CHECKING:
    from littlegiants.serving.http.page.routing import routes
else:
    __getattr__ = loader(__name__, {"routing": "routes"})

__all__ = ["routes"]
