"""``shifu index``: build, check, status."""

import sys
import time

import click

from indexer.builder import IndexBuilder, check_index
from indexer.embedding import PACKAGED_MODEL, Embedder, embedder_for, verify_packaged_model
from indexer.errors import ModelUnavailableError
from indexer.generations import Generations
from kb.db import Database
from kb.library.index_feed import published_documents, published_fingerprints
from kb.messages import N_
from kb.settings import Settings
from web.cli.output import fail, print_json, say
from web.cli.runtime import open_database, open_settings


@click.group()
def index() -> None:
    """Build, check and describe the search index."""


@index.command()
def build() -> None:
    """Build the index anew from the database; the site keeps answering from the old one."""
    settings = open_settings()
    rebuild(open_database(settings), settings)


@index.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(as_json: bool) -> None:
    """Compare the index with the database and its own files. Exit 1 where something is wrong."""
    settings = open_settings()
    with open_database(settings).read() as session:
        fingerprints = published_fingerprints(session)
    problems = check_index(settings.index_dir, fingerprints, embedder_for(settings.model).wait())
    if as_json:
        print_json({"problems": [str(problem) for problem in problems]})
    else:
        for problem in problems:
            fail(problem)
        if not problems:
            say(N_("The index is sound and up to date."))
    sys.exit(1 if problems else 0)


@index.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(as_json: bool) -> None:
    """Say which generation is current and what it was made with."""
    settings = open_settings()
    generations = Generations(settings.index_dir)
    number = generations.current()
    if not number:
        say(N_("There is no index yet. Run shifu index build."))
        sys.exit(1)
    manifest = generations.manifest(number)
    if as_json:
        print_json({"generation": number, **vars(manifest)})
        return
    say(N_("Generation %(n)s of %(created)s: %(articles)s articles, %(passages)s passages, model %(model)s, segmenter %(segmenter)s."), n=number, created=manifest.created, articles=manifest.articles, passages=manifest.passages, model=manifest.model or "off", segmenter=manifest.segmenter)


def build_if_needed(database: Database, settings: Settings) -> None:
    """The first build; later changes are the worker's."""
    if not Generations(settings.index_dir).current():
        rebuild(database, settings)


def rebuild(database: Database, settings: Settings) -> None:
    """Build all with a progress bar; without the model, for keywords alone."""
    with database.read() as session:
        documents = published_documents(session)
    embedder = _load_model(settings)
    builder = IndexBuilder(settings.index_dir, embedder)
    started = time.monotonic()
    with click.progressbar(length=1000, label="index", file=sys.stderr) as bar:
        shown = 0

        def progress(done: int, total: int) -> None:
            nonlocal shown
            step = 1000 * done // total - shown
            shown += step
            bar.update(step)

        number = builder.rebuild(documents, progress)
        bar.update(1000 - shown)
    seconds = round(time.monotonic() - started)
    say(N_("Index generation %(n)s: %(articles)s articles in %(seconds)s s."), n=number, articles=len(documents), seconds=seconds)


def _load_model(settings: Settings) -> Embedder | None:
    """The model, or None with a warning: keyword search must come up in any case."""
    try:
        if settings.model == PACKAGED_MODEL:
            verify_packaged_model()
        return embedder_for(settings.model).wait()
    except ModelUnavailableError as error:
        fail(error.message)
        return None
