"""The folder ``content/``: which files it holds, and every fault in them at once.

Layout: ``<kind>/<slug>.<lang>.md`` for articles, ``images/`` for pictures,
``product_lines.yaml`` for the codes that the key ``product`` may use, ``golden_queries.tsv`` for
questions and the articles that answer them, ``synonyms.yaml`` for the team's words,
``paths/<slug>.yaml`` for paths of learning, ``questions/<bank>.<lang>.yaml`` and
``quizzes/<slug>.yaml`` for quizzes, ``scenarios/<slug>.<lang>.yaml`` for scenarios.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, RootModel, ValidationError

from kb.learning.content import Destinations, read_paths
from kb.learning.path_store import PathFile
from kb.library.faults import FileProblem, Problem
from kb.library.front_matter import Document, parse
from kb.library.kinds import Code, Line, Playbook, Video
from kb.library.links import article_links, image_links
from kb.library.markdown import headings_of, parse_tokens
from kb.library.sections import sections_of
from kb.library.vocabulary import Kind, Lang
from kb.messages import N_, Message
from kb.quizzes.content import QuizContent, read_quizzes
from kb.scenarios.content import read_scenarios
from kb.scenarios.scenario_file import Scenario
from kb.search.golden_file import FILE_NAME as GOLDEN_FILE
from kb.search.golden_file import GoldenLine, parse_golden
from kb.search.team_words_file import FILE_NAME as TEAM_WORDS_FILE
from kb.search.team_words_file import TeamWords, parse_team_words

IMAGE_SUFFIXES = {".svg", ".png", ".jpg", ".jpeg", ".webp"}
_FILE_NAME = re.compile(r"^(?P<slug>[a-z0-9-]+)\.(?P<lang>zh|en)\.md$")


class ProductLine(BaseModel):
    """A product line's name in both languages."""

    model_config = ConfigDict(extra="forbid")
    zh: Line
    en: Line


class ProductLines(RootModel[dict[Code, ProductLine]]):
    """Product lines by code."""


@dataclass(frozen=True)
class ContentFile:
    """One article file: its path relative to the folder, exact text and parsed form."""

    path: str
    source: str
    document: Document


@dataclass(frozen=True)
class Content:
    """All that a content folder says, with the faults found while reading it."""

    root: Path
    files: tuple[ContentFile, ...]
    product_lines: dict[str, ProductLine]
    problems: tuple[FileProblem, ...]
    golden: tuple[GoldenLine, ...] = ()
    team_words: TeamWords = field(default_factory=TeamWords)
    paths: tuple[PathFile, ...] = ()
    quizzes: QuizContent = field(default_factory=QuizContent)
    scenarios: tuple[Scenario, ...] = ()


def file_path(kind: str, slug: str, lang: str) -> str:
    """Where an article's file lies, relative to the content folder."""
    return f"{kind}/{slug}.{lang}.md"


def read_content(root: Path) -> Content:
    """Read and check a whole content folder. Faulty files are reported, not returned."""
    files: list[ContentFile] = []
    problems: list[FileProblem] = []
    product_lines, line_problems = _read_product_lines(root)
    problems += line_problems
    for path in _article_paths(root):
        found = _read_file(root, path)
        if isinstance(found, ContentFile):
            files.append(found)
        else:
            problems += found
    problems += _check_together(root, files, set(product_lines))
    golden, golden_problems = _read_golden(root, files)
    problems += golden_problems
    team_words, word_problems = _read_team_words(root)
    problems += word_problems
    anchors = anchors_of(files)
    quizzes, quiz_problems = read_quizzes(root, anchors)
    scenarios, scenario_problems = read_scenarios(root, anchors)
    problems += [*quiz_problems, *scenario_problems]
    slugs = {file.document.meta.slug for file in files}
    there = Destinations(
        slugs, {quiz.slug for quiz in quizzes.quizzes}, {one.slug for one in scenarios}
    )
    paths, path_problems = read_paths(root, there)
    problems += path_problems
    problems.sort(key=lambda p: (p.path, p.problem.line, p.problem.key))
    return Content(
        root,
        tuple(files),
        product_lines,
        tuple(problems),
        golden=tuple(golden),
        team_words=team_words,
        paths=tuple(paths),
        quizzes=quizzes,
        scenarios=tuple(scenarios),
    )


def _article_paths(root: Path) -> Iterator[Path]:
    for kind in Kind:
        yield from sorted((root / kind).rglob("*.md"))


def _read_file(root: Path, path: Path) -> ContentFile | list[FileProblem]:
    relative = path.relative_to(root).as_posix()
    name = _FILE_NAME.match(path.name)
    if not name or path.parent.parent != root:
        advice = Message(
            N_(
                "has a wrong name; articles lie at kind/slug.lang.md, for example faq/how-to-pay.zh.md"
            )
        )
        return [FileProblem(relative, Problem(1, "", advice))]
    try:
        source = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        advice = Message(N_("is not UTF-8 (byte %(at)s); save it as UTF-8"), {"at": error.start})
        return [FileProblem(relative, Problem(1, "", advice))]
    except OSError as error:
        advice = Message(N_("cannot be read: %(reason)s"), {"reason": error.strerror})
        return [FileProblem(relative, Problem(1, "", advice))]
    document, problems = parse(source)
    if document is None:
        return [FileProblem(relative, problem) for problem in problems]
    wanted = file_path(document.meta.kind, document.meta.slug, document.meta.lang)
    if wanted != relative:
        advice = Message(
            N_("its front matter says %(wanted)s; rename the file or mend kind, slug or lang"),
            {"wanted": wanted},
        )
        return [FileProblem(relative, Problem(2, "slug", advice))]
    return ContentFile(relative, source, document)


