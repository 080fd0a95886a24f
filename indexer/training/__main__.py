"""``python -m indexer.training``: from the named sources to a model folder."""

import random
import sys
import time
from pathlib import Path

import click
import numpy as np
import torch

from indexer.packaged_model import packaged_model_folder
from indexer.tokens import BilingualTokenizer
from indexer.training import curriculum, measuring, model_card
from indexer.training.loop import Rates, train
from indexer.training.own_pairs import GLOSSES, read_records, split
from indexer.training.reading import student_of
from indexer.training.sources import CEDICT
from indexer.training.student import Student, load_body
from indexer.training.vocabulary import (
    Word,
    build_words,
    initial_vectors,
    read_cedict,
    read_glosses,
)
from indexer.training.writing import write_model

SEED = 7
RATES = {"general": Rates(words=2e-3, adapters=1e-3), "sales": Rates(words=2e-3, adapters=1e-3)}
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--sources", type=_FOLDER, required=True, help="Folder of the named sources.")
@click.option("--out", type=_FOLDER, required=True, help="Model folder to write.")
@click.option("--threads", default=1, show_default=True, help="Threads of torch.")
@click.option("--stage", "stages", multiple=True, type=click.Choice(list(RATES)),
              help="Stages to go through; default: all, in their order.")  # fmt: skip
@click.option("--sales-epochs", default=6, show_default=True, help="Epochs over our own records.")
@click.option("--resume", type=click.Path(exists=True, path_type=Path),
              help="A checkpoint, or a model folder with the same words, to go on from.")  # fmt: skip
@click.option("--plain-glosses", is_flag=True, help="Leave our own glosses out, to measure them.")
def main(
    sources: Path,
    out: Path,
    threads: int,
    stages: tuple[str, ...],
    sales_epochs: int,
    resume: Path | None,
    plain_glosses: bool,
) -> None:
    """Build the vocabulary, train, measure on held-out records, write weights and model card."""
    torch.manual_seed(SEED)
    torch.set_num_threads(threads)
    dice = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    began = time.monotonic()

    def tell(text: str) -> None:
        click.echo(f"{time.monotonic() - began:7.0f} s  {text}")
        sys.stdout.flush()

    words = _words(sources, own=not plain_glosses)
    student, teacher, tokenizer = _models(words)
    room = curriculum.classroom(
        lambda texts: [tokenizer.tokens(text) for text in texts], teacher, cache=sources
    )
    learn, held_out = split(read_records())
    figures = {"untrained": measuring.measure(student, teacher, room.read, held_out)}
    tell(f"{len(words)} words, {len(learn)} records; untrained {figures['untrained']}")
    if resume:
        _load(student, resume)
    steps: dict[str, int] = {}
    for stage in stages or tuple(RATES):
        courses, missing = curriculum.general(room, words, sources, dice, brief=stage != "general")
        for source in missing:
            tell(f"missing, left out: {source.name} ({source.origin})")
        if stage == "sales":
            courses += curriculum.sales(room, learn, sales_epochs)
        steps[stage] = train(
            student,
            courses,
            RATES[stage],
            dice,
            tell,
            lambda: _save(student, out / "checkpoint.pt"),
        )
        figures[stage] = measuring.measure(student, teacher, room.read, held_out)
        tell(f"after {stage}: {figures[stage]}")
    write_model(out, student, words)
    model_card.write(out, words, learn, figures, steps, time.monotonic() - began)
    tell(f"written: {out}")


def _words(sources: Path, *, own: bool) -> list[Word]:
    import jieba

    jieba.setLogLevel(100)
    jieba.initialize()
    frequency = {word: count for word, count in jieba.dt.FREQ.items() if count}
    glosses = read_glosses(GLOSSES) if own else {}
    return build_words(read_cedict(sources / CEDICT.path), glosses, frequency)


def _models(words: list[Word]) -> tuple[Student, Student, BilingualTokenizer]:
    """The student, the teacher (the published model as it is), and the tokenizer of both."""
    folder = packaged_model_folder()
    scored = [(word.text, word.log_probability) for word in words]
    tokenizer = BilingualTokenizer(folder / "tokenizer.json", scored)
    body = load_body(folder)
    table = body.embeddings.word_embeddings.weight.detach().numpy()
    rows = initial_vectors(words, tokenizer.wordpiece, table)
    teacher = Student(load_body(folder), np.zeros((1, rows.shape[1]), np.float32), rank=0)
    return Student(body, rows).eval(), teacher.eval(), tokenizer


def _save(student: Student, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    adapters = {name: value.detach() for name, value in student.adapters().items()}
    torch.save({"chinese": student.chinese.weight.data, "adapters": adapters}, path)


def _load(student: Student, path: Path) -> None:
    if path.is_dir():
        other, _ = student_of(path)
        student.load_state_dict(other.state_dict())
        return
    saved = torch.load(path)
    student.chinese.weight.data.copy_(saved["chinese"])
    for name, value in student.adapters().items():
        value.data.copy_(saved["adapters"][name])


if __name__ == "__main__":
    main()
