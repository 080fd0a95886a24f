"""Article pages a second, beside a page on which Flask has nothing to do."""

import http.client
import os
import random
import sys
import threading
import time
from pathlib import Path

from kb.library.front_matter import Document
from tests.bench.report import Report, percentile
from tests.bench.site import THREADS, Server, Site, free_port, running

CLIENTS = 4
BARE = Path(__file__).with_name("bare_server.py")
_BARE_KINDS = {"same_bytes": "the same bytes as a constant", "hello": "one word"}


def measure_pages(report: Report, site: Site, documents: list[Document], requests: int) -> None:
    """Two rounds of both servers in turns, ``requests`` each; several articles, not one."""
    shipped = [d for d in documents if not d.meta.slug.startswith("synthetic")]
    some = random.Random(1).sample(shipped, min(20, len(shipped)))
    paths = [f"/library/{one.meta.lang}/{one.meta.slug}" for one in some]
    cookie = site.cookie()
    with site.served("off", worker=False) as server:
        server.wait()
        status, page = server.get(paths[0], cookie)
        if status != 200:
            raise RuntimeError(f"the article page answers {status}")
        (site.folder / "page.html").write_bytes(page)
        port = free_port()
        command = [sys.executable, str(BARE), str(port), str(THREADS), "page.html"]
        with running(command, dict(os.environ), site.folder) as process:
            bare = Server(process, port)
            bare.wait()
            runs = {"article": [], "same_bytes": [], "hello": []}
            for _ in range(2):
                runs["article"].append(_load(server, paths, cookie, requests))
                for kind in _BARE_KINDS:
                    runs[kind].append(_load(bare, [f"/{kind}"], cookie, requests))
            alone = _run(server, paths, cookie, requests // 4, clients=1)
    report.times("pages.article.one_client", alone)
    rates = {}
    for kind, both in runs.items():
        best = max(both)  # other work on the machine only takes away
        rates[kind] = best[0]
        note = f"{CLIENTS} clients, {_BARE_KINDS.get(kind, f'{len(page) // 1024} KiB')}"
        report.add(f"pages.{kind}.rate", best[0], "/s", note=note)
        report.add(f"pages.{kind}.p95", best[1] * 1000, "ms", note=note)
    for kind, goal in (("same_bytes", ">= 0.5"), ("hello", "")):
        name = f"pages.ratio_to_{kind}"
        report.add(name, rates["article"] / rates[kind], "", goal, "rate of article / bare Flask")


def _load(server: Server, paths: list[str], cookie: str, requests: int) -> tuple[float, float]:
    """Pages a second and p95 in seconds, after a short warm-up. Raises for any failed page."""
    _run(server, paths, cookie, max(CLIENTS, requests // 10))
    began = time.perf_counter()
    times = _run(server, paths, cookie, requests)
    return len(times) / (time.perf_counter() - began), percentile(times, 95)


def _run(
    server: Server, paths: list[str], cookie: str, requests: int, clients: int = CLIENTS
) -> list[float]:
    """Seconds of each page, read by so many clients at once."""
    times: list[float] = []
    failures: list[str] = []

    def client(first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        try:
            for number in range(first, requests, clients):
                began = time.perf_counter()
                connection.request("GET", paths[number % len(paths)], headers={"Cookie": cookie})
                response = connection.getresponse()
                response.read()
                times.append(time.perf_counter() - began)
                if response.status != 200:
                    failures.append(str(response.status))
        except (OSError, http.client.HTTPException) as error:
            failures.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=client, args=(first,)) for first in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(f"{len(failures)} pages failed: {failures[0]}")
    return times
