"""``shifu eval --golden``: the library's own golden queries, and a baseline to hold against."""

import json
from dataclasses import dataclass
from pathlib import Path

from indexer.embedding import Embedder
from indexer.evaluation import ALL, EvaluationQuery, evaluate_documents
from kb.documents import Hit, LibraryDocument, Mode
from kb.errors import ShifuError
from kb.library.content_folder import Content, read_content
from kb.library.index_feed import to_index_document
from kb.library.vocabulary import Status
from kb.messages import N_, Message
from kb.search.golden_file import FILE_NAME, GoldenLine, parse_golden
from kb.search.golden_runs import request_of
from kb.search.synonyms import targets_of
from web.cli.output import fail

BASELINE_NAME = "golden_baseline.json"
MEASURE = "mrr@10"
MAY_DROP = 0.01
HALF_CHOICES = ("tuning", "checking", ALL)

Figures = dict[str, dict[str, dict[str, float]]]  # as indexer.evaluation gives them


class GoldenFileError(ShifuError):
    """The golden file cannot be used."""

    template = N_("%(path)s, line %(line)s: %(fault)s")


class BaselineError(ShifuError):
    """There is nothing to compare with."""

    template = N_(
        "%(path)s holds no figures for the half %(half)s. Write them with shifu eval --golden --half %(half)s --write-baseline."
    )


class NothingMeasuredError(ShifuError):
    """Without a model there are no hybrid figures."""

    template = N_(
        "A baseline holds hybrid figures, and no model was loaded. Name one with SHIFU_MODEL or --model."
    )


@dataclass(frozen=True)
class Comparison:
    """A group's hybrid figure in the baseline and now."""

    group: str
    before: float
    after: float

    @property
    def fell(self) -> bool:
        """Whether it fell by more than MAY_DROP."""
        return round(self.before - self.after, 6) > MAY_DROP


def measure_content(
    folder: Path, golden: Path | None, half: str, embedder: Embedder | None
) -> Figures:
    """Figures by mode and group over a throw-away index of a content folder's published articles.

    ``golden`` None is the folder's own file. Raises GoldenFileError.
    """
    content = read_content(folder)
    faults = sum(problem.path != FILE_NAME for problem in content.problems)
    if faults:
        sentence = N_(
            "%(n)s faults in %(folder)s; articles that have one may be left out. Run shifu content check."
        )
        fail(Message(sentence, {"n": faults, "folder": folder}))
    lines = _lines(content, golden or folder / FILE_NAME)
    queries = [_query(content, line) for line in lines if half in (ALL, line.half)]
    words = content.team_words.words
    return evaluate_documents(_documents(content), queries, embedder, key_of=_key, words=words)


def _query(content: Content, line: GoldenLine) -> EvaluationQuery:
    """As the site would ask it, synonyms included."""
    groups = content.team_words.synonyms
    pairs = [(phrase, group.target) for group in groups for phrase in group.phrases]
    synonyms = targets_of(pairs, line.query)
    return EvaluationQuery(
        line.group,
        request_of(line.query, line.lang, line.group == "across", Mode.HYBRID, synonyms),
        frozenset(f"{slug}.{line.lang}" for slug in line.slugs),
    )


def _key(hit: Hit) -> str:
    return f"{hit.slug}.{hit.lang}"


def _documents(content: Content) -> list[LibraryDocument]:
    published = [f for f in content.files if f.document.meta.status == Status.PUBLISHED]
    return [to_index_document(number, f.document, "") for number, f in enumerate(published, 1)]


def _lines(content: Content, path: Path) -> list[GoldenLine]:
    articles = {(f.document.meta.slug, str(f.document.meta.lang)) for f in content.files}
    try:
        lines, problems = parse_golden(path.read_bytes().decode("utf-8"), articles)
    except (OSError, UnicodeDecodeError) as error:
        raise GoldenFileError(path=path, line=1, fault=error) from None
    for problem in problems:
        raise GoldenFileError(
            path=path, line=problem.line, fault=f"{problem.key} {problem.message}"
        )
    return lines


def hybrid_scores(figures: Figures) -> dict[str, float]:
    """Hybrid MRR@10 by group. Raises NothingMeasuredError."""
    groups = figures.get(Mode.HYBRID.value)
    if not groups:
        raise NothingMeasuredError
    return {group: row[MEASURE] for group, row in groups.items()}


def compared(path: Path, half: str, figures: Figures) -> list[Comparison]:
    """The baseline's groups, before and now; a missing group fell to 0.

    Raises BaselineError and NothingMeasuredError.
    """
    now = hybrid_scores(figures)
    before = read_baseline(path).get(half)
    if not before:
        raise BaselineError(path=path, half=half)
    return [Comparison(group, score, now.get(group, 0.0)) for group, score in before.items()]


def read_baseline(path: Path) -> dict[str, dict[str, float]]:
    """Hybrid MRR@10 by half and group; empty where there is no such file."""
    try:
        stored = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(half): dict(groups) for half, groups in stored.get("halves", {}).items()}


def write_baseline(path: Path, half: str, figures: Figures, model: str) -> None:
    """Put a half's figures into the file; those of the other halves stay. Raises NothingMeasuredError."""
    halves = read_baseline(path) | {half: hybrid_scores(figures)}
    facts = {"measure": f"hybrid {MEASURE}", "model": model, "halves": halves}
    path.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", "utf-8")
