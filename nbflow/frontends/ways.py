"""What --environment may say, and the variables that say it to a process. Light: terminals read it before all else."""

from __future__ import annotations

#: environment variable with what --environment says
VARIABLE = "NBFLOW_ENVIRONMENT"
#: environment variable that has locks made anew
ANEW = "NBFLOW_RELOCK"
#: what is installed here; what steps ask for, by either name; the project's for all that ask for nothing
WAYS = ("local", "pypi", "conda", "uv")
