"""A notebook that AWS fills in by itself: one job of Batch runs all its cells by papermill, on a schedule or when asked to.

wish.py       what a person wants, beside the notebook
contents.py   what of the notebook travels: its text, its modules, its packages
deploying.py  deploys it, triggers it, takes it back
inside.py     the program in the job
"""
