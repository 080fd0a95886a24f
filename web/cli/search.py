"""``shifu search``: what a rep would find."""

import click

from indexer.engine import HybridEngine
from indexer.model_loading import LazyEmbedder
from kb.documents import Mode
from kb.library.vocabulary import Role
from kb.messages import N_
from kb.permissions import Reader
from kb.search.find import Answer
from kb.search.find import search as find
from web.cli.output import fail, print_json, say
from web.cli.runtime import open_database, open_settings

# An ordinary rep, in no team: sees what everyone and every rep may see.
ORDINARY_REP = Reader(person_id=0, roles=frozenset({Role.REP}))


@click.command()
@click.argument("query")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.option(
    "--mode", type=click.Choice([mode.value for mode in Mode]), default="hybrid", show_default=True
)
@click.option("--limit", type=click.IntRange(1, 200), default=10, show_default=True)
def search(query: str, as_json: bool, mode: str, limit: int) -> None:
    """Search for QUERY as an ordinary rep; waits for the model."""
    settings = open_settings()
    embedder = LazyEmbedder.from_setting(settings.model)
    engine = HybridEngine(settings.index_dir, embedder)
    if mode != Mode.KEYWORD:
        embedder.start()  # beside the dictionary and the index
        engine.warm()
        embedder.wait()
        if embedder.error:
            fail(embedder.error.message)
    with open_database(settings).read() as session:
        answer = find(session, engine, ORDINARY_REP, query, Mode(mode), limit, settings.lang)
    if as_json:
        print_json(_rows(answer))
        return
    for row in _rows(answer):
        click.echo(
            f"{row['score']:.3f}  {row['slug']} ({row['lang']})  {row['title']}\n       {' '.join(str(row['passage']).split())[:120]}"
        )
    if not answer.results:
        say(N_("Nothing found."))


def _rows(answer: Answer) -> list[dict[str, object]]:
    return [
        {
            "slug": one.article.slug,
            "kind": one.article.kind,
            "lang": one.article.lang,
            "title": one.article.title,
            "passage": one.hit.text,
            "score": one.hit.score,
            "reasons": [reason.value for reason in one.hit.reasons],
        }
        for one in answer.results
    ]
