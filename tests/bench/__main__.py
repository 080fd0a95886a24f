"""``python -m tests.bench``: measure, print one table, write ``bench.json`` in this folder.

Everything happens in a temporary folder and on loopback ports; vectors stay in the user's cache
folder for the next run. The whole takes less than ten minutes.
"""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from indexer.bilingual_model import BilingualEmbedder
from indexer.builder import IndexBuilder
from indexer.passages import embedding_texts, passages_of
from kb.settings import SHIPPED_MODEL
from tests.bench import corpus
from tests.bench.building import measure_building
from tests.bench.edits import measure_edits
from tests.bench.encoding import measure_encoding
from tests.bench.pages import measure_pages
from tests.bench.queries import measure_queries
from tests.bench.report import Report
from tests.bench.site import Site
from tests.bench.starts import measure_help, measure_search, measure_serve
from tests.bench.vectors import CachingEmbedder

LIMIT = 600.0  # seconds for the whole


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    sizes: tuple[int, ...] = (1_000, 10_000)
    sample: int = 200  # passages whose build is measured
    build_rounds: int = 3
    queries: int = 100  # in each language
    encode_seconds: float = 120.0
    edits: int = 5
    requests: int = 400
    starts: int = 3


QUICK = Plan((200, 600), 40, 1, 10, 15.0, 2, 60, 1)


class Bench:
    """One run: steps in order, each skipped when there is no time left for it."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.folder = folder
        self.report = Report()
        self._began = time.monotonic()

    def step(self, name: str, seconds: float, work: Callable[[], None]) -> None:
        """Do a step that takes about ``seconds`` on a busy machine; a failure is a fact, not the end."""
        left = LIMIT - (time.monotonic() - self._began)
        if left < seconds:
            self.report.facts[f"skipped_{name}"] = "out of time"
            click.echo(f"{name}: skipped, out of time", err=True)
            return
        self.report.facts[f"load_before_{name}"] = round(os.getloadavg()[0], 2)
        began = time.monotonic()
        try:
            work()
        except (OSError, RuntimeError) as error:
            self.report.facts[f"failed_{name}"] = repr(error)
            click.echo(f"{name}: failed: {error!r}", err=True)
        click.echo(f"{name}: {time.monotonic() - began:.0f} s", err=True)

    def run(self) -> Report:
        """Everything."""
        plan, report = self.plan, self.report
        content = corpus.read_shipped()
        queries = {lang: corpus.phrasings(content, lang, plan.queries) for lang in ("zh", "en")}
        self.step("help", 10, lambda: measure_help(report, 7))
        embedder = BilingualEmbedder()
        caching = CachingEmbedder(embedder, plan.encode_seconds)
        sample = corpus.index_documents(corpus.library(content, plan.sample))
        self.step(
            "build", 100, lambda: measure_building(report, sample, embedder, plan.build_rounds)
        )
        english = [
            text
            for d in sample
            if d.lang == "en"
            for p in passages_of(d)
            for text in embedding_texts(p)
        ]
        self.step(
            "encode", 60, lambda: measure_encoding(report, english, embedder, plan.build_rounds)
        )
        libraries = {size: corpus.library(content, size) for size in plan.sizes}
        largest = max(plan.sizes)
        site = Site.create(self.folder / "site", content, libraries[largest])
        off = site.copy(self.folder / "off")
        for size in plan.sizes:
            if size == largest:
                passages = site.build(caching)
                folder = site.settings.index_dir
            else:
                folder = self.folder / f"index-{size}"
                documents = corpus.index_documents(libraries[size])
                passages = IndexBuilder(folder, caching).rebuild(documents).passages
            report.facts[f"passages_{size}"] = passages
            self.step(
                f"queries_{size}",
                60,
                lambda folder=folder, size=size: measure_queries(
                    report, folder, size, embedder, queries
                ),  # type: ignore[misc]
            )
        report.facts["vectors_encoded_now"] = caching.encoded
        report.facts["vectors_stand_ins"] = len(caching.stand_ins)
        off.build(None)
        query = queries["zh"][0]
        self.step(
            "pages", 60, lambda: measure_pages(report, off, libraries[largest], plan.requests)
        )
        self.step("edits_off", 60, lambda: measure_edits(report, off, largest, "off", plan.edits))
        self.step(
            "edits_on", 90, lambda: measure_edits(report, site, largest, SHIPPED_MODEL, plan.edits)
        )
        self.step(
            "serve",
            60,
            lambda: measure_serve(report, site, largest, query, SHIPPED_MODEL, plan.starts),
        )
        self.step("search", 60, lambda: measure_search(report, site, largest, query, plan.starts))
        return report


@click.command()
@click.option("--quick", is_flag=True, help="Small numbers, to see whether it runs at all.")
@click.option("--output", type=click.Path(path_type=Path), default=Path("bench.json"))
def main(quick: bool, output: Path) -> None:
    """Measure Shifu; the library it is measured on is synthetic but for the shipped articles."""
    plan = QUICK if quick else Plan()
    began = time.monotonic()
    with TemporaryDirectory(prefix="shifu-bench-") as folder:
        report = Bench(plan, Path(folder)).run()
    report.facts |= {
        "quick": quick,
        "library": "synthetic: shipped articles, and articles of their sentences resampled",
        "cpus": os.cpu_count() or 0,
        "load_average": [round(value, 2) for value in os.getloadavg()],
        "python": sys.version.split()[0],
        "seconds": round(time.monotonic() - began),
    }
    report.show()
    for name, value in report.facts.items():
        click.echo(f"{name}: {value}")
    report.write(output)


if __name__ == "__main__":
    main()
