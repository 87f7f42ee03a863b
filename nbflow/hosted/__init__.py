"""Where a notebook is: on SageMaker, a JupyterHub, Binder, Colab, in VS Code, in a job; and what that means for defaults."""

from __future__ import annotations

from nbflow.hosted.here import here
from nbflow.hosted.host import Host, Kind
from nbflow.hosted.recognise import recognise

__all__ = ["Host", "Kind", "here", "recognise"]
