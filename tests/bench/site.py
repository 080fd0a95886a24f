"""A throw-away site: its data folder, its processes on a free loopback port, a signed-in client."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlmodel import select

from indexer.builder import IndexBuilder
from indexer.embedding import Embedder
from kb import migrations, outbox
from kb.accounts.demo import add_demo_people
from kb.accounts.models import Person
from kb.accounts.sign_in import open_session
from kb.db import Database
from kb.library.articles import Origin, create_article
from kb.library.content_folder import Content
from kb.library.front_matter import Document
from kb.library.index_feed import published_documents
from kb.library.models import ProductLineRow
from kb.settings import SHIPPED_MODEL, Settings

SHIFU = Path(sys.executable).with_name("shifu")
EDITOR = "zhao.lan"
THREADS = 8


class Site:
    """A data folder with people and articles."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(data_dir=folder, threads=THREADS, _env_file=None)

    @classmethod
    def create(cls, folder: Path, content: Content, documents: list[Document]) -> "Site":
        """A site with these articles, without an index."""
        folder.mkdir(parents=True)
        site = cls(folder)
        now = datetime.now(UTC)
        with site.database() as database:
            migrations.upgrade(database.engine)
            with database.write() as session:
                add_demo_people(session, now)
                for person in session.exec(select(Person)):
                    person.must_change_password = False
                    session.add(person)
                for position, (code, line) in enumerate(content.product_lines.items()):
                    session.add(
                        ProductLineRow(code=code, position=position, zh=line.zh, en=line.en)
                    )
                for document in documents:
                    create_article(session, document, Origin(None, "file"), now)
        return site

    @contextmanager
    def database(self) -> Iterator[Database]:
        """The database, closed at the end."""
        database = Database(self.settings.sqlalchemy_url)
        try:
            yield database
        finally:
            database.close()

    def build(self, embedder: Embedder | None) -> int:
        """Build the index and leave the worker nothing to do; returns the number of passages."""
        with self.database() as database:
            with database.read() as session:
                documents = published_documents(session)
            built = IndexBuilder(self.settings.index_dir, embedder).rebuild(documents)
            with database.write() as session:
                outbox.discard(session, outbox.INDEX_ARTICLE, 2**62)
        return built.passages

    def copy(self, folder: Path) -> "Site":
        """The same site in another folder, without the index."""
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("index"))
        return Site(folder)

    def cookie(self, login: str = EDITOR) -> str:
        """The cookie of a person who has signed in."""
        with self.database() as database, database.write() as session:
            person = session.exec(select(Person).where(Person.login == login)).one()
            token = open_session(session, person, datetime.now(UTC), 14).token
        app = Flask(__name__)
        app.secret_key = self.settings.signing_key
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert signer
        return "shifu=" + signer.dumps({"token": token, "lang": "en"})

    def environment(self, model: str = SHIPPED_MODEL) -> dict[str, str]:
        """What a process of this site is started with."""
        return {k: v for k, v in os.environ.items() if not k.startswith("SHIFU_")} | {
            "SHIFU_DATA_DIR": str(self.folder),
            "SHIFU_MODEL": model,
            "SHIFU_THREADS": str(THREADS),
        }

    @contextmanager
    def served(self, model: str, *, worker: bool = True) -> Iterator["Server"]:
        """``shifu serve`` on this folder; its processes are ended afterwards."""
        port = free_port()
        command = [str(SHIFU), "serve", "--port", str(port), *([] if worker else ["--no-worker"])]
        with running(command, self.environment(model), self.folder) as process:
            yield Server(process, port)


class Server:
    """A running server on the loopback interface."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process = process
        self.port = port
        self.started = time.perf_counter()

    def get(self, path: str, cookie: str = "", timeout: float = 30.0) -> tuple[int, bytes]:
        """Status and body of one page. Raises OSError while nothing listens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path, headers={"Cookie": cookie})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def search(self, text: str, cookie: str) -> list[dict[str, Any]]:
        """The palette's results; empty while the site does not answer yet."""
        with suppress(OSError, http.client.HTTPException):
            status, body = self.get(f"/api/search?q={quote(text)}", cookie)
            if status == 200:
                return list(json.loads(body)["results"])
        return []

    def wait(self, timeout: float = 60.0) -> None:
        """Until the sign-in page is there."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline and self.process.poll() is None:
            with suppress(OSError, http.client.HTTPException):
                self.get("/sign-in")
                return
            time.sleep(0.02)
        raise TimeoutError("the server did not come up")

    def peak_memory(self) -> dict[str, float | None]:
        """Peak resident memory of web process and worker in MiB; None where /proc does not say."""
        workers = _children(self.process.pid)
        peaks = [_peak(pid) for pid in workers]
        return {"web": _peak(self.process.pid), "worker": peaks[0] if peaks else None}


@contextmanager
def running(
    command: list[str], environment: dict[str, str], folder: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process in a group of its own, with its output in a file; ended as by Ctrl-C, or killed."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
    with (folder / "output.log").open("ab") as log:
        process = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=15)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def free_port() -> int:
    """A port on which nothing listens just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _children(pid: int) -> list[int]:
    """A process's children, whichever of its threads began them."""
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(word) for word in path.read_text().split()]
    return found


def _peak(pid: int) -> float | None:
    with suppress(OSError):
        match = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        return int(match[1]) / 1024 if match else None
    return None
