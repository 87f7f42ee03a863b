"""The program in the jobs of a deployed flow: `python -m nbflow.frontends.deployed`, after `start` has fetched it.

execution.py   which run, which task, what it was told
beginning.py   the run: begun by whichever job comes first
part.py        one task, done as any machine does it
behind.py      what follows: lists for the state machine, gates, the run's end
"""