def _read_product_lines(root: Path) -> tuple[dict[str, ProductLine], list[FileProblem]]:
    name = "product_lines.yaml"
    path = root / name
    if not path.is_file():
        return {}, []
    try:
        data = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - makes strings only
        return ProductLines.model_validate(data or {}).root, []
    except (yaml.YAMLError, UnicodeDecodeError, ValidationError) as error:
        advice = Message(
            N_("must map codes to names, such as wms: {zh: 仓储系统, en: WMS} (%(reason)s)"),
            {"reason": str(error).splitlines()[0]},
        )
        return {}, [FileProblem(name, Problem(1, "", advice))]


def _read_golden(
    root: Path, files: list[ContentFile]
) -> tuple[list[GoldenLine], list[FileProblem]]:
    path = root / GOLDEN_FILE
    if not path.is_file():
        return [], []
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        advice = Message(N_("is not UTF-8 (byte %(at)s); save it as UTF-8"), {"at": error.start})
        return [], [FileProblem(GOLDEN_FILE, Problem(1, "", advice))]
    articles = {(file.document.meta.slug, str(file.document.meta.lang)) for file in files}
    lines, problems = parse_golden(text, articles)
    return lines, [FileProblem(GOLDEN_FILE, problem) for problem in problems]


def _read_team_words(root: Path) -> tuple[TeamWords, list[FileProblem]]:
    path = root / TEAM_WORDS_FILE
    if not path.is_file():
        return TeamWords(), []
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        advice = Message(N_("is not UTF-8 (byte %(at)s); save it as UTF-8"), {"at": error.start})
        return TeamWords(), [FileProblem(TEAM_WORDS_FILE, Problem(1, "", advice))]
    words, problems = parse_team_words(text)
    return words, [FileProblem(TEAM_WORDS_FILE, problem) for problem in problems]


def anchors_of(files: Sequence[ContentFile]) -> dict[str, Collection[str]]:
    """For each slug the anchors of its page, of both languages together."""
    anchors: dict[str, set[str]] = {}
    for file in files:
        there = anchors.setdefault(file.document.meta.slug, set())
        there |= {section.anchor for section in sections_of(file.document)}
        there |= {heading.anchor for heading in headings_of(parse_tokens(file.document.body))}
    return dict(anchors)


def _check_together(
    root: Path, files: list[ContentFile], products: set[str]
) -> Iterator[FileProblem]:
    slugs = {file.document.meta.slug for file in files}
    yield from _slugs_of_two_kinds(files)
    for file in files:
        for product in file.document.meta.product:
            if product not in products:
                yield FileProblem(
                    file.path,
                    Problem(
                        _line_of(file, "product"),
                        "product",
                        Message(
                            N_("%(code)s is not in product_lines.yaml; known are %(known)s"),
                            {"code": product, "known": ", ".join(sorted(products)) or "-"},
                        ),
                    ),
                )
        yield from _broken_links(root, file, slugs)


def _slugs_of_two_kinds(files: list[ContentFile]) -> Iterator[FileProblem]:
    kinds: dict[str, Counter[str]] = {}
    for file in files:
        kinds.setdefault(file.document.meta.slug, Counter())[file.document.meta.kind] += 1
    for file in files:
        others = [
            kind for kind in kinds[file.document.meta.slug] if kind != file.document.meta.kind
        ]
        if others:
            yield FileProblem(
                file.path,
                Problem(
                    _line_of(file, "slug"),
                    "slug",
                    Message(
                        N_(
                            "is also used by a %(kind)s; a slug belongs to one article and its translation"
                        ),
                        {"kind": others[0]},
                    ),
                ),
            )


def _broken_links(root: Path, file: ContentFile, slugs: set[str]) -> Iterator[FileProblem]:
    document = file.document
    for line, slug in article_links(document.body):
        if slug not in slugs:
            yield FileProblem(
                file.path,
                Problem(
                    document.body_line + line,
                    "",
                    Message(N_("links to article:%(slug)s, which does not exist"), {"slug": slug}),
                ),
            )
    for line, name in image_links(document.body):
        image = root / name
        if image.suffix.lower() not in IMAGE_SUFFIXES or not image.is_file():
            yield FileProblem(
                file.path,
                Problem(
                    document.body_line + line,
                    "",
                    Message(
                        N_("shows %(name)s, which is not a picture in content/images"),
                        {"name": name},
                    ),
                ),
            )
    media = document.meta.media if isinstance(document.meta, Video) else None
    if media is not None and not (root / media).is_file():
        advice = Message(N_("names %(name)s, which is not in the folder"), {"name": media})
        yield FileProblem(file.path, Problem(_line_of(file, "media"), "media", advice))
    if isinstance(document.meta, Playbook):
        for slug in document.meta.documents:
            if slug not in slugs:
                yield FileProblem(
                    file.path,
                    Problem(
                        _line_of(file, "documents"),
                        "documents",
                        Message(
                            N_("links to article:%(slug)s, which does not exist"), {"slug": slug}
                        ),
                    ),
                )


def _line_of(file: ContentFile, key: str) -> int:
    for number, line in enumerate(file.source.splitlines(), 1):
        if line.startswith(f"{key}:"):
            return number
    return 1


@dataclass(frozen=True)
class ContentStats:
    """Counts of a content folder's files."""

    articles: dict[str, int]
    languages: dict[str, int]


def content_stats(content: Content) -> ContentStats:
    """Articles by kind (zh and en counted each) and by language."""
    kinds = Counter(file.document.meta.kind for file in content.files)
    langs = Counter(file.document.meta.lang for file in content.files)
    return ContentStats({kind: kinds[kind] for kind in Kind}, {lang: langs[lang] for lang in Lang})
