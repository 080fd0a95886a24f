"""``python -m web.cli`` is the command ``shifu``."""

from web.cli import main

main(prog_name="shifu")
