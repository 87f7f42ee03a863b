"""Runs that start by themselves on this machine: by the clock, or when another flow's run has succeeded.

A *schedule* says what runs and when (`schedule`); its *timetable* gives moments (`timetable`, pure); one that has come is
an *occurrence*, and what is done about it (`due`, pure) a *firing*, which is a few records in the store, each created only
if nobody has created it (`register`). One process at a time decides (`lease`, `supervisor`); each firing is carried out by
a process of its own (`firing`), which outlives the one that started it.
"""
