"""A run seen while it goes on: what is worth showing (`scene`), when (`hub`, `panel`), and where (`screens`).

events of a run ─▶ LivePanel ─▶ Scene ─▶ Screen ─▶ a widget's state, or a picture in place of the one before
▲
ViewHub: one thread, ten updates a second for all panels of a process
"""
