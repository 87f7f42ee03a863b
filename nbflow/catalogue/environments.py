"""E: the packages that steps run with."""

from __future__ import annotations

from nbflow.catalogue.entry import Entry

ENTRIES = {
    "E001": Entry(
        "the packages {who} cannot be installed together",
        "{reason}",
        "loosen one of these versions, or leave the choice to the resolver by giving none",
    ),
    "E002": Entry(
        "no package index has '{name}', which {who} needs.{hint}",
        "it was looked for on: {indexes}",
        "correct the name; for a private package name its index, in uv.toml, UV_INDEX or pip's configuration",
    ),
    "E003": Entry(
        "there is no {requirement}, which {who} needs",
        "{reason}",
        "ask for a version that there is: of packages that are installed here, pip show NAME says it",
    ),
    "E004": Entry(
        "{package} has no wheel for Python {python} on {platform}",
        "{reason}. Where a step runs elsewhere nothing is compiled",
        "choose another version of it or of Python, or build a wheel (pip wheel {package}) and put it on your index",
    ),
    "E005": Entry(
        "the package index {url} wants a login ({status})",
        "what is configured here was not accepted; nothing of it goes where the step runs",
        "write the login into ~/.netrc, set UV_INDEX_<NAME>_USERNAME and UV_INDEX_<NAME>_PASSWORD, or set "
        "UV_KEYRING_PROVIDER=subprocess",
    ),
    "E006": Entry(
        "the package index cannot be reached: {url}",
        "{reason}. What was locked once is not asked for again, and this has not been",
        "go online, or run once where the index can be reached",
    ),
    "E007": Entry(
        "uv is not installed",
        "it resolves, locks and installs the packages of steps",
        "pip install uv, in the environment of nbflow",
    ),
    "E008": Entry(
        "there is no Python {version} for {who}",
        "{reason}",
        "uv python install {version}, or ask for the version that runs here: {here}",
    ),
    "E009": Entry(
        "the conda package '{name}' of {who} has no counterpart on PyPI",
        "packages of conda are taken from PyPI; {reason}",
        "{fix}",
        mostly="leave it out and have it in the image of the step, or use a package of PyPI that brings it",
    ),
    "E010": Entry(
        "'{text}' in {who} names no package",
        "{reason}",
        "{fix}",
        mostly="write a name and versions, as in pandas>=2.2,<3",
    ),
    "E011": Entry("the project's packages cannot be read: {file}", "{reason}", "{fix}", mostly="correct the file"),
    "E012": Entry(
        "{name} is installed here in a way that cannot be taken along",
        "{reason}",
        "install a wheel of it from an index, or say what the step needs with --pypi (@pypi in a class)",
    ),
    "E013": Entry(
        "the packages {who} could not be {verb}",
        "{reason}",
        "uv said this; correct what it names and run again",
    ),
    "E014": Entry(
        "what the index gives for {name} is not what was locked",
        "{reason}",
        "if the package was published anew on purpose, run once with --relock",
    ),
    "E015": Entry(
        "'{text}' in {who} is not on an index",
        "a lock names files by their SHA-256, which repositories and folders do not have",
        "build a wheel of it and put it on your index; code of your own that the flow imports travels anyway",
    ),
    "E016": Entry(
        "the environment {digest} is not kept here",
        "no lock of this workspace has that digest",
        "run the flow anew: it is locked then",
    ),
}
