"""Our own sales-domain pairs: each record a passage in both languages with queries for it."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from indexer.tokens import has_chinese

FOLDER = Path(__file__).parent / "sales_pairs"
GLOSSES = Path(__file__).parent / "glosses.tsv"
HELD_OUT = 20  # about every 20th record is kept back to measure with


@dataclass(frozen=True)
class Record:
    """A passage and its translation, and what people type to find it."""

    chinese: str
    english: str
    chinese_queries: tuple[str, ...]
    english_queries: tuple[str, ...]


def read_records(folder: Path = FOLDER) -> list[Record]:
    """All records, in the order of the files. Raises ValueError with file and line."""
    found: list[Record] = []
    for path in sorted(folder.glob("*.tsv")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            parts = [part.strip() for part in line.split("\t")]
            if len(parts) != 7 or not all(parts):
                raise ValueError(f"{path}:{number}: 7 columns wanted, found {len(parts)}")
            if has_chinese("".join((parts[1], *parts[5:]))):  # the teacher reads none
                raise ValueError(f"{path}:{number}: a Chinese character in an English column")
            found.append(Record(parts[0], parts[1], tuple(parts[2:5]), tuple(parts[5:])))
    return found


def split(records: list[Record]) -> tuple[list[Record], list[Record]]:
    """Records to learn from, and those held out: by their text, so that more records move none."""
    learn: list[Record] = []
    held_out: list[Record] = []
    for record in records:
        number = int(sha256(record.chinese.encode()).hexdigest()[:8], 16)
        (learn if number % HELD_OUT else held_out).append(record)
    return learn, held_out
