"""``shifu index``: build, check, status."""

import os
import sys
import time

import click

from indexer.builder import IndexBuilder
from indexer.embedding import Embedder
from indexer.errors import ModelError
from indexer.model_loading import load_embedder
from kb import outbox
from kb.db import Database
from kb.library.index_feed import published_documents, published_fingerprints
from kb.messages import N_
from kb.search.team_words import team_words
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
    problems = IndexBuilder(settings.index_dir, load_model(settings)).check(fingerprints)
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
    now = IndexBuilder(open_settings().index_dir).status()
    if as_json:
        print_json(now)
    elif now.generation:
        say(
            N_(
                "Generation %(n)s of %(created)s: %(articles)s articles, %(passages)s passages, %(vectors)s vectors, model %(model)s, segmenter %(segmenter)s."
            ),
            n=now.generation,
            created=now.created,
            articles=now.articles,
            passages=now.passages,
            vectors=now.vectors,
            model=now.model or "off",
            segmenter=now.segmenter,
        )
    else:
        say(N_("There is no index yet. Run shifu index build."))
    sys.exit(0 if now.generation else 1)


def build_if_needed(database: Database, settings: Settings) -> None:
    """The first build, and one after an upgrade; other changes are the worker's."""
    builder = IndexBuilder(settings.index_dir)
    if not builder.generation():
        rebuild(database, settings)
        return
    builder.embedder = load_model(settings)
    if builder.is_outdated():
        rebuild(database, settings)


def rebuild(database: Database, settings: Settings) -> None:
    """Build all with a progress bar; without the model, for keywords alone."""
    with database.read() as session:
        last = outbox.last_id(session)
        documents = published_documents(session)
        words = team_words(session)
    builder = IndexBuilder(settings.index_dir, load_model(settings, os.cpu_count() or 1))
    started = time.monotonic()
    with click.progressbar(length=1000, label="index", file=sys.stderr) as bar:
        shown = 0

        def progress(done: int, total: int) -> None:
            nonlocal shown
            step = 1000 * done // total - shown
            shown += step
            bar.update(step)

        number = builder.rebuild(documents, progress, words).generation
        bar.update(1000 - shown)
    with database.write() as session:  # what was asked before is in this build
        outbox.discard(session, outbox.INDEX_ARTICLE, last)
        outbox.discard(session, outbox.TEAM_WORDS, last)
    seconds = round(time.monotonic() - started)
    say(
        N_("Index generation %(n)s: %(articles)s articles in %(seconds)s s."),
        n=number,
        articles=len(documents),
        seconds=seconds,
    )


def load_model(settings: Settings, threads: int = 1) -> Embedder | None:
    """The model, or None with a warning: keyword search must come up in any case."""
    try:
        return load_embedder(settings.model, threads)
    except ModelError as error:
        fail(error.message)
        return None
