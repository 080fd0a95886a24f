"""The stages of training: which lessons, in what order, how often."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.training.lessons import Lesson, encode
from indexer.training.own_pairs import Record
from indexer.training.sources import QUESTIONS, SECTIONS, TRANSLATIONS, Pair, Source, read_all
from indexer.training.student import Student
from indexer.training.vocabulary import NEUTRAL, Word

Read = Callable[[list[str]], list[list[int]]]
Encode = Callable[[list[str], int], NDArray[np.float32]]
_BRIEF = 0.3
_SECTIONS = 5_000  # headings that are taken: most of them are about one database
_GLOSS_WEIGHT = 0.5  # rarer senses of a word are not taught as its place


@dataclass(frozen=True)
class Classroom:
    """What lessons are made with: texts to numbers, English texts to the teacher's vectors."""

    read: Read
    teach: Encode


@dataclass(frozen=True)
class Course:
    """A lesson and how many times a stage goes through it."""

    lesson: Lesson
    epochs: int


def classroom(read: Read, teacher: Student, cache: Path) -> Classroom:
    """``teacher`` is the published model behind the same interface, without Chinese.

    What it says of a list of texts is kept in the folder ``cache``: it takes minutes, and never
    changes.
    """

    def teach(texts: list[str], most: int) -> NDArray[np.float32]:
        digest = sha256(f"{most}\n{chr(10).join(texts)}".encode()).hexdigest()
        path = cache / f"teacher-{digest[:16]}.npy"
        if path.is_file():
            known: NDArray[np.float32] = np.load(path)
            return known
        vectors = encode(teacher, read(texts), most)
        cache.mkdir(parents=True, exist_ok=True)
        np.save(path, vectors)
        return vectors

    return Classroom(read, teach)


def general(
    room: Classroom, words: list[Word], folder: Path, dice: random.Random, *, brief: bool
) -> tuple[list[Course], list[Source]]:
    """Words and glosses, translations, headings and sections, questions; and missing sources.

    ``brief`` goes through a part of it once: enough not to forget it beside other lessons.
    """
    share = _BRIEF if brief else 1.0
    translations, missing = read_all(TRANSLATIONS, folder)
    sections, missing_too = read_all(SECTIONS, folder)
    taught = _commonest(words, share)
    courses = [Course(_glosses(room, taught), 1)]
    for source in TRANSLATIONS:
        pairs = _sample(translations.get(source.name, []), int(source.most * share), dice)
        epochs = 1 if brief else source.epochs
        courses.append(Course(_translations(room, source.name, pairs), epochs))
    headed = [pair for some in sections.values() for pair in some]
    headed = _sample(headed, int(_SECTIONS * share), dice)
    courses.append(Course(_near(room, "sections", headed, batch=40, most=72), 1))
    questions, missing_as_well = read_all(QUESTIONS, folder)
    for source in QUESTIONS:
        lesson = _near(room, source.name, questions.get(source.name, []), batch=64, most=96)
        courses.append(Course(lesson, 1 if brief else source.epochs))
    courses = [course for course in courses if course.lesson.left]
    return courses, missing + missing_too + missing_as_well


def sales(room: Classroom, records: list[Record], epochs: int) -> list[Course]:
    """Our records: passages land on their translations, queries find their passages in both.

    A query also belongs near the English queries for its passage: their mean is less of an
    accident than one wording.
    """
    every = list(range(len(records)))
    passages = room.read([record.chinese for record in records])
    english = room.teach([record.english for record in records], 160)
    asked = [(q, at) for at, record in enumerate(records) for q in record.chinese_queries]
    queries, owners = room.read([query for query, _ in asked]), [at for _, at in asked]
    wordings = [room.teach([r.english_queries[nth] for r in records], 64) for nth in range(2)]
    mean = np.mean(wordings, axis=0)
    mean /= np.linalg.norm(mean, axis=1, keepdims=True)
    return [
        Course(Lesson("passages", passages, every, 32, 128, 2.0, vectors=english), epochs),
        Course(Lesson("queries", queries, owners, 96, 40, 0.3, vectors=english), epochs),
        Course(Lesson("wordings", queries, owners, 96, 40, 0.5, vectors=mean), epochs // 2),
        *(
            Course(_question(f"questions {nth}", queries[nth::3], every, passages), epochs // 3)
            for nth in range(3)
        ),
    ]


def _question(
    name: str, left: list[list[int]], target: list[int], right: list[list[int]]
) -> Lesson:
    return Lesson(name, left, target, batch=32, most=112, cosine=0.2, right=right)


def _near(room: Classroom, name: str, pairs: list[Pair], *, batch: int, most: int) -> Lesson:
    """Two Chinese texts that belong together: what is asked for, and where it is said."""
    right = list(dict.fromkeys(pair.right for pair in pairs))
    place = {text: at for at, text in enumerate(right)}
    return Lesson(
        name,
        room.read([pair.left for pair in pairs]),
        [place[pair.right] for pair in pairs],
        batch=batch,
        most=most,
        cosine=0.0,
        right=room.read(right),
    )


def _glosses(room: Classroom, words: list[Word]) -> Lesson:
    pairs = [
        (word.text, gloss)
        for word in words
        for gloss, weight in word.glosses[:2]
        if gloss != NEUTRAL and weight > _GLOSS_WEIGHT
    ]
    glosses = list(dict.fromkeys(gloss for _, gloss in pairs))
    place = {gloss: at for at, gloss in enumerate(glosses)}
    return Lesson(
        "glosses",
        room.read([word for word, _ in pairs]),
        [place[gloss] for _, gloss in pairs],
        batch=384,
        most=16,
        cosine=2.0,
        vectors=room.teach(glosses, 24),
    )


def _translations(room: Classroom, name: str, pairs: list[Pair]) -> Lesson:
    english = list(dict.fromkeys(pair.right for pair in pairs))
    place = {text: at for at, text in enumerate(english)}
    return Lesson(
        name,
        room.read([pair.left for pair in pairs]),
        [place[pair.right] for pair in pairs],
        batch=96,
        most=64,
        cosine=2.0,
        vectors=room.teach(english, 64),
    )


def _commonest(words: list[Word], share: float) -> list[Word]:
    """The commonest, as many as the share says: what a rare word is like is seldom asked."""
    ranked = sorted(words, key=lambda word: -word.log_probability)
    return ranked[: int(len(ranked) * share)]


def _sample(pairs: list[Pair], most: int, dice: random.Random) -> list[Pair]:
    return pairs if len(pairs) <= most else dice.sample(pairs, most)
