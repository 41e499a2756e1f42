"""MLServer's runtime for an ONNX file. Written by `modelry export mlserver`."""

import numpy as np
import onnxruntime
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse
from mlserver.utils import get_model_uri


class OnnxModel(MLModel):
    """Inputs and outputs carry the names that the file gives them."""

    async def load(self) -> bool:
        path = await get_model_uri(self._settings)
        self._session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        given = {each.name: NumpyCodec.decode_input(each) for each in payload.inputs}
        names = [each.name for each in self._session.get_outputs()]
        # What is a list or a map for each row, and no array, has no place in the protocol.
        found = [
            (name, value)
            for name, value in zip(names, self._session.run(None, given), strict=True)
            if isinstance(value, np.ndarray)
        ]
        return InferenceResponse(
            model_name=self.name,
            model_version=self.version,
            outputs=[NumpyCodec.encode_output(name, value) for name, value in found],
        )
