"""The paths of the Open Inference Protocol."""

from importlib import metadata

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from littlegiants.serving.http.api import inference
from littlegiants.serving.http.api.responses import LIVE, Ready
from littlegiants.serving.http.protocol.bodies import check_type, read_body, read_head
from littlegiants.serving.http.protocol.problems import JSON, Problem, answer_json
from littlegiants.serving.http.runtime.service import Service

_OCTETS = b"application/octet-stream"


def inference_routes(service: Service) -> list[Route]:
    """Return the routes of the Open Inference Protocol."""

    async def server(_: Request) -> Response:
        return answer_json(inference.ServerMetadata(inference.NAME, metadata.version("littlegiants"), []))

    async def live(_: Request) -> Response:
        return Response(LIVE, media_type=JSON.decode())

    async def ready(_: Request) -> Response:
        why = service.why_not_ready()
        return answer_json(Ready(not why, why, service.refused_model()), 503 if why else 200)

    async def described(request: Request) -> Response:
        return answer_json(inference.metadata(_in_use(service, request)))

    async def model_ready(request: Request) -> Response:
        _in_use(service, request)
        return answer_json(inference.ModelReady(inference.NAME, ready=True))

    async def infer(request: Request) -> Response:
        head = read_head(request.scope, service.limits)
        check_type(head, JSON, _OCTETS, b"")
        body = await read_body(request.receive, head, service.limits, service.reading)
        # After the body has come: from here on no other model can come into use before this one answers.
        _in_use(service, request)
        manifest = service.records.model.manifest
        infer_request, parsed = inference.read_request(body, head.get(inference.BINARY_HEAD), service.limits, manifest)
        used, answers = await service.answer(parsed)
        said = inference.to_answer(infer_request, parsed, answers, manifest.label, used)
        return Response(said, media_type=JSON.decode())

    named = "/v2/models/{name}"
    models = (named, f"{named}/versions/{{version}}")
    return [
        Route("/v2", server, methods=["GET"]),
        Route("/v2/health/live", live, methods=["GET"]),
        Route("/v2/health/ready", ready, methods=["GET"]),
        *(Route(path, described, methods=["GET"]) for path in models),
        *(Route(f"{path}/ready", model_ready, methods=["GET"]) for path in models),
        *(Route(f"{path}/infer", infer, methods=["POST"]) for path in models),
    ]


def _in_use(service: Service, request: Request) -> str:
    """Return the version of the model in use, if it is the one that the path names."""
    used = service.records.model.version
    if request.path_params["name"] != inference.NAME or request.path_params.get("version", used) != used:
        raise Problem(404, "no_such_model", f"the model in use is {inference.NAME}, version {used}")
    return used
