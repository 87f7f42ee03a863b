"""Completion in a notebook: step headers, `#|` lines, `%flow` lines, and what runs left.

A matcher that IPython asks for each Tab. It reads what the kernel knows and what is stored. It never runs a step, loads
a value, makes a folder, prints, or raises.
"""
