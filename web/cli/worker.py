"""``shifu worker``: takes index work from the outbox until it is told to end."""

import logging
import os
import signal
import threading

import click

from indexer.builder import IndexBuilder
from indexer.errors import IndexBusyError, IndexDamagedError
from kb import outbox
from kb.db import Database
from kb.errors import ShifuError
from kb.library.index_feed import published_documents, published_fingerprints
from kb.ports import SystemClock
from kb.search.team_words import team_words
from web.cli.index import load_model
from web.cli.measuring import Measuring
from web.cli.runtime import log_to_stderr, open_database, open_settings

log = logging.getLogger("shifu.worker")
POLL = 0.4  # seconds between looks into the outbox
AFTER_ERROR = 10.0  # seconds to wait where trying again at once cannot help


@click.command()
@click.option("--once", is_flag=True, help="Do what is waiting, then end.")
def worker(once: bool) -> None:
    """Keep the index up to date with the database."""
    settings = open_settings()
    log_to_stderr(settings)
    database = open_database(settings)
    stop = threading.Event()
    if not once:
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        threading.Thread(target=_end_with_parent, args=(stop,), daemon=True).start()
    builder = IndexBuilder(settings.index_dir, load_model(settings))
    _catch_up(database, builder)
    measuring = Measuring(
        database, builder, SystemClock(), lambda: stop.is_set() or index_work_waits(database)
    )
    while not stop.is_set():
        worked = (
            drain(database, builder)
            or cut_anew(database, builder)
            or measuring.look(by_itself=not once)
        )
        if once and not worked:
            return
        if not worked:
            stop.wait(POLL)


def _end_with_parent(stop: threading.Event) -> None:
    """A worker whose web process was killed must not go on by itself."""
    parent = os.getppid()
    while not stop.wait(2.0):
        if os.getppid() != parent:
            stop.set()


def _catch_up(database: Database, builder: IndexBuilder) -> None:
    """Ask for what the index lacks, whatever happened while no worker ran."""
    with database.read() as session:
        fingerprints = published_fingerprints(session)
    try:
        changed, removed = builder.pending(fingerprints)
    except ShifuError as error:
        log.warning("%s", error)
        changed, removed = set(fingerprints), set()
    if changed or removed:
        with database.write() as session:
            for article_id in (*changed, *removed):
                outbox.enqueue(session, outbox.INDEX_ARTICLE, article_id, SystemClock().now())


def index_work_waits(database: Database) -> bool:
    """Whether articles wait to be indexed."""
    with database.read() as session:
        return bool(outbox.pending(session, outbox.INDEX_ARTICLE, 1))


def drain(database: Database, builder: IndexBuilder) -> bool:
    """Do one batch of index work. Returns whether there was any and it was done."""
    with database.read() as session:
        items = outbox.pending(session, outbox.INDEX_ARTICLE)
        ids = sorted({item.subject_id for item in items})
        documents = published_documents(session, ids)
        last = max((item.id or 0 for item in items), default=0)
    if not items:
        return False
    published = {document.article_id for document in documents}
    try:
        builder.update(documents, [i for i in ids if i not in published])
    except IndexDamagedError as error:
        log.warning("%s Rebuilding it now.", error)
        with database.read() as session:
            builder.rebuild(published_documents(session), words=team_words(session))
    except IndexBusyError:
        return _wait_and_retry(1.0)
    except ShifuError as error:
        log.error("%s", error)
        return _wait_and_retry(AFTER_ERROR)
    with database.write() as session:
        outbox.discard(session, outbox.INDEX_ARTICLE, last)
    log.info("indexed %s articles", len(ids))
    return True


def cut_anew(database: Database, builder: IndexBuilder) -> bool:
    """Cut all texts with the team's words of now, if they changed; vectors stay.

    Returns whether there was anything to do and it was done.
    """
    with database.read() as session:
        items = outbox.pending(session, outbox.TEAM_WORDS)
        if not items:
            return False
        words, documents = team_words(session), published_documents(session)
        fingerprints = published_fingerprints(session)
    try:
        _, removed = builder.pending(fingerprints)
        builder.update(documents, removed, words=words)
    except IndexBusyError:
        return _wait_and_retry(1.0)
    except ShifuError as error:
        log.warning("%s Rebuilding it now.", error)
        builder.rebuild(documents, words=words)
    with database.write() as session:
        outbox.discard(session, outbox.TEAM_WORDS, max(item.id or 0 for item in items))
    log.info("cut all texts with %s words of the team", len(words))
    return True


def _wait_and_retry(seconds: float) -> bool:
    threading.Event().wait(seconds)
    return False
