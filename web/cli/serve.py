"""``shifu serve``: the web process and the worker it watches."""

import logging
import signal
import subprocess
import sys
import threading
import time

import click

from indexer.engine import HybridEngine
from indexer.model_loading import LazyEmbedder
from indexer.similarity import ModelSimilarity
from kb.errors import ShifuError
from kb.messages import N_
from kb.ports import SystemClock
from web.cli.output import say
from web.cli.runtime import log_to_stderr, open_database, open_settings

log = logging.getLogger(__name__)
RESTART_AFTER = 3.0  # seconds before a worker that ended is started again


@click.command()
@click.option("--host", help="Address to listen on (SHIFU_HOST).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (SHIFU_PORT).")
@click.option("--worker/--no-worker", default=True, help="Start and watch a worker.")
def serve(host: str | None, port: int | None, worker: bool) -> None:
    """Run the site and its worker until interrupted."""
    import waitress

    from web.app import Services, create_app

    settings = open_settings()
    log_to_stderr(settings)
    embedder = LazyEmbedder.from_setting(settings.model)
    engine = HybridEngine(settings.index_dir, embedder)
    services = Services(
        settings=settings,
        database=open_database(settings),
        engine=engine,
        clock=SystemClock(),
        similarity=ModelSimilarity(embedder),
    )
    app = create_app(services)
    watcher = WorkerWatcher() if worker else None
    threading.Thread(target=_warm_up, args=(engine, embedder, watcher), daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the worker is ended, too
    host, port = host or settings.host, port or settings.port
    say(
        N_("Shifu is at %(url)s (stop with Ctrl-C)"),
        url=settings.base_url or f"http://{host}:{port}",
    )
    try:
        waitress.serve(
            app, host=host, port=port, threads=settings.threads, ident="shifu",
            # waitress drops forwarded headers unless told that somebody in front sets them
            clear_untrusted_proxy_headers=not settings.trusted_proxies,
            max_request_body_size=settings.largest_body + 1024 * 1024,  # the site says it better
        )  # fmt: skip
    finally:
        if watcher:
            watcher.stop()


def _warm_up(engine: HybridEngine, embedder: LazyEmbedder, watcher: "WorkerWatcher | None") -> None:
    """First what answers by keyword; the model and the worker take the processor afterwards."""
    try:
        engine.warm()
    except ShifuError as error:
        log.warning("%s", error)
    embedder.start()
    if watcher:
        watcher.start()


class WorkerWatcher:
    """Starts the worker as a process of its own and again whenever it ends."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._watch, name="worker-watcher", daemon=True)

    def start(self) -> None:
        """Start the worker and watch it from now on."""
        self._thread.start()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            self._process = subprocess.Popen([sys.executable, "-m", "web.cli", "worker"])
            code = self._process.wait()
            if not self._stopping.is_set():
                log.warning("the worker ended with code %s; starting it again", code)
                time.sleep(RESTART_AFTER)

    def stop(self) -> None:
        """End the worker and wait for it."""
        self._stopping.set()
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
