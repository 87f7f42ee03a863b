"""Reading back: flows, their runs, steps and tasks, and what they left.

Looking at these costs nothing and runs no code: a value is loaded when its own name is asked for.
"""

from __future__ import annotations

from nbflow.client.artifact import DataArtifact
from nbflow.client.attempt import Attempt, Output
from nbflow.client.data import Data
from nbflow.client.flow import Flow
from nbflow.client.metaflow import Metaflow
from nbflow.client.run import Run
from nbflow.client.step import Step
from nbflow.client.task import Task
from nbflow.client.trigger import Trigger

__all__ = ["Attempt", "Data", "DataArtifact", "Flow", "Metaflow", "Output", "Run", "Step", "Task", "Trigger"]
