"""Figures, the table for people and ``bench.json`` for scripts."""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import click
import numpy as np


@dataclass(frozen=True)
class Row:
    """One line of the table. ``name`` is the same on every machine; ``goal`` empty: for knowledge."""

    name: str
    value: float | None
    unit: str  # "", "ms", "s", "/s", "MiB"; empty for a ratio
    goal: str = ""  # such as ">= 0.9" or "<= 2"
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal. A figure that is missing misses it."""
        if not self.goal:
            return None
        if self.value is None:
            return False
        sign, limit = self.goal.split()
        return self.value >= float(limit) if sign == ">=" else self.value <= float(limit)


@dataclass
class Report:
    """All rows, and facts that explain them."""

    rows: list[Row] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)

    def add(
        self, name: str, value: float | None, unit: str = "", goal: str = "", note: str = ""
    ) -> None:
        rounded = None if value is None else round(value, 3)
        self.rows.append(Row(name, rounded, unit, goal, note))

    def times(self, name: str, seconds: Sequence[float], note: str = "") -> None:
        """Median and 95th percentile in milliseconds."""
        for percent in (50, 95):
            self.add(f"{name}.p{percent}", percentile(seconds, percent) * 1000, "ms", note=note)

    def missed(self) -> list[Row]:
        return [row for row in self.rows if row.met is False]

    def show(self) -> None:
        """Print the table."""
        lines = [("figure", "value", "unit", "goal", "met", "note")]
        for row in self.rows:
            met = {None: "", True: "yes", False: "no"}[row.met]
            value = "-" if row.value is None else f"{row.value:.4g}"
            lines.append((row.name, value, row.unit or "ratio", row.goal, met, row.note))
        widths = [max(_width(cell) for cell in column) for column in zip(*lines, strict=True)]
        for at, line in enumerate(lines):
            cells = [cell + " " * (w - _width(cell)) for cell, w in zip(line, widths, strict=True)]
            click.echo("  ".join(cells).rstrip())
            if at == 0:
                click.echo("  ".join("-" * width for width in widths))

    def write(self, path: Path) -> None:
        """Write ``bench.json``."""
        rows = {row.name: asdict(row) | {"met": row.met} for row in self.rows}
        for row in rows.values():
            del row["name"]
        text = json.dumps({"figures": rows, "facts": self.facts}, ensure_ascii=False, indent=1)
        path.write_text(text + "\n", "utf-8")


def percentile(values: Sequence[float], percent: float) -> float:
    """The percentile of a sample that is not empty."""
    return float(np.percentile(values, percent))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
