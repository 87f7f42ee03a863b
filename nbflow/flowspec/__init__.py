"""A flow as a class: what its author writes (`FlowSpec`, `@step`, `Parameter`, decorators), and reading it out again.

Nothing here runs a flow. A class is made ready (`prepare`: configs, mutators, --with), read as text (`draft_of`), and
in a worker one of its methods is called. What its steps mean together is decided in `nbflow.graph.classes`.
"""

from __future__ import annotations
