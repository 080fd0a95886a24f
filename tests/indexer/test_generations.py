import threading
from pathlib import Path

import pytest

from indexer.errors import IndexBusyError, IndexDamagedError
from indexer.generations import PASSAGES, Generations


def write(generations: Generations, text: str, *, from_last: bool = False) -> None:
    with generations.writing(from_last=from_last) as folder:
        (folder / "fact").unlink(missing_ok=True)
        (folder / "fact").write_text(text)


def names(folder: Path) -> set[str]:
    return {path.name for path in (folder / "generations").iterdir()}


def test_a_new_folder_has_no_generation(tmp_path: Path) -> None:
    assert Generations(tmp_path).current() == 0


def test_the_pointer_moves_to_what_was_written(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    write(generations, "one")
    write(generations, "two")
    assert (generations.path(generations.current()) / "fact").read_text() == "two"


def test_an_exception_leaves_the_old_generation_and_no_litter(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    write(generations, "one")
    with pytest.raises(ZeroDivisionError), generations.writing() as folder:
        (folder / "fact").write_text("half")
        _ = 1 / 0
    assert generations.current() == 1
    assert names(tmp_path) == {"000001"}


def test_a_crash_before_the_pointer_moves_leaves_the_old_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generations = Generations(tmp_path)
    write(generations, "one")

    def crash(self: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "replace", crash)
        write(generations, "two")
    assert (generations.path(generations.current()) / "fact").read_text() == "one"
    write(generations, "three")
    assert (generations.path(generations.current()) / "fact").read_text() == "three"


def test_leftovers_of_a_killed_writer_are_swept_away(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    write(generations, "one")
    (tmp_path / "generations" / "000002.partial").mkdir()
    write(generations, "two")
    assert names(tmp_path) == {"000001", "000002"}


def test_only_the_last_two_generations_are_kept(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    for text in "abcd":
        write(generations, text)
    assert names(tmp_path) == {"000003", "000004"}


def test_a_generation_begun_with_the_last_shares_files_but_not_the_database(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    with generations.writing() as folder:
        (folder / "shared").write_text("x")
        (folder / PASSAGES).write_text("y")
    with generations.writing(from_last=True) as folder:
        assert (folder / "shared").stat().st_nlink == 2
        assert (folder / PASSAGES).stat().st_nlink == 1


def test_a_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    with Generations(tmp_path).writing():
        with pytest.raises(IndexBusyError), Generations(tmp_path, lock_timeout=0.01).writing():
            pass


def test_writers_in_threads_take_turns(tmp_path: Path) -> None:
    threads = [
        threading.Thread(target=write, args=(Generations(tmp_path), str(n))) for n in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Generations(tmp_path).current() == 5


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff\xfe", b"../../etc"])
def test_a_damaged_pointer_is_named_and_mended_by_the_next_generation(
    tmp_path: Path, content: bytes
) -> None:
    generations = Generations(tmp_path)
    write(generations, "one")
    generations.pointer.write_bytes(content)
    with pytest.raises(IndexDamagedError):
        generations.current()
    write(generations, "two")
    assert (generations.path(generations.current()) / "fact").read_text() == "two"
