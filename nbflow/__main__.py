"""`python -m nbflow VERB …` is `nbflow VERB …`."""

from __future__ import annotations

import sys

from nbflow.frontends.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
