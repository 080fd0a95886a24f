"""The named sources of training pairs: where each is from, under which licence, how it is read.

Sources are folders and files under one folder, by the names below; a missing one is reported and
left out. None of the evaluation sets (CMRC, STS-B, XQuAD, MIRACL) is among them, nor the shipped
library, whose articles the golden queries point to.
"""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from indexer.passages import spans_of
from indexer.tokens import has_chinese


@dataclass(frozen=True)
class Pair:
    """A Chinese text and what it should lie near: its English translation, or a Chinese text."""

    left: str
    right: str


@dataclass(frozen=True)
class Source:
    """``path`` is relative to the folder of sources."""

    name: str
    path: str
    origin: str
    licence: str
    read: Callable[[Path], Iterator[Pair]]
    most: int = 20_000  # pairs that are taken, drawn at random
    epochs: int = 1  # in the general stage


def _tatoeba(path: Path) -> Iterator[Pair]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            parts = line.rstrip("\n").split("\t")
            if len(parts) >= 2:
                yield Pair(parts[0], parts[1])


def _python_docs(folder: Path) -> Iterator[Pair]:
    from babel.messages.pofile import read_po

    for path in sorted(folder.rglob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, ignore_obsolete=True)
        for message in catalogue:
            if (
                isinstance(message.id, str)
                and isinstance(message.string, str)
                and not message.fuzzy
            ):
                pair = Pair(_plain(message.string), _plain(message.id))
                if has_chinese(pair.left) and 3 <= len(pair.left) <= 200:
                    yield pair


def _plain(text: str) -> str:
    """reStructuredText without its roles and marks."""
    text = re.sub(r":[a-z:+-]+:`[!~]?([^`<]*)(?:<[^>]*>)?`", r"\1", text)
    return " ".join(re.sub(r"[`*|]|\\ ?", "", text).split())


def _dialogues(folder: Path) -> Iterator[Pair]:
    """Turns of tourist dialogues whose translation people checked, in both directions."""
    data = folder / "data"
    human = _zipped(data / "crosswoz_en/human_val.json.zip")
    for key, dialogue in _zipped(data / "crosswoz/val.json.zip").items():
        turns = zip(dialogue["messages"], human.get(key, {}).get("messages", []), strict=False)
        yield from (Pair(chinese["content"], english["content"]) for chinese, english in turns)
    human = _zipped(data / "multiwoz_zh/human_val.json.zip")
    for key, dialogue in _zipped(data / "multiwoz/val.json.zip").items():
        turns = zip(human.get(key, {}).get("log", []), dialogue["log"], strict=False)
        yield from (Pair(chinese["text"], english["text"]) for chinese, english in turns)


def _zipped(path: Path) -> dict[str, dict[str, list[dict[str, str]]]]:
    with ZipFile(path) as archive:
        found: dict[str, dict[str, list[dict[str, str]]]] = json.loads(
            archive.read(archive.namelist()[0])
        )
    return found


def _sections(folder: Path) -> Iterator[Pair]:
    """Chinese headings with the beginnings of their sections, from Markdown."""
    for path in sorted(folder.rglob("*.md")):
        text = path.read_text(encoding="utf-8", errors="ignore")
        parts = re.split(r"^(#{1,4}) +(.+?)\s*#*$", text, flags=re.MULTILINE)
        trail: dict[int, str] = {}
        for marks, heading, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            trail = {level: h for level, h in trail.items() if level < len(marks)}
            trail[len(marks)] = _words(heading)
            section = _words(body)[:300]
            if has_chinese(heading) and sum(map(has_chinese, section)) >= 25:
                yield Pair(" ".join(list(trail.values())[-2:]), section)


def _words(markdown: str) -> str:
    markdown = re.sub(r"```.*?```|<[^>]+>|\{[^}]*\}", " ", markdown, flags=re.DOTALL)
    markdown = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    return " ".join(re.sub(r"[`*_>#|]+", " ", markdown).split())


def _questions(folder: Path) -> Iterator[Pair]:
    """Questions about encyclopedic paragraphs, with the span that holds the answer.

    Every other paragraph has the article's title above it, as the index reads a passage.
    """
    for path in sorted(folder.glob("DRCD_*.json")):
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
            for nth, paragraph in enumerate(article["paragraphs"]):
                spans = spans_of(paragraph["context"])
                title = [article["title"]] if nth % 2 else []
                for asked in paragraph["qas"]:
                    answer = asked["answers"][0]["text"]
                    span = next((span for span in spans if answer in span), None)
                    if span:
                        yield Pair(asked["question"], "\n".join([*title, span]))


TRANSLATIONS = (
    Source(
        "Tatoeba",
        "tatoeba_zh_en.tsv.gz",
        "https://tatoeba.org, by way of https://www.manythings.org/anki/",
        "CC BY 2.0 FR",
        _tatoeba,
        epochs=2,
    ),
    Source(
        "Python documentation, Chinese translation",
        "python-docs-zh-cn",
        "https://github.com/python/python-docs-zh-cn, branch 3.14",
        "CC0 1.0 (translations), PSF-2.0 (originals)",
        _python_docs,
        most=9_000,
    ),
    Source(
        "CrossWOZ-en and MultiWOZ-zh, turns translated by people",
        "ConvLab-2",
        "https://github.com/thu-coai/ConvLab-2",
        "Apache-2.0",
        _dialogues,
        epochs=2,
    ),
)
SECTIONS = (
    Source(
        "Open Source Guides, Chinese",
        "opensource.guide/_articles/zh-hans",
        "https://github.com/github/opensource.guide",
        "CC BY 4.0",
        _sections,
    ),
    Source(
        "HowToCook",
        "HowToCook",
        "https://github.com/Anduin2017/HowToCook",
        "Unlicense",
        _sections,
    ),
    Source(
        "TiDB documentation, Chinese",
        "docs-cn",
        "https://github.com/pingcap/docs-cn",
        "CC BY-SA 3.0",
        _sections,
    ),
)
QUESTIONS = (
    Source(
        "DRCD, development and test part",
        "DRCD",
        "https://github.com/DRCKnowledgeTeam/DRCD",
        "CC BY-SA 3.0",
        _questions,
        epochs=3,
    ),
)
CEDICT = Source(
    "CC-CEDICT",
    "cedict.txt.gz",
    "https://www.mdbg.net/chinese/dictionary?page=cc-cedict",
    "CC BY-SA 4.0",
    lambda _: iter(()),
)


def read_all(
    sources: tuple[Source, ...], folder: Path
) -> tuple[dict[str, list[Pair]], list[Source]]:
    """Pairs by source, each pair once, and the sources that are missing."""
    found: dict[str, list[Pair]] = {}
    missing: list[Source] = []
    for source in sources:
        path = folder / source.path
        if path.exists():
            found[source.name] = list(dict.fromkeys(source.read(path)))
        else:
            missing.append(source)
    return found, missing
