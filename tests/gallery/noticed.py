"""What nbflow tells and goes on: of cells that are saved, of a file that does more than start its flow."""

from __future__ import annotations

from gallery.example import Example, FlowFile, Notebook
from gallery.flowfile import TO_END, steps

EXAMPLES: tuple[Example, ...] = (
    Notebook(
        "N021",
        "a file of this machine, elsewhere",
        ("import pandas as pd", "%%step a --on batch\nx = pd.read_csv('rows.csv')"),
        reason="'rows.csv'",
    ),
    FlowFile(
        "N016",
        "logging that no task has",
        "import logging\n"
        + steps(TO_END)
        + '\n\nif __name__ == "__main__":\n    logging.basicConfig(level=10)\n    SalesFlow()\n',
        exits=0,
        reason="line",
    ),
)
