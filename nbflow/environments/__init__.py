"""The packages of steps: asked for, locked with uv, made here and packed for where nothing can be installed.

`wanted` says what a step needs, `locking` makes of it a lock, which `kept` keeps; `local` makes a Python with what a lock
names, `packing` an archive. Only locking and making ask an index, with whatever login the person has; no login is in
anything that is written.
"""
