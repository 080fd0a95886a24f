"""The command line ``shifu``. Commands are imported only when they are called."""

from importlib import import_module

import click

_COMMANDS = {
    "init": ("web.cli.setup", "init", "Prepare the data folder: database, people, library, index."),
    "serve": ("web.cli.serve", "serve", "Run the site and its worker."),
    "worker": (
        "web.cli.worker",
        "worker",
        "Keep the index up to date; serve starts one by itself.",
    ),
    "search": ("web.cli.search", "search", "Search as an ordinary rep."),
    "eval": ("web.cli.evaluate", "evaluate", "Measure search on passages and queries of your own."),
    "index": ("web.cli.index", "index", "Build, check and describe the search index."),
    "content": (
        "web.cli.content",
        "content",
        "Check, count, import and export the library's files.",
    ),
    "backup": ("web.cli.backup", "backup", "Write database and uploads into one file."),
    "restore": ("web.cli.backup", "restore", "Put a backup in place."),
    "user": ("web.cli.user", "user", "Add people, list them, make reset links."),
    "routes": ("web.cli.routes", "routes", "Print which role may use which address."),
    "doctor": ("web.cli.doctor", "doctor", "Check the installation and say what to do."),
}


class LazyGroup(click.Group):
    """Knows its commands by name and one line; loads a command's module when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of a first day."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import the module of one command."""
        if name not in _COMMANDS:
            return None
        module, attribute, _ = _COMMANDS[name]
        return getattr(import_module(module), attribute)  # type: ignore[no-any-return]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        rows = [(name, help_line) for name, (_, _, help_line) in _COMMANDS.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a ShifuError becomes its sentence and exit code 1."""
        from kb.errors import ShifuError

        try:
            return super().invoke(ctx)
        except ShifuError as error:
            from web.cli.output import fail

            fail(error.message)
            ctx.exit(1)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Shifu (师傅): a sales team's library, search and training.

    Settings are environment variables SHIFU_*, also read from .env; see README.md.
    """
