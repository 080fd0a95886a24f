"""A backup is whole or it is nothing; a restore keeps what it replaces."""

import io
import tarfile
from pathlib import Path

import pytest

from kb.backup import BackupError, NotEmptyError, make_backup, restore_backup
from kb.library.articles import find_visible


def test_a_backup_restores_to_the_same_rows_and_files(library, settings, clock, tmp_path, reader):
    made = make_backup(settings, tmp_path / "b.tar.gz", clock.now())
    other = settings.model_copy(update={"data_dir": tmp_path / "other"})
    restored = restore_backup(other, made.path)
    assert restored.rows == made.rows
    assert made.rows["article"] == 13
    assert (other.uploads_dir / "images/sales-process.svg").is_file()


def test_a_truncated_backup_is_refused_and_changes_nothing(library, settings, clock, tmp_path):
    path = make_backup(settings, tmp_path / "b.tar.gz", clock.now()).path
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(BackupError, match="not a whole backup"):
        restore_backup(settings, path, replace=True)
    assert (settings.data_dir / "shifu.db").is_file()


def test_data_is_replaced_only_when_told_and_then_kept_beside(
    library, settings, clock, tmp_path, reader
):
    path = make_backup(settings, tmp_path, clock.now()).path
    with pytest.raises(NotEmptyError):
        restore_backup(settings, path)
    restore_backup(settings, path, replace=True)
    assert settings.data_dir.with_name("data.before-restore-1").is_dir()
    with library.read() as db:
        assert find_visible(db, reader("chen.liang"), "price-too-high", "zh")


@pytest.mark.parametrize("name", ["../outside.txt", "/tmp/shifu-outside.txt", "link"])
def test_a_backup_that_reaches_outside_its_folder_is_refused(settings, tmp_path, name: str) -> None:
    source = tmp_path / "hostile.tar.gz"
    with tarfile.open(source, "w:gz") as archive:
        member = tarfile.TarInfo(name)
        if name == "link":
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(member)
        else:
            member.size = 1
            archive.addfile(member, io.BytesIO(b"x"))
    with pytest.raises(BackupError, match="not a whole backup"):
        restore_backup(settings, source)
    assert not (tmp_path / "outside.txt").exists()
    assert not Path("/tmp/shifu-outside.txt").exists()
