"""The scheduler: a pure machine that decides, a thread that does what it says, and what watches them."""
