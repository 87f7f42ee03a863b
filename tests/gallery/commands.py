"""Lines in a terminal that make no sense, in the folder of `doors.py`."""

from __future__ import annotations

import json

from gallery.example import Command

NOTES = json.dumps({"cells": [{"cell_type": "code", "source": "x = 1", "metadata": {}, "outputs": []}], "metadata": {}})
OF_R = json.dumps({"cells": [], "metadata": {"kernelspec": {"name": "ir", "language": "R"}}})

EXAMPLES = (
    Command(
        "R001", "no suffix", "nbflow run sales", reason="sales", fix="'sales.ipynb'", mended="nbflow check sales.ipynb"
    ),
    Command("R001", "a mistyped file", "nbflow run sale.ipynb", fix="'sales.ipynb'"),
    Command("R001", "an address", "nbflow run https://example.com/sales.ipynb", reason="an address", fix="download"),
    Command("R001", "a path of another machine", r"nbflow check 'C:\Users\me\sales.ipynb'", fix="'sales.ipynb'"),
    Command(
        "R002", "a text", "nbflow run notes.ipynb", {"notes.ipynb": "to do"}, reason="not JSON", fix="Jupyter opens"
    ),
    Command("R002", "a folder", "nbflow check .", reason="a folder", fix="name a notebook in it"),
    Command("R002", "an empty file", "nbflow check empty.ipynb", {"empty.ipynb": ""}, reason="it is empty", fix="save"),
    Command("R002", "a notebook of R", "nbflow run r.ipynb", {"r.ipynb": OF_R}, reason="R, not Python", fix="kernel"),
    Command(
        "R002",
        "a class that is a class already",
        "nbflow convert flow.py other.py",
        {"flow.py": "x = 1\n"},
        fix="name a .ipynb",
    ),
    Command("R003", "a notebook without steps", "nbflow run notes.ipynb", {"notes.ipynb": NOTES}, fix="%%step"),
    Command(
        "R004", "a parameter without =", "nbflow run sales.ipynb -p alpha", reason="NAME=VALUE", fix="-p alpha=VALUE"
    ),
    Command(
        "R004",
        "a folder that is not there",
        "nbflow run sales.ipynb --run-id-file out/id",
        reason="out",
        fix="name a file",
    ),
    Command(
        "R004",
        "a class in a folder that is not there",
        "nbflow convert sales.ipynb out/sales.py",
        reason="out/sales.py: No such file or directory",
        fix="name a file",
    ),
    Command(
        "P002",
        "a word for a number",
        "nbflow run sales.ipynb -p alpha=high",
        place="cell 2",
        reason="'high'",
        fix="number",
    ),
    Command(
        "P003",
        "a mistyped parameter",
        "nbflow run sales.ipynb -p aplha=1",
        reason="'aplha'",
        fix="'alpha'",
        mended="nbflow run sales.ipynb -p alpha=1",
    ),
    Command("R005", "a mistyped step", "nbflow resume broken/1 havle", reason="'havle'", fix="'halve'"),
    Command("R006", "a mistyped verb", "nbflow rnu sales.ipynb", reason="'rnu'", fix="'run'"),
    Command("R006", "a verb with dashes", "nbflow --run sales.ipynb", reason="'--run'", fix="nbflow run sales.ipynb"),
    Command("R006", "no verb", "nbflow sales.ipynb", reason="'sales.ipynb'", fix="nbflow run sales.ipynb"),
    Command("R004", "a parameter without -p", "nbflow resume sales.ipynb alpha=0.2", fix="-p alpha=0.2"),
    Command("M010", "an empty tag", "nbflow run sales.ipynb --tag ''", reason="it is empty", fix="--tag good"),
    Command("R006", "a code that is none", "nbflow explain G999", reason="'G999'", fix="nbflow explain"),
    Command("R051", "a file of Python without a flow", "nbflow run plain.py", {"plain.py": "x = 1\n"}, fix="FlowSpec"),
    Command(
        "R071",
        "writing over a notebook",
        "nbflow convert sales.ipynb sales.ipynb",
        reason="nothing was written",
        fix="--force",
    ),
    Command("M001", "a flow that never ran", "nbflow resume typo", exits=1, reason="typo", fix="run it first"),
    Command("M001", "a mistyped flow", "nbflow show sale", exits=1, fix="'sales'", mended="nbflow show sales"),
    Command(
        "M002", "a run that is not there", "nbflow show sales/99", exits=1, reason="'99'", fix="nbflow history sales"
    ),
    Command(
        "M003",
        "a mistyped step of a run",
        "nbflow show sales/1/trian",
        exits=1,
        fix="'train'",
        mended="nbflow show sales/1/train",
    ),
    Command("M003", "a mistyped step of the latest run", "nbflow logs sales/trian", exits=1, fix="'train'"),
    Command("M004", "a task too far", "nbflow dump sales/1/train/9", exits=1, reason="'9'"),
    Command(
        "M005",
        "a mistyped name",
        "nbflow dump sales/1/train/0/modle",
        exits=1,
        fix="'model'",
        mended="nbflow dump sales/1/train/0/model",
    ),
    Command("M006", "a run with a #", "nbflow show 'sales#1'", exits=1, reason="pathspec", fix="FLOW/RUN"),
    Command("M006", "a run with a colon", "nbflow resume sales:1", exits=1, reason="pathspec", fix="FLOW/RUN"),
    Command("M001", "a run without its flow", "nbflow cancel 1", exits=1, reason="'1'", fix="run it first"),
    Command("V001", "a mistyped status", "nbflow history --status faild", exits=1, reason="cancelled", fix="'failed'"),
    Command("V002", "a user who ran nothing", "nbflow history --user nobody", exits=1, reason="'nobody'", fix="me"),
    Command("V003", "a tag that no run has", "nbflow history --tag weekly", exits=1, reason="tagged", fix="tags"),
    Command(
        "V004",
        "a mistyped parameter of a filter",
        "nbflow history --where 'aplha>0.05'",
        exits=1,
        reason="their parameters are: alpha",
        fix="'alpha'",
        mended="nbflow history --where 'alpha>0.05'",
    ),
    Command("V005", "no condition", "nbflow history --where alpha", exits=1, reason="commas", fix="alpha>0.1"),
    Command("V006", "no moment", "nbflow history --since soon", exits=1, reason="'soon'", fix="yesterday"),
    Command(
        "V007",
        "an order that there is not",
        "nbflow history sales --sort modle",
        exits=1,
        reason="took",
        fix="'model'",
        mended="nbflow history sales --sort=-model",
    ),
    # words that no command takes: told by the parser, with its usage
    Command("", "nothing to run", "nbflow run", reason="required: notebook"),
    Command("", "two notebooks", "nbflow run sales.ipynb broken.ipynb", reason="unexpected 'broken.ipynb'"),
    Command("", "a mistyped option", "nbflow run sales.ipynb --frehs", fix="'--fresh'"),
    Command(
        "",
        "a parameter as an option",
        "nbflow run sales.ipynb --alpha 0.2",
        reason="unknown option '--alpha'",
        fix="-p alpha=0.2",
        mended="nbflow run sales.ipynb -p alpha=0.2",
    ),
    Command("", "a mistyped parameter as an option", "nbflow run sales.ipynb --aplha=0.2", fix="-p alpha=0.2"),
    Command("", "a parameter without -p", "nbflow run sales.ipynb alpha=0.2", fix="-p alpha=0.2"),
    Command("", "a parameter as in papermill", "nbflow run sales.ipynb -p alpha 0.2", fix="-p alpha=0.2"),
    Command(
        "",
        "two parameters as options",
        "nbflow resume sales.ipynb --alpha 0.2 --regions eu,us",
        fix="-p alpha=0.2 -p regions=eu,us",
        mended="nbflow resume sales.ipynb -p alpha=0.2 -p regions=eu,us",
    ),
    Command("", "no workers", "nbflow run sales.ipynb --max-workers 0", reason="less than 1"),
    Command(
        "U009",
        "a bucket by its address for browsers",
        "nbflow configure --root https://sales.s3.amazonaws.com/team",
        reason="another name of a bucket",
        fix="s3://sales/team",
    ),
    Command(
        "A080",
        "a prefix that is none",
        "nbflow deploy --template --prefix My_Team",
        reason="3 to 30 of a-z",
        fix="--prefix my-team",
        mended="nbflow deploy --template --prefix my-team",
    ),
    Command("A081", "a network without its subnets", "nbflow deploy --template --vpc vpc-0a1b2c3d", fix="name both"),
    Command(
        "A082",
        "a network by its name",
        "nbflow deploy --template --vpc default --subnets subnet-0a1b2c3d",
        reason="vpc-0a1b2c3d",
        fix="describe-vpcs",
    ),
    Command(
        "A083",
        "a bucket by its URL",
        "nbflow deploy --template --bucket s3://sales/nbflow",
        reason="3 to 63",
        fix="--bucket sales",
        mended="nbflow deploy --template --bucket sales",
    ),
    Command(
        "A084", "an option of a template alone", "nbflow deploy sales.ipynb --ec2", fix="nbflow deploy --template --ec2"
    ),
    Command(
        "A085",
        "a template of one flow",
        "nbflow deploy --template sales.ipynb",
        reason="once for an account",
        fix="nbflow deploy sales.ipynb",
        mended="nbflow deploy --template",
    ),
    Command(
        "U023",
        "a stack asked for by a profile that is none",
        "nbflow configure --from-stack nbflow --region eu-west-1 --aws-profile nobody",
        reason="no profile 'nobody'",
        fix="list-profiles",
    ),
    Command(
        "U012",
        "a stack that is shown",
        "nbflow configure --from-stack nbflow show",
        reason="show sets nothing",
        fix="nbflow configure show",
    ),
    Command("", "a stack without its name", "nbflow configure --from-stack", reason="expected one argument"),
    Command(
        "",
        "a form of its own",
        "nbflow deploy --template --yml",
        fix="--yaml",
        mended="nbflow deploy --template --yaml",
    ),
    Command("", "two kinds of machines", "nbflow deploy --template --ec2 --fargate", reason="not allowed with"),
    Command(
        "U009", "a bucket that can be none", "nbflow configure --root s3://Sales_Team/runs", fix="s3://sales-team/runs"
    ),
)
