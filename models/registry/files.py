"""Copies of a registered model's files, from permitted locations only; MLflow itself would fetch from any."""

from contextlib import closing
from pathlib import Path

from mlflow.store.artifact.artifact_repo import ArtifactRepository
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from mlflow.store.artifact.http_artifact_repo import HttpArtifactRepository
from mlflow.utils.credentials import get_default_host_creds
from mlflow.utils.rest_utils import http_request

from littlegiants.ingest.errors import RegistryError
from littlegiants.models.registry.download import BYTES, check_sizes, chunks, save
from littlegiants.models.registry.locations import allowed_locations, check_location, plain_name

_OK = 200


def copy_folder(location: str, name: str, store: str, folder: Path) -> Path:
    """Copy the plain files of one folder and return where they are.

    Parameters
    ----------
    location
        Where the registry says that the folder lies.
    name
        The folder's name there.
    store
        The store's address.
    folder
        Where to make the copy.

    Raises
    ------
    RegistryError
        If the location is not permitted, there is no such folder, or it holds anything but plain files of an artefact's
        size.
    """
    check_location(location, store, allowed_locations())
    place = get_artifact_repository(location, tracking_uri=store, registry_uri=store)
    sizes = _listed(place, name)
    check_sizes(sizes)
    (folder / name).mkdir()
    if isinstance(place, HttpArtifactRepository):
        _stream(place.artifact_uri, name, list(sizes), folder / name)
    else:
        for file in sizes:
            place.download_artifacts(f"{name}/{file}", str(folder))  # type: ignore[no-untyped-call]
    return folder / name


def _listed(place: ArtifactRepository, name: str) -> dict[str, int | None]:
    try:
        listing = [(file.path, file.is_dir, file.file_size) for file in place.list_artifacts(name)]
    except (ValueError, KeyError, TypeError, AttributeError):  # MLflow takes what it is given for a listing
        raise RegistryError("the registry answers with something that is no list of files") from None
    if inner := [path for path, is_folder, _ in listing if is_folder]:
        raise RegistryError(f"the registry lists the folder {plain_name(inner[0], name)!r} in {name}; it has none")
    sizes = {plain_name(path, name): size for path, _, size in listing}
    if len(sizes) < len(listing):
        raise RegistryError(f"the registry lists {len(listing)} files in {name}, and some of them twice")
    if not sizes:
        raise RegistryError(f"the registry has no files of the model: no {name}")
    return sizes


def _stream(address: str, name: str, files: list[str], folder: Path) -> None:
    room = BYTES
    for file in files:
        answer = http_request(  # type: ignore[no-untyped-call]
            get_default_host_creds(address),  # type: ignore[no-untyped-call]
            f"/{name}/{file}",
            "GET",
            stream=True,
            extra_headers={"Accept-Encoding": "identity"},
        )
        with closing(answer):
            if answer.status_code != _OK:
                raise RegistryError(f"the registry answers {answer.status_code} when asked for {file}")
            room = save(chunks(answer.raw.read1), folder / file, room)
