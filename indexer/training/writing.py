"""Writing a trained student as a model folder: int8 rows, adapters, graph without weights, facts."""

import io
import json
import warnings
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from indexer.bilingual_model import ADAPTER, FACTS, GRAPH, ROWS, SCALES, WEIGHTS, WORDS
from indexer.file_hash import file_hash
from indexer.packaged_model import packaged_model_folder
from indexer.training.student import Student, load_body
from indexer.training.vocabulary import Word

_SMALL = 64  # numbers up to which a constant stays in the graph
_OPSET = 17
_PREFIX = "student.body."  # where the published model's weights are in the computation


def quantised(rows: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rows as int8 of shape (n, d) and a scale each, shape (n,): row ≈ int8 · scale."""
    scales = np.maximum(np.abs(rows).max(axis=1), 1e-12) / 127
    numbers = np.clip(np.rint(rows / scales[:, None]), -127, 127).astype(np.int8)
    return numbers, scales.astype(np.float32)


def write_model(folder: Path, student: Student, words: list[Word]) -> None:
    """Write everything but the model card. The folder is made; files in it are replaced."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    numbers, scales = quantised(student.chinese.weight.detach().numpy())
    tensors: dict[str, NDArray[Any]] = {ROWS: numbers, SCALES: scales}
    for name, value in student.adapters().items():
        tensors[ADAPTER + name.removeprefix("body.")] = value.detach().numpy().astype(np.float16)
    save_file(tensors, folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)  # the library makes a file that only its owner may read
    lines = (f"{word.text}\t{word.log_probability}\n" for word in words)
    (folder / WORDS).write_text("".join(lines), encoding="utf-8")
    graph, weights = _graph()
    (folder / GRAPH).write_bytes(graph)
    files = {name: file_hash(folder / name) for name in (GRAPH, WEIGHTS, WORDS)}
    facts = {"words": len(words), "files": files, "weights": weights}
    (folder / FACTS).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


class _Computation(nn.Module):
    """What the product runs: token vectors (b, t, d), mask (b, t) → (b, d)."""

    def __init__(self, student: Student) -> None:
        super().__init__()
        self.student = student
        self.eval()

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        return self.student.pooled(tokens, mask)


def _graph() -> tuple[bytes, list[str]]:
    """The published transformer's ONNX graph without its weights, and their names in its file.

    An adapter is a sum with a weight, so the product adds it once, and the graph knows of none.
    """
    import onnx

    # Written out as matrix products, attention runs faster than what the other one exports to.
    body = load_body(packaged_model_folder(), attention="eager")
    width = body.config.hidden_size
    student = Student(body, np.zeros((1, width), np.float32), rank=0)
    buffer = io.BytesIO()
    sample = (torch.randn(2, 7, width), torch.ones(2, 7, dtype=torch.long))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the older exporter is deprecated, and tracing is chatty
        torch.onnx.export(
            _Computation(student),
            sample,
            cast(Any, buffer),
            input_names=["tokens", "mask"],
            output_names=["vectors"],
            dynamic_axes={
                "tokens": {0: "texts", 1: "length"},
                "mask": {0: "texts", 1: "length"},
                "vectors": {0: "texts"},
            },
            dynamo=False,  # the newer exporter took a minute for the same graph
            do_constant_folding=False,  # folded constants would lose their names
            opset_version=_OPSET,
        )
    model = onnx.load_from_string(buffer.getvalue())
    weights = _leave_out_weights(model)
    return cast(bytes, model.SerializeToString()), weights


def _leave_out_weights(model: Any) -> list[str]:
    from onnx import TensorProto, numpy_helper

    left_out: list[str] = []
    offset = 0
    for tensor in model.graph.initializer:
        size = numpy_helper.to_array(tensor).nbytes
        if size <= _SMALL * 4:
            continue
        tensor.name = tensor.name.removeprefix(_PREFIX)
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        # The runtime takes equal places in a file for the same weights, so each has its own.
        for key, value in (("location", "-"), ("offset", offset), ("length", size)):
            entry = tensor.external_data.add()
            entry.key, entry.value = key, str(value)
        offset += size
        left_out.append(tensor.name)
    for node in model.graph.node:
        for names in (node.input, node.output):  # equal weights are one, and the others name it
            for at, name in enumerate(names):
                names[at] = name.removeprefix(_PREFIX)
    return sorted(left_out)
