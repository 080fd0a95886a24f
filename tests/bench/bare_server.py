"""Flask and waitress with nothing to do: the measure for article pages. Run by path, not imported.

Arguments: port, threads, file with the page's bytes.
"""

import sys
from pathlib import Path

import waitress
from flask import Flask

if __name__ == "__main__":
    port, threads, page = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]).read_bytes()
    app = Flask("bare")
    app.add_url_rule("/same_bytes", "same_bytes", lambda: page)
    app.add_url_rule("/hello", "hello", lambda: "hello")
    waitress.serve(app, host="127.0.0.1", port=port, threads=threads, ident="bare")
