"""``shifu eval``: search quality on passages and queries of one's own."""

from pathlib import Path

import click

from indexer.embedding import load_embedder
from indexer.evaluation import ALL
from indexer.evaluation import evaluate as measure
from web.cli.output import print_json
from web.cli.runtime import open_settings

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("eval")
@click.option(
    "--passages", required=True, type=_FILE, help="Lines of id, language, text, separated by tabs."
)
@click.option(
    "--queries",
    required=True,
    type=_FILE,
    help="Lines of group, query, gold ids with commas, separated by tabs.",
)
@click.option(
    "--model",
    "models",
    multiple=True,
    help="Model to measure; repeat to compare. Default: SHIFU_MODEL.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def evaluate(passages: Path, queries: Path, models: tuple[str, ...], as_json: bool) -> None:
    """Measure keyword, semantic and hybrid search on a throw-away index."""
    names = models or (open_settings().model,)
    figures = {name: measure(passages, queries, load_embedder(name)) for name in names}
    if as_json:
        print_json(figures if len(figures) > 1 else next(iter(figures.values())))
        return
    for name, result in figures.items():
        click.echo(f"\n{name}")
        for mode, groups in result.items():
            if mode == "latency_ms":
                continue
            for group, row in groups.items():
                cells = "  ".join(f"{key} {value:.3f}" for key, value in row.items() if key != "n")
                click.echo(f"  {mode:<9} {group or ALL:<14} n {row['n']:>5.0f}  {cells}")
        for mode, row in result["latency_ms"].items():
            click.echo(f"  {mode:<9} p50 {row['p50']} ms  p95 {row['p95']} ms")
