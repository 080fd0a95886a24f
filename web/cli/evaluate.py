"""``shifu eval``: search quality on passages and queries of one's own, or on the golden queries."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from indexer.embedding import Embedder
from indexer.evaluation import ALL
from indexer.evaluation import evaluate as measure
from indexer.model_loading import load_embedder
from kb.messages import N_, Message
from web.cli import golden as golden_eval
from web.cli.golden import BASELINE_NAME, HALF_CHOICES, Figures
from web.cli.output import fail, print_json
from web.cli.runtime import open_settings

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_HERE = "."  # an option without its value: the content folder's own file


@click.command("eval")
@click.option("--passages", type=_FILE, help="Lines of id, language, text, separated by tabs.")
@click.option(
    "--queries", type=_FILE, help="Lines of group, query, gold ids with commas, separated by tabs."
)
@click.option(
    "--golden", is_flag=False, flag_value=_HERE, metavar="[FILE]",
    help="Measure the content folder by its golden queries, or by FILE.",
)  # fmt: skip
@click.option(
    "--half", type=click.Choice(HALF_CHOICES), default=ALL, show_default=True,
    help="Which golden queries.",
)  # fmt: skip
@click.option(
    "--baseline", is_flag=False, flag_value=_HERE, metavar="[FILE]",
    help="Exit 1 where a hybrid MRR@10 fell by more than 0.01 since FILE was written.",
)  # fmt: skip
@click.option("--write-baseline", is_flag=True, help="Write the hybrid figures as the baseline.")
@click.option(
    "--model",
    "models",
    multiple=True,
    help="Model to measure; repeat to compare. Default: SHIFU_MODEL.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def evaluate(
    passages: Path | None,
    queries: Path | None,
    golden: str | None,
    half: str,
    baseline: str | None,
    write_baseline: bool,
    models: tuple[str, ...],
    as_json: bool,
) -> None:
    """Measure keyword, semantic and hybrid search on a throw-away index, without a database."""
    settings = open_settings()
    names = models or (settings.model,)
    if (baseline or write_baseline) and (golden is None or len(names) > 1):
        raise click.UsageError("A baseline belongs to --golden and to one --model.")
    if golden is not None:
        folder, file = settings.content_dir, None if golden == _HERE else Path(golden)

        def measured(embedder: Embedder | None) -> Figures:
            return golden_eval.measure_content(folder, file, half, embedder)
    elif passages and queries:

        def measured(embedder: Embedder | None) -> Figures:
            return measure(passages, queries, embedder)
    else:
        raise click.UsageError("Name --passages and --queries, or --golden.")
    figures = _all_figures(names, measured, as_json)
    path = settings.content_dir / BASELINE_NAME
    if baseline and baseline != _HERE:
        path = Path(baseline)
    if write_baseline:
        golden_eval.write_baseline(path, half, figures, names[0])
        fail(Message(N_("%(path)s written."), {"path": path}))
    elif baseline:
        sys.exit(_compare(path, half, figures))


def _all_figures(
    names: tuple[str, ...], measured: Callable[[Embedder | None], Figures], as_json: bool
) -> Figures:
    """Measure and print each model; returns the first one's figures."""
    figures = {name: measured(load_embedder(name)) for name in names}
    first = next(iter(figures.values()))
    if as_json:
        print_json(figures if len(figures) > 1 else first)
        return first
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
    return first


def _compare(path: Path, half: str, figures: Figures) -> int:
    """The exit code. Sentences go to the error stream: the other one may carry JSON."""
    groups = golden_eval.compared(path, half, figures)
    for one in groups:
        numbers = {"before": f"{one.before:.3f}", "after": f"{one.after:.3f}"}
        sentence = N_("Hybrid MRR@10 of %(group)s: %(before)s before, %(after)s now.")
        if one.fell:
            sentence = N_("Hybrid MRR@10 of %(group)s fell from %(before)s to %(after)s.")
        fail(Message(sentence, {"group": one.group, **numbers}))
    fallen = any(one.fell for one in groups)
    if not fallen:
        fail(Message(N_("No group fell by more than 0.01 since the baseline.")))
    return 1 if fallen else 0
