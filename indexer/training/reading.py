"""A written model folder as a student again: to train it further, or to compare it with torch."""

from pathlib import Path

import numpy as np
import torch

from indexer.bilingual_model import ADAPTER, ROWS, SCALES, WEIGHTS, read_words
from indexer.packaged_model import packaged_model_folder
from indexer.tokens import BilingualTokenizer
from indexer.training.student import Student, load_body


def student_of(folder: Path) -> tuple[Student, BilingualTokenizer]:
    """The student whose vectors the folder's model gives, and its tokenizer."""
    from safetensors.numpy import load_file

    tensors = load_file(folder / WEIGHTS)
    rows = tensors[ROWS].astype(np.float32) * tensors[SCALES][:, None]
    published = packaged_model_folder()
    student = Student(load_body(published), rows).eval()
    for name, value in student.adapters().items():
        saved = tensors[ADAPTER + name.removeprefix("body.")].astype(np.float32)
        value.data.copy_(torch.from_numpy(saved))
    return student, BilingualTokenizer(published / "tokenizer.json", read_words(folder))
