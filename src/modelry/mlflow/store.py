"""MLflow's model registry store over a published catalog. A version is its ordinal there; stages and `v1.2.0` are aliases."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import wraps
from typing import Any, NoReturn, ParamSpec, TypeVar

from mlflow.entities.model_registry import (
    ModelVersion,
    ModelVersionTag,
    RegisteredModel,
    RegisteredModelAlias,
    RegisteredModelTag,
)
from mlflow.exceptions import MlflowException
from mlflow.prompt.registry_utils import add_prompt_filter_string
from mlflow.protos.databricks_pb2 import INTERNAL_ERROR, PERMISSION_DENIED, RESOURCE_DOES_NOT_EXIST
from mlflow.store.entities.paged_list import PagedList
from mlflow.store.model_registry.abstract_store import AbstractStore
from mlflow.utils.search_utils import SearchModelUtils, SearchModelVersionUtils, SearchUtils

from modelry.client import fields, site, sources
from modelry.client.fields import Fields
from modelry.errors import NotFoundError, RegistryError
from modelry.model import names
from modelry.model.uris import Uri

P = ParamSpec("P")
R = TypeVar("R")

_WRITES = (
    "create_registered_model",
    "update_registered_model",
    "rename_registered_model",
    "delete_registered_model",
    "set_registered_model_tag",
    "delete_registered_model_tag",
    "create_model_version",
    "update_model_version",
    "transition_model_version_stage",
    "delete_model_version",
    "set_model_version_tag",
    "delete_model_version_tag",
    "set_registered_model_alias",
    "delete_registered_model_alias",
    "copy_model_version",
)


def address(uri: str) -> str:
    """Give the catalog's address of a registry's: `modelry+https://…`, or `modelry://…` for the same."""
    scheme, _, rest = uri.partition("://")
    return f"{scheme.partition('+')[2] or 'https'}://{rest}".rstrip("/")


def _told(function: Callable[P, R]) -> Callable[P, R]:
    """Tell our errors in MLflow's words, so that its server answers with the right status."""

    @wraps(function)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except RegistryError as error:
            code = RESOURCE_DOES_NOT_EXIST if isinstance(error, NotFoundError) else INTERNAL_ERROR
            hint = f" ({error.hint})" if error.hint else ""
            raise MlflowException(f"{error}{hint}", error_code=code) from error

    return asked


