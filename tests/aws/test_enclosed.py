"""A step with packages of a private index, in a container that reaches the bucket and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from aws.bench.started import Bench
from aws.team import Person
from package_index import Index, installed_wheel, serving
from packaging.requirements import Requirement

from nbflow.environments.installed import closure
from nbflow.environments.needs import WORKER_NEEDS
from nbflow.environments.target import Target

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(os.geteuid() != 0, reason="a network of its own takes root"),
]

#: what the step imports
SCIENCE = ("pandas", "scikit-learn")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """A private index behind a password, with these packages and what they need."""
    folder = tmp_path_factory.mktemp("wheels")
    for name in closure([*SCIENCE, *(Requirement(need).name for need in WORKER_NEEDS)], Target.here()):
        installed_wheel(folder, name)
    with serving(folder) as running:
        yield running


def test_a_container_that_reaches_the_bucket_only_trains_with_packages_of_a_private_index(
    bench: Bench, index: Index, tmp_path: Path
) -> None:
    ada = Person(bench, tmp_path / "ada", UV_DEFAULT_INDEX=index.url_with_password, PIP_CONFIG_FILE=os.devnull)
    ada.notebook(
        "%%step load\nages = [20, 30, 40, 50, 60]",
        "%%step train --on batch --pypi pandas,scikit-learn\n"
        "import pandas as pd\n"
        "from sklearn.linear_model import LinearRegression\n"
        "table = pd.DataFrame({'age': ages, 'price': [2 * each + 1 for each in ages]})\n"
        "slope = float(LinearRegression().fit(table[['age']], table['price']).coef_[0])",
        "%%step report\nsaid = round(slope, 6)",
        name="private.ipynb",
    )
    bench.settings(network="bench")
    ada.ok("run", "private.ipynb")
    assert ada.ask('print(nbflow.Flow("private").latest_run.data.said)') == 2.0
    assert any("scikit" in path for path in index.asked)
    # the password went nowhere
    password = index.url_with_password.partition("@")[0].rpartition(":")[2].encode()
    client = bench.client("s3")
    keys = [each["Key"] for each in client.list_objects_v2(Bucket=bench.account.bucket, Prefix=ada.prefix)["Contents"]]
    small = [key for key in keys if not key.endswith(".tar.gz")]
    assert not [
        key for key in small if password in client.get_object(Bucket=bench.account.bucket, Key=key)["Body"].read()
    ]
