"""Inside a worker process: load a task's inputs, run its body, keep what it leaves, report.

A zygote (nbflow.task.zygote) forks a worker (nbflow.task.worker) per attempt. Nothing here knows graphs or schedules;
what a worker is told is a TaskSpec, what it says back are lines of JSON.
"""
