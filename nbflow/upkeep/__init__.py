"""Keeping things well: what is wrong with a machine or a store, and mending what can be mended."""
