"""The worker's measuring of the golden queries, between index work."""

import logging
import time
from collections.abc import Callable

from indexer.builder import IndexBuilder
from indexer.engine import HybridEngine
from indexer.model_loading import LazyEmbedder
from kb import outbox
from kb.db import Database
from kb.errors import ShifuError
from kb.ports import Clock
from kb.search import golden_runs

log = logging.getLogger("shifu.worker")
LOOK = 2.0  # seconds between looks for an index that changed
SETTLE = 30.0  # seconds after the start in which nothing is measured unasked: people come first
AFTER_ERROR = 60.0  # seconds before a failed measurement is tried again


class Measuring:
    """Measures what was asked for, and by itself when the index became another one.

    ``busy`` says that the worker has something more urgent; a run is then begun anew later, so
    that an edit never waits for a measurement.
    """

    def __init__(
        self,
        database: Database,
        builder: IndexBuilder,
        clock: Clock,
        busy: Callable[[], bool],
        settle: float = SETTLE,
    ) -> None:
        self._database = database
        self._builder = builder
        self._clock = clock
        self._busy = busy
        self._next_look = 0.0
        self._settled = time.monotonic() + settle

    def look(self, *, by_itself: bool = True) -> bool:
        """Measure if it is time to. Returns whether a run was stored."""
        if time.monotonic() < self._next_look:
            return False
        self._next_look = time.monotonic() + LOOK
        try:
            return self._measure_if_wanted(by_itself and time.monotonic() >= self._settled)
        except ShifuError as error:
            log.error("golden queries not measured: %s", error)
        except Exception:  # whatever a measurement meets, the index goes on being kept
            log.exception("golden queries not measured")
        self._next_look = time.monotonic() + AFTER_ERROR
        return False

    def _measure_if_wanted(self, by_itself: bool) -> bool:
        with self._database.read() as session:
            asked = outbox.pending(session, outbox.GOLDEN)
        if not asked and not (by_itself and self._enqueue_if_due()):
            return False
        with self._database.read() as session:
            last = max((item.id or 0 for item in outbox.pending(session, outbox.GOLDEN)), default=0)
            run = golden_runs.measure(
                session,
                HybridEngine(self._builder.folder, LazyEmbedder.ready(self._builder.embedder)),
                self._clock.now(),
                model=self._builder.embedder.name if self._builder.embedder else "",
                interrupted=self._busy,
            )
        if run is None:
            return False
        with self._database.write() as session:
            golden_runs.store_run(session, run)
            outbox.discard(session, outbox.GOLDEN, last)
        log.info("measured %s golden queries: MRR %.3f", run.count, run.mrr)
        return True

    def _enqueue_if_due(self) -> bool:
        """Ask for a run where the index changed; the row lets the page say that one is under way."""
        generation = self._builder.generation()
        now = self._clock.now()
        with self._database.read() as session:
            if not golden_runs.is_due(session, generation, now):
                return False
        with self._database.write() as session:
            outbox.enqueue(session, outbox.GOLDEN, 0, now)
        return True
