"""How fast commands and the site start."""

import subprocess
import sys
import time
from statistics import median

from tests.bench.report import Report
from tests.bench.site import SHIFU, Site

POLL = 0.02  # seconds
LIMIT = 30.0  # seconds at most for one start


def measure_help(report: Report, rounds: int) -> None:
    """``shifu --help`` beside a Python that does nothing, in turns."""
    shown, nothing = [], []
    for _ in range(rounds):
        shown.append(_wall([str(SHIFU), "--help"]))
        nothing.append(_wall([sys.executable, "-c", "pass"]))
    note = f"median of {rounds}"
    report.add("start.help", median(shown), "s", "<= 0.5", note)
    report.add("start.python_alone", median(nothing), "s", note=note)
    report.add("start.help_ratio", median(shown) / median(nothing), note="help / Python alone")


def measure_serve(
    report: Report, site: Site, size: int, query: str, model: str, rounds: int
) -> None:
    """From the command to the first result, with the model loading and the worker starting.

    The folder's site has been served before, so caches on disk are there.
    """
    cookie = site.cookie()
    times: list[float] = []
    for _ in range(rounds):
        with site.served(model) as server:
            while time.perf_counter() - server.started < LIMIT:
                if server.search(query, cookie):
                    times.append(time.perf_counter() - server.started)
                    break
                time.sleep(POLL)
    complete = len(times) == rounds
    note = f"model loading meanwhile, {size} passages, {len(times)} of {rounds} starts"
    report.add(
        "start.serve_to_result.median", median(times) if complete else None, "s", "<= 3", note
    )
    report.add("start.serve_to_result.max", max(times) if complete else None, "s", "<= 3", note)
    report.facts["serve_to_result_s"] = [round(seconds, 3) for seconds in times]


def measure_search(report: Report, site: Site, size: int, query: str, rounds: int) -> None:
    """From the start of a process to its first answer with meaning: the command waits for it."""
    times = [
        _wall([str(SHIFU), "search", query, "--json"], site.environment()) for _ in range(rounds)
    ]
    note = f"shifu search, {size} passages, median of {rounds}"
    report.add("start.first_semantic", median(times), "s", "<= 2", note)
    times = [_wall([sys.executable, "-c", "pass"]) for _ in range(rounds)]
    report.add("start.first_semantic_python_alone", median(times), "s", note=note)


def _wall(command: list[str], environment: dict[str, str] | None = None) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60, env=environment)
    return time.perf_counter() - began
