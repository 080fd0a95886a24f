"""Video files: what may be uploaded, and where it lies. Nothing is transcoded."""

import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from kb.errors import InvalidError
from kb.library.kinds import Video
from kb.messages import N_, Message

FOLDER = "media"
TYPES = {"mp4": "video/mp4", "webm": "video/webm"}
_PIECE = 1 << 20
_HEAD = 12


def keep_video(uploads: Path, name: str, file_name: str, stream: BinaryIO, max_mb: int) -> str:
    """Store a video as ``media/<name>.<ending>`` and return that. Raises InvalidError.

    The first bytes must be those of the format that the file's name promises.
    """
    ending = file_name.lower().rpartition(".")[2]
    if ending not in TYPES:
        raise InvalidError({"file": Message(N_("Choose a video that ends in .mp4 or .webm."))})
    folder = uploads / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=folder, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as target:
            size = 0
            while piece := stream.read(_PIECE):
                if size == 0 and not _is(ending, piece[:_HEAD]):
                    advice = N_("This is no %(type)s video, whatever its name says.")
                    raise InvalidError({"file": Message(advice, {"type": ending})})
                size += len(piece)
                if size > max_mb << 20:
                    advice = N_("The video is larger than %(n)s MB. Cut it or lower its quality.")
                    raise InvalidError({"file": Message(advice, {"n": max_mb})})
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
        if size == 0:
            raise InvalidError({"file": Message(N_("The file is empty; choose another one."))})
        Path(part).replace(folder / f"{name}.{ending}")
    finally:
        Path(part).unlink(missing_ok=True)
    return f"{FOLDER}/{name}.{ending}"


def _is(ending: str, head: bytes) -> bool:
    if ending == "webm":
        return head.startswith(b"\x1a\x45\xdf\xa3")
    return head[4:8] == b"ftyp"


def video_path(uploads: Path, meta: Video) -> Path | None:
    """Where a video article's file lies; None where it names none or the file is gone."""
    if meta.media is None:
        return None
    path = uploads / meta.media
    return path if path.is_file() else None
