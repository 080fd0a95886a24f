"""The file ``golden_queries.tsv``: questions and the articles that answer them, line by line.

Columns: half, group, language of the answers, query, slugs with commas. Halves keep tuning honest:
whoever turns a knob looks at ``tuning`` and asks ``checking`` only at the end.
"""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from kb.library.faults import Problem
from kb.library.vocabulary import Lang
from kb.messages import N_, Message

FILE_NAME = "golden_queries.tsv"
HEADER = ("half", "group", "lang", "query", "targets")
HALVES = ("tuning", "checking")
GROUPS = ("zh", "en", "across")  # across: asked in one language, answered in the other
MAX_QUERY = 300  # characters


@dataclass(frozen=True)
class GoldenLine:
    """One line: a query and the slugs, in language ``lang``, of the articles that answer it."""

    half: str
    group: str
    lang: str
    query: str
    slugs: tuple[str, ...]
    line: int = 0


def normalised(query: str) -> str:
    """What makes two queries the same: width, case and spaces do not count."""
    return " ".join(unicodedata.normalize("NFKC", query).casefold().split())[: 2 * MAX_QUERY]


def parse_golden(
    text: str, articles: Collection[tuple[str, str]]
) -> tuple[list[GoldenLine], list[Problem]]:
    """Sound lines and the faults of the others. ``articles`` are (slug, language) that there are."""
    rows = [row.rstrip("\r") for row in text.split("\n")]
    if tuple(rows[0].split("\t")) != HEADER:
        header = "⇥".join(HEADER)
        advice = Message(N_("must begin with the line %(header)s"), {"header": header})
        return [], [Problem(1, "", advice)]
    lines: list[GoldenLine] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    for number, row in enumerate(rows[1:], 2):
        if not row.strip():
            continue
        cells = row.split("\t")
        if len(cells) != len(HEADER):
            advice = Message(
                N_("has %(n)s fields; five are needed, separated by tabs"), {"n": len(cells)}
            )
            problems.append(Problem(number, "", advice))
            continue
        line = _line(cells, number)
        faults = [*_word_faults(line), *_target_faults(line, articles), *_twice(line, seen)]
        problems += [Problem(number, key, message) for key, message in faults]
        if not faults:
            lines.append(line)
    return lines, problems


def serialise_golden(lines: Iterable[GoldenLine]) -> str:
    """The file's text for these lines."""
    rows = [HEADER, *((x.half, x.group, x.lang, x.query, ",".join(x.slugs)) for x in lines)]
    return "".join("\t".join(row) + "\n" for row in rows)


def _line(cells: list[str], number: int) -> GoldenLine:
    half, group, lang, query, targets = (cell.strip() for cell in cells)
    slugs = tuple(slug.strip() for slug in targets.split(",") if slug.strip())
    return GoldenLine(half, group, lang, query, slugs, number)


def _word_faults(line: GoldenLine) -> list[tuple[str, Message]]:
    closed = (
        ("half", line.half, HALVES),
        ("group", line.group, GROUPS),
        ("lang", line.lang, tuple(Lang)),
    )
    faults = [
        (key, Message(N_("must be one of %(expected)s"), {"expected": ", ".join(known)}))
        for key, value, known in closed
        if value not in known
    ]
    if not faults and line.group not in ("across", line.lang):
        advice = N_("is %(group)s, but the answers are %(lang)s; write the group across")
        faults.append(("group", Message(advice, {"group": line.group, "lang": line.lang})))
    if not line.query:
        faults.append(("query", Message(N_("is empty; write what is asked"))))
    elif len(line.query) > MAX_QUERY:
        advice = N_("is longer than %(max_length)s characters; shorten it")
        faults.append(("query", Message(advice, {"max_length": MAX_QUERY})))
    return faults


def _target_faults(
    line: GoldenLine, articles: Collection[tuple[str, str]]
) -> list[tuple[str, Message]]:
    if not line.slugs:
        return [("targets", Message(N_("is empty; name the slug of the article that answers")))]
    advice = N_("names %(slug)s, which is no article in the language %(lang)s")
    return [
        ("targets", Message(advice, {"slug": slug, "lang": line.lang}))
        for slug in line.slugs
        if line.lang in tuple(Lang) and (slug, line.lang) not in articles
    ]


def _twice(line: GoldenLine, seen: dict[tuple[str, str], int]) -> list[tuple[str, Message]]:
    key = (normalised(line.query), line.lang)
    first = seen.setdefault(key, line.line)
    if not line.query or first == line.line:
        return []
    advice = N_("stands in line %(line)s already; put all its targets into one line")
    return [("query", Message(advice, {"line": first}))]
