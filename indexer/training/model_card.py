"""The model card beside the weights: what they are, from what, and how good they were found."""

from datetime import UTC, datetime
from pathlib import Path

from indexer.training.own_pairs import Record
from indexer.training.sources import CEDICT, QUESTIONS, SECTIONS, TRANSLATIONS
from indexer.training.vocabulary import Word

NAME = "README.md"
Figures = dict[str, dict[str, float]]

_SOURCES = (CEDICT, *TRANSLATIONS, *SECTIONS, *QUESTIONS)
_HEAD = """# shifu-minilm-zh

all-MiniLM-L6-v2 with a Chinese vocabulary. The English transformer is the published one and is not
in this folder; a text without a Chinese character gets exactly the vector that it gets there. A
Chinese text is cut into words of `words.tsv`; each has an input vector in `weights.safetensors`
(int8 rows with a scale each), and low-rank adapters of the same file take part only for such texts.
`graph.onnx` is the computation without weights. Vectors have 384 numbers and length 1; texts are
read up to 256 tokens.

Licence of these weights: CC BY-SA 4.0, see LICENSE; sources are named in NOTICE. Written by
`python -m indexer.training`; docs/model.md tells how and what was measured on other sets.
"""


def write(
    folder: Path,
    words: list[Word],
    records: list[Record],
    figures: Figures,
    steps: dict[str, int],
    seconds: float,
) -> None:
    """Write the card with the facts of one training run."""
    lines = [
        _HEAD,
        "## Training run\n",
        f"Finished {datetime.now(UTC):%Y-%m-%d}, {seconds / 60:.0f} minutes.",
        f"{len(words)} Chinese words, {len(records)} of our own records.",
        "Steps: " + ", ".join(f"{stage} {count}" for stage, count in steps.items()) + ".\n",
        "MRR@10 on our own held-out records, by direction; `en` is the published model's and says",
        "what the translation of a query could reach; `cosine` is that of a passage and the",
        "published model's vector of its translation.\n",
        _table(figures),
        "\n## Data\n",
        *(f"- {s.name}: {s.licence}. {s.origin}" for s in _SOURCES),
        "- Our own passages, queries and glosses (`indexer/training`): CC BY-SA 4.0.",
        "\nNot used: CMRC 2018, XQuAD, STS-B, MIRACL, and the shipped library, to whose articles",
        "the golden queries point.\n",
    ]
    (folder / NAME).write_text("\n".join(lines), encoding="utf-8")


def _table(figures: Figures) -> str:
    columns = list(next(iter(figures.values())))
    rows = [["stage", *columns], ["---"] * (len(columns) + 1)]
    rows += [[stage, *(f"{row[c]:.3f}" for c in columns)] for stage, row in figures.items()]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
