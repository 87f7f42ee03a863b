"""The code of a run: its definitions as one importable module, its package, the local modules it stands on."""
