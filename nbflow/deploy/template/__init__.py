"""The CloudFormation template of all that nbflow needs of an AWS account, with nothing more allowed than it does.

`template` is pure: from what was asked for to the template as a value. Nothing here asks AWS.
"""

from __future__ import annotations

from nbflow.deploy.template.asked import Asked, asked
from nbflow.deploy.template.made import OUTPUTS, template
from nbflow.deploy.template.text import as_text

__all__ = ["OUTPUTS", "Asked", "as_text", "asked", "template"]
