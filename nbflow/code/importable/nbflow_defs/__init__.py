"""The definitions of the flow whose task started this process: `import nbflow_defs.<flow>` in children of a task.

A task has the folder of this package on its `sys.path`, which pools of processes hand on, and says in its environment
where the definitions are. In the task itself, and in a notebook, another package of this name is there already.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from nbflow.code.module import LiveDefinitions
from nbflow.model.task import FlowCode

if file := os.environ.get("NBFLOW_CODE"):
    _code = FlowCode.from_json(json.loads(Path(file).read_bytes()))
    # it makes itself the submodule that is being imported; nothing is executed before it is asked for
    LiveDefinitions(_code.module, _code.statements, _code.path)
