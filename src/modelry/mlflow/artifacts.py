"""A version's files, as MLflow fetches them; ONNX and skops get the `MLmodel` by which MLflow can load them."""

import posixpath
import shutil
import tempfile
import weakref
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from mlflow.entities import FileInfo
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INTERNAL_ERROR, PERMISSION_DENIED, RESOURCE_DOES_NOT_EXIST
from mlflow.store.artifact.artifact_repo import ArtifactRepository

from modelry import client
from modelry.client import pull
from modelry.client.resolution import Resolution
from modelry.errors import RegistryError

# No version of Python or of a library is named: the record has them, and MLflow would warn of each that differs.
_ONNX = """\
flavors:
  onnx:
    data: {path}
    providers: [CPUExecutionProvider]
    code: null
  python_function:
    loader_module: mlflow.onnx
    data: {path}
    env: {{}}
"""
_SKOPS = """\
flavors:
  sklearn:
    pickled_model: {path}
    serialization_format: skops
    skops_trusted_types: []
    code: null
  python_function:
    loader_module: mlflow.sklearn
    model_path: {path}
    predict_fn: predict
    env: {{}}
"""
_DESCRIBED = {"onnx": _ONNX, "skops": _SKOPS}
MLMODEL = "MLmodel"


class ModelryArtifacts(ArtifactRepository):  # type: ignore[misc]  # MLflow has no types
    """One version, by its address; what is fetched is verified, or there is nothing."""

    @cached_property
    def _found(self) -> Resolution:
        try:
            return client.resolve(self.artifact_uri)
        except RegistryError as error:
            raise MlflowException(str(error), error_code=RESOURCE_DOES_NOT_EXIST) from error

    @cached_property
    def _texts(self) -> dict[str, str]:
        """What we add to what no MLflow made, so that it can load it: a bare file, or a folder with one such file."""
        of = self._found
        names = [of.path] if of.files is None else [file.path for file in of.files]
        ours = names if of.files is None else [name for name in names if name.endswith(f".{of.format}")]
        if MLMODEL in names or of.format not in _DESCRIBED or len(ours) != 1:
            return {}
        return {MLMODEL: _DESCRIBED[of.format].format(path=ours[0])}

    @cached_property
    def _sizes(self) -> dict[str, int]:
        of = self._found
        files = {of.path: of.size} if of.files is None else {file.path: file.size for file in of.files}
        return files | {path: len(text) for path, text in self._texts.items()}

    @cached_property
    def _pulled(self) -> Path:
        """All of it, verified, in a folder of our own that goes when this object does."""
        scratch = tempfile.mkdtemp(prefix="modelry-mlflow-")
        weakref.finalize(self, shutil.rmtree, scratch, ignore_errors=True)
        target = Path(scratch, self._found.path)
        try:
            pull.pull(self._found, target, means=client.means(self._found))
        except RegistryError as error:
            raise MlflowException(str(error), error_code=INTERNAL_ERROR) from error
        return target

    def list_artifacts(self, path: str | None = None) -> list[FileInfo]:
        """Give what lies directly in a folder of it."""
        top = posixpath.normpath(path) if path else ""
        inside = f"{top}/" if top not in {"", "."} else ""
        names = sorted(
            {one.removeprefix(inside).partition("/")[0] for one in self._sizes if one.startswith(inside)}
        )
        told = []
        for name in names:
            whole = f"{inside}{name}"
            size = self._sizes.get(whole)
            told.append(FileInfo(whole, size is None, size))
        return told

    def _download_file(self, remote_file_path: str, local_path: str) -> None:
        if remote_file_path in self._texts:
            Path(local_path).write_text(self._texts[remote_file_path], "utf-8")
            return
        if remote_file_path not in self._sizes:
            raise MlflowException(
                f"{self._found.label} has no file {remote_file_path}", error_code=RESOURCE_DOES_NOT_EXIST
            )
        source = self._pulled if self._found.files is None else self._pulled / remote_file_path
        shutil.copyfile(source, local_path)

    def log_artifact(self, local_file: str, artifact_path: str | None = None) -> NoReturn:  # noqa: ARG002 - MLflow's own
        """Refuse: a version never changes."""
        raise MlflowException("a version never changes", error_code=PERMISSION_DENIED)

    def log_artifacts(self, local_dir: str, artifact_path: str | None = None) -> NoReturn:  # noqa: ARG002
        """Refuse: a version never changes."""
        raise MlflowException("a version never changes", error_code=PERMISSION_DENIED)
