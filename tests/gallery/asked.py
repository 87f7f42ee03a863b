"""Steps under test, runners and commands that are asked for what they cannot give."""

from __future__ import annotations

from gallery.example import Call, Example

STEP = 'from nbflow.testing import load\n\nload("sales.ipynb").step("{step}")'


EXAMPLES: tuple[Example, ...] = (
    Call("R005", "a mistyped step under test", STEP.format(step="trian"), reason="'trian'", fix="'train'"),
    Call(
        "R030",
        "a step without what it reads",
        STEP.format(step="train") + ".run()",
        reason="needs region",
        mended=STEP.format(step="train") + '.run(region="eu")',
    ),
    Call(
        "R031",
        "a mistyped input of a step",
        STEP.format(step="train") + '.run(regoin="eu", alpha=0.5)',
        reason="'regoin'",
        fix="'region'",
    ),
    Call(
        "R032", "a join of nothing that was left", STEP.format(step="best") + ".run(inputs=3)", reason="inputs of best"
    ),
    Call(
        "R050",
        "a class of no file",
        'from nbflow import FlowSpec, NBRunner\n\nNBRunner(type("Sales", (FlowSpec,), {})).nbrun()',
    ),
    Call(
        "R081",
        "one step of a notebook",
        'from nbflow import Runner\n\nRunner("sales.ipynb").spin("train")',
        reason="spin",
        fix="resume",
    ),
    Call("R085", "a number for a file", "from nbflow import Runner\n\nRunner(3)", reason="the name of a file"),
    Call("R085", "a file for a class", 'from nbflow import NBRunner\n\nNBRunner("sales.ipynb")', reason="a flow class"),
)
