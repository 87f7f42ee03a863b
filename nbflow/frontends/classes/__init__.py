"""A flow written as a class, on its way from its door (a terminal, a cell, a program) to a run request."""

from __future__ import annotations
