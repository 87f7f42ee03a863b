"""Whole notebooks: run from top to bottom by papermill in a kernel of their own, with parameters in and results out."""