class ModelryStore(AbstractStore):  # type: ignore[misc]  # MLflow has no types
    """A published registry, read only."""

    def __init__(self, store_uri: str, tracking_uri: str | None = None) -> None:
        super().__init__(store_uri, tracking_uri)
        self._url = address(store_uri)

    @_told
    def get_registered_model(self, name: str) -> RegisteredModel:
        """Give a model with its aliases: every stage, and `v<version>` for every version."""
        return self._model(self._document(name), name)

    @_told
    def get_latest_versions(self, name: str, stages: Sequence[str] | None = None) -> list[ModelVersion]:
        """Give the latest version, or those that stages mean; MLflow asks for a version by number so as well."""
        document = self._document(name)
        numbers = [_number(document, stage) for stage in stages] if stages else [_latest(document, name)]
        return [self._version(document, name, number) for number in numbers if number is not None]

    @_told
    def get_model_version(self, name: str, version: str) -> ModelVersion:
        """Give a version by its ordinal."""
        document = self._document(name)
        return self._version(document, name, self._by_ordinal(document, name, version))

    @_told
    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """Give the version that an alias means: a stage, `v1.2.0` or `1.2.0`, or `latest`."""
        document = self._document(name)
        number = _latest(document, name) if alias == "latest" else _number(document, alias)
        if number is None:
            raise NotFoundError(f"{name} has nothing that is called {alias}")
        return self._version(document, name, number)

    @_told
    def get_model_version_download_uri(self, name: str, version: str) -> str:
        """Give the address of a version's bytes, pinned by their digest; raises for one that was withdrawn."""
        document = self._document(name)
        number = self._by_ordinal(document, name, version)
        told = document.inside("versions").inside(number)
        if told.value.get("yanked") is not None:
            reason = told.inside("yanked").text("reason", fields.LINE)
            raise RegistryError(f"{name}@{number} was withdrawn: {reason}")
        return self._uri(name, number, told)

    @_told
    def search_registered_models(
        self,
        filter_string: str | None = None,
        max_results: int | None = None,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList:
        """Give the models that a filter of MLflow's means."""
        models = [self.get_registered_model(name) for name in self._names()]
        found = SearchModelUtils.filter(models, add_prompt_filter_string(filter_string, is_prompt=False))
        return _page(SearchModelUtils.sort(found, order_by), max_results, page_token)

    @_told
    def search_model_versions(
        self,
        filter_string: str | None = None,
        max_results: int | None = None,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList:
        """Give the versions that a filter of MLflow's means."""
        versions = [version for name in self._names() for version in self._versions(name)]
        found = SearchModelVersionUtils.filter(
            versions, add_prompt_filter_string(filter_string, is_prompt=False)
        )
        order = order_by or ["last_updated_timestamp DESC", "name ASC", "version_number DESC"]
        return _page(SearchModelVersionUtils.sort(found, order), max_results, page_token)

    def _names(self) -> list[str]:
        return [row.text("model", fields.MODEL) for row in site.models(self._url)]

    def _document(self, name: str) -> Fields:
        if not names.is_model(name):
            raise NotFoundError(f"there is no model {name}")
        return sources.document(self._url, name)

    def _versions(self, name: str) -> Iterator[ModelVersion]:
        document = self._document(name)
        for number in document.inside("versions").value:
            yield self._version(document, name, number)

    def _by_ordinal(self, document: Fields, name: str, ordinal: str) -> str:
        versions = document.inside("versions")
        for number in versions.value:
            if str(versions.inside(number).count("ordinal")) == str(ordinal):
                return str(number)
        raise NotFoundError(f"{name} has no version {ordinal}", hint=f"it has {len(versions.value)}")

    def _model(self, document: Fields, name: str) -> RegisteredModel:
        versions = document.inside("versions")
        stages = document.inside("stages")
        ordinals = {number: str(versions.inside(number).count("ordinal")) for number in versions.value}
        aliases = {stage: stages.inside(stage).text("version", fields.VERSION) for stage in stages.value}
        aliases |= {f"v{number}": number for number in versions.value}
        times = [_time(versions.inside(number)) for number in versions.value]
        latest = document.optional("latest", fields.VERSION)
        return RegisteredModel(
            name,
            min(times, default=0),
            max(times, default=0),
            document.text("summary", fields.LINE),
            [self._version(document, name, latest)] if latest else [],
            [RegisteredModelTag("task", document.text("task", fields.SLUG))],
            [RegisteredModelAlias(alias, ordinals[number]) for alias, number in aliases.items()],
        )

    def _version(self, document: Fields, name: str, number: str) -> ModelVersion:
        told = document.inside("versions").inside(number)
        stages = document.inside("stages")
        held = [stage for stage in stages.value if stages.inside(stage).value.get("version") == number]
        tags = {
            "modelry.version": number,
            "modelry.sha256": told.inside("artifact").text("sha256", fields.SHA256),
            "modelry.format": told.inside("artifact").text("format", fields.SLUG),
            "license": told.text("license", fields.LINE),
        }
        if told.value.get("yanked") is not None:
            tags["modelry.yanked"] = told.inside("yanked").text("reason", fields.LINE)
        return ModelVersion(
            name,
            str(told.count("ordinal")),
            _time(told),
            _time(told),
            told.text("summary", fields.LINE),
            current_stage="None",
            source=self._uri(name, number, told),
            tags=[ModelVersionTag(key, value) for key, value in tags.items()],
            aliases=[*held, f"v{number}"],
        )

    def _uri(self, name: str, number: str, told: Fields) -> str:
        sha256 = told.inside("artifact").text("sha256", fields.SHA256)
        uri = Uri(self._url, f"{name}@{number}", sha256)
        # MLflow finds what reads it by the scheme, so that one is always written out.
        return str(uri).replace("modelry://", "modelry+https://", 1)


def _refused(name: str) -> Callable[..., NoReturn]:
    def refuse(self: ModelryStore, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ANN401, ARG001 - whatever it was
        raise MlflowException(
            f"{name}: this registry is read only here; what changes it is a pull request, see `modelry register --help`",
            error_code=PERMISSION_DENIED,
        )

    return refuse


for _name in _WRITES:
    setattr(ModelryStore, _name, _refused(_name))


def _latest(document: Fields, name: str) -> str:
    latest = document.optional("latest", fields.VERSION)
    if latest is None:
        raise NotFoundError(f"{name} has no version to take")
    return latest


def _number(document: Fields, which: str) -> str | None:
    """Give the version that a stage holds, in whatever case MLflow's users write it, or that is named itself."""
    versions, stages = document.inside("versions"), document.inside("stages")
    if which.removeprefix("v") in versions.value:
        return which.removeprefix("v")
    if which.lower() in stages.value:
        return stages.inside(which.lower()).text("version", fields.VERSION)
    return None


def _time(version: Fields) -> int:
    return int(datetime.fromisoformat(version.text("created", fields.LINE)).timestamp() * 1000)


def _page(found: Sequence[Any], most: int | None, token: str | None) -> PagedList:
    begin = SearchUtils.parse_start_offset_from_page_token(token)
    end = begin + (most or len(found))
    return PagedList(found[begin:end], SearchUtils.create_page_token(end) if end < len(found) else None)
