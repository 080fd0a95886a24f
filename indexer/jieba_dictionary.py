"""jieba with its dictionary read, quickly where it was read before. The one file with jieba.

jieba keeps a parsed dictionary of its own, but reads it piece by piece from the open file: at once
takes a third of the time. Whoever may write into the cache's folder is trusted, as with the index
beside it: it is a folder of the data folder, not the shared one that jieba would use.
"""

import marshal
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any


def jieba_with_dictionary(cache_folder: Path | None) -> Any:
    """A ``jieba.Tokenizer``, ready. The folder is made if its parent is there.

    A cache that is missing, damaged or not to be written is no error.
    """
    jieba = _imported()
    tokenizer = jieba.Tokenizer()
    cache = cache_folder / f"jieba-{jieba.__version__}.words" if cache_folder else None
    if cache is None or not _read(tokenizer, cache):
        tokenizer.tmp_dir = "/nonexistent"  # without it, jieba would leave its cache in /tmp
        tokenizer.initialize()
        if cache is not None and cache.parent.parent.is_dir():
            with suppress(OSError):
                _write(tokenizer, cache)
    return tokenizer


def _imported() -> Any:
    """jieba reads its files without pkg_resources, too, which takes longer to import than itself."""
    absent = object()
    before = sys.modules.get("pkg_resources", absent)
    sys.modules["pkg_resources"] = None  # type: ignore[assignment]
    try:
        import jieba
    finally:
        if before is absent:
            del sys.modules["pkg_resources"]
        else:
            sys.modules["pkg_resources"] = before  # type: ignore[assignment]
    jieba.setLogLevel(100)  # it prints to stderr, even a failed cache
    return jieba


def _read(tokenizer: Any, cache: Path) -> bool:
    try:
        words, total = marshal.loads(cache.read_bytes())  # noqa: S302 - our own file
    except (OSError, EOFError, ValueError, TypeError):
        return False
    if not isinstance(words, dict) or not isinstance(total, int):
        return False
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = words, total, True
    return True


def _write(tokenizer: Any, cache: Path) -> None:
    cache.parent.mkdir(exist_ok=True)
    partial = cache.with_suffix(f".{os.getpid()}")
    partial.write_bytes(marshal.dumps((tokenizer.FREQ, tokenizer.total)))
    partial.replace(cache)
