"""From a saved edit to its first appearance in a search, with the real processes."""

import time
from datetime import UTC, datetime
from statistics import median

from sqlmodel import select

from kb.db import Database
from kb.library.articles import Origin, document_of, update_article
from kb.library.front_matter import Document
from kb.library.models import Article
from tests.bench.report import Report
from tests.bench.site import Server, Site

POLL = 0.02  # seconds
FIRST = 120.0  # seconds at most for the first edit: the worker may still be loading the model
LIMIT = 15.0  # seconds at most for the others


def measure_edits(report: Report, site: Site, size: int, model: str, rounds: int) -> None:
    """``rounds`` edits after one that is not counted, then the memory of both processes."""
    name = "off" if model == "off" else "on"
    cookie = site.cookie()
    with site.served(model) as server, site.database() as database:
        server.wait()
        first = _edit(database, server, cookie, 0, FIRST)
        times = [_edit(database, server, cookie, n, LIMIT) for n in range(1, rounds + 1)]
        peaks = server.peak_memory()
    seen = [seconds for seconds in times if seconds is not None]
    complete = len(seen) == len(times) and first is not None
    note = f"model {name}, {size} passages, {len(seen)} of {rounds} edits found"
    prefix = f"edit_to_searchable.model_{name}"
    report.add(f"{prefix}.median", median(seen) if complete else None, "s", "<= 2", note)
    report.add(f"{prefix}.max", max(seen) if complete else None, "s", "<= 2", note)
    for process, peak in peaks.items():
        report.add(f"peak_memory.model_{name}.{process}", peak, "MiB", note=f"{size} passages")
    report.facts[f"edits_model_{name}_s"] = [None if s is None else round(s, 3) for s in times]


def _edit(
    database: Database, server: Server, cookie: str, number: int, limit: float
) -> float | None:
    """Save an edit as the web form does and search for its new word; None if it never comes."""
    word = f"bencheditword{chr(ord('a') + number)}"
    began = time.perf_counter()
    with database.write() as session:
        rows = select(Article).order_by(Article.id).offset(7 * number).limit(1)  # type: ignore[arg-type]
        article = session.exec(rows).one()
        document = document_of(session, article)
        changed = Document(document.meta, f"{document.body}\n\n{word} {datetime.now(UTC)}\n")
        update_article(
            session, article, changed, article.revision, Origin(None, "web"), datetime.now(UTC)
        )
        wanted = article.id
    while time.perf_counter() - began < limit:
        for result in server.search(word, cookie):
            shown = "".join(str(part[0]) for part in result["passage"])
            if result["id"] == wanted and word in shown:
                return time.perf_counter() - began
        time.sleep(POLL)
    return None
