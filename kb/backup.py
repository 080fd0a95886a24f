"""Backup and restore of database and uploads while the site runs.

A backup is one ``.tar.gz``: the database as SQLite's own online backup gives it, the uploads, the
signing key and a manifest with the SHA-256 of every file. It gets its name only when it is whole.
The index is not in it; it is rebuilt from the database.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kb.errors import ShifuError
from kb.messages import N_
from kb.settings import Settings

DATABASE = "shifu.db"
MANIFEST = "manifest.json"


class BackupError(ShifuError):
    """The file cannot be used as a backup."""

    template = N_(
        "%(file)s is not a whole backup (%(reason)s). Nothing was changed; try another file."
    )


class NotEmptyError(ShifuError):
    """Restoring would overwrite data."""

    template = N_(
        "%(folder)s holds data already. Stop the site, then say --replace to put the backup in its place; the old folder is kept beside it."
    )


class OtherDatabaseError(ShifuError):
    """The database is not SQLite."""

    template = N_("This backs up SQLite. For another database use its own tools, such as pg_dump.")


@dataclass(frozen=True)
class BackupReport:
    """What is in a backup."""

    path: Path
    files: int
    rows: dict[str, int]


def make_backup(settings: Settings, target: Path, now: datetime) -> BackupReport:
    """Write a backup to ``target``, a file or a folder to put one in."""
    if not settings.sqlalchemy_url.startswith("sqlite"):
        raise OtherDatabaseError
    if target.is_dir():
        target = target / f"shifu-{now:%Y%m%d-%H%M%S}.tar.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as name:
        folder = Path(name) / "backup"
        folder.mkdir()
        rows = _copy_database(
            Path(settings.sqlalchemy_url.removeprefix("sqlite:///")), folder / DATABASE
        )
        if settings.uploads_dir.is_dir():
            shutil.copytree(settings.uploads_dir, folder / "uploads")
        key = settings.data_dir / "secret_key"
        if key.is_file():
            shutil.copy2(key, folder / "secret_key")
        files = _digests(folder)
        manifest = {"made": now.isoformat(), "files": files, "rows": rows}
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")
        unfinished = Path(name) / "backup.tar.gz"
        with tarfile.open(unfinished, "w:gz") as archive:
            archive.add(folder, arcname=".")
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.chmod(0o600)  # it holds password hashes and the signing key
        unfinished.replace(target)
    return BackupReport(target, len(files), rows)


def _copy_database(source: Path, target: Path) -> dict[str, int]:
    with sqlite3.connect(source) as live, sqlite3.connect(target) as copy:
        live.backup(copy)
        tables = copy.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        rows = {
            name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - from the schema
            for (name,) in tables.fetchall()
        }
        copy.execute("PRAGMA journal_mode = DELETE")
    live.close()
    copy.close()
    return rows


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def restore_backup(settings: Settings, source: Path, *, replace: bool = False) -> BackupReport:
    """Put a backup in place of the data folder. Raises BackupError, NotEmptyError."""
    data = settings.data_dir.resolve()
    if (data / DATABASE).exists() and not replace:
        raise NotEmptyError(folder=data)
    data.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data.parent) as name:
        folder = Path(name) / "data"
        report = _unpack(source, folder)
        if data.exists():
            data.rename(_free_name(data))
        folder.rename(data)
    return report


def _free_name(data: Path) -> Path:
    number = 1
    while (beside := data.with_name(f"{data.name}.before-restore-{number}")).exists():
        number += 1
    return beside


def _extract(archive: tarfile.TarFile, folder: Path) -> None:
    """Plain files and folders, nothing outside ``folder``. Raises TarError.

    ``extractall`` has a filter for this, but not yet in the Python of Debian 12.
    """
    root = folder.resolve()
    for member in archive:
        target = (root / member.name).resolve()
        content = archive.extractfile(member) if member.isfile() else None
        if not target.is_relative_to(root) or not (content or member.isdir()):
            raise tarfile.TarError(member.name)
        if content is None:
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with content, target.open("wb") as file:
            shutil.copyfileobj(content, file)
        target.chmod(member.mode & 0o755)


def _unpack(source: Path, folder: Path) -> BackupReport:
    try:
        with tarfile.open(source, "r:gz") as archive:
            _extract(archive, folder)
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        files, rows = dict(manifest["files"]), dict(manifest["rows"])
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise BackupError(file=source, reason=type(error).__name__) from None
    if _digests(folder) != files:
        raise BackupError(file=source, reason="its files do not match its manifest")
    (folder / MANIFEST).unlink()
    return BackupReport(source, len(files), rows)
