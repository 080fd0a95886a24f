"""Files that people hand in: kept under the hash of their bytes, never served but as a download."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from kb.errors import InvalidError
from kb.messages import N_, Message

FOLDER = "evidence"
_PIECE = 1 << 20


def evidence_folder(uploads: Path) -> Path:
    """Where the files lie."""
    return uploads / FOLDER


def keep_file(uploads: Path, stream: BinaryIO) -> str:
    """Store a file and return its SHA-256. The same bytes are kept once. Raises InvalidError if empty."""
    folder = evidence_folder(uploads)
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    handle, name = tempfile.mkstemp(dir=folder, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as target:
            while piece := stream.read(_PIECE):
                digest.update(piece)
                size += len(piece)
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
        if size == 0:
            raise InvalidError({"file": Message(N_("The file is empty; choose another one."))})
        Path(name).replace(folder / digest.hexdigest())
    finally:
        Path(name).unlink(missing_ok=True)
    return digest.hexdigest()
