"""Serve until stopped: `python -m aws.bench --runner process`; the first line printed is the address."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from aws.bench.server import serve
from aws.bench.settings import Settings


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m aws.bench", description=__doc__)
    parser.add_argument("--runner", choices=("process", "docker"), default="process")
    parser.add_argument("--port", type=int, default=0, help="0, which is the default, takes a free one")
    parser.add_argument("--slots", type=int, default=4, help="how many jobs run at a time")
    parser.add_argument("--folder", type=Path, required=True, help="an empty folder for what jobs leave")
    parser.add_argument("--while-asked", action="store_true", help="stop when standard input is closed, too")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    if asked.while_asked:
        threading.Thread(target=_stop_with_input, daemon=True).start()
    serve(asked.runner, asked.port, asked.folder, Settings(slots=asked.slots))


def _stop_with_input() -> None:
    """Stop when whoever started this is gone, whatever way they went."""
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
