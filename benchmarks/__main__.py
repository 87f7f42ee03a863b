"""`python -m benchmarks`: measure this machine."""

from __future__ import annotations

from benchmarks.first_slice import main

main()
