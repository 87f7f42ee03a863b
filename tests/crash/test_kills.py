"""Five of the kills of `make crash`: a run of each shape, and one victim of each kind."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from crash.campaign import Campaign
from crash.shapes import SHAPES

#: shape → victim
KILLS = {
    "line of large values": "worker",
    "many small tasks": "kernel",
    "nested foreach": "host",
    "diamond": "zygote",
    "join of large values": "detached",
}


@pytest.mark.timeout(180)
@pytest.mark.parametrize("shape", [*SHAPES])
def test_a_kill_loses_nothing_that_was_committed_and_the_run_resumes(tmp_path: Path, shape: str) -> None:
    campaign = Campaign(tmp_path)
    victim = KILLS[shape]
    seed = random.randrange(1_000_000)
    for again in range(4):
        # a moment after the end hits nothing
        trial = campaign.kill(seed + again * 1_000, shape=shape, victim=victim)
        print(trial)
        if trial.phase:
            break
    assert not trial.problems, f"make crash ARGS='--kills 1 --seed {trial.seed} --shape \"{shape}\" --victim {victim}'"
