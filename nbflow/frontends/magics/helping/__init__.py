"""Help in a notebook: what a magic is, an example, its options, and what holds here and now.

`%%step?`, `%%parameters?`, `%%setup?`, `%flow?`, `%flow VERB?` and Shift-Tab show the same texts; `%flow VERB --help`
prints them. Nothing is run, loaded or made for them.
"""
