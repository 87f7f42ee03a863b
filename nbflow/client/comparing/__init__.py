"""What differs between runs: parameters, metrics, artifacts, code, durations, environment; read from records alone.

`Comparison` holds it, `runs` finds the runs that words stand for, `condition` and `verdict` judge whether a run is worse
than another, `diff` tells how one value became another.
"""
