"""A dozen of the kills of `make crash`: one victim of each kind in a run of each shape at least."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from crash.campaign import Campaign
from crash.shapes import SHAPES

#: shape → victims; the seed of each is its place, that of the last one is new each time
KILLS = {
    "line of large values": ("worker", "zygote"),
    "many small tasks": ("kernel", "worker"),
    "nested foreach": ("host", "zygote", "worker"),
    "diamond": ("worker", "host", "zygote"),
    "join of large values": ("worker", "detached"),
}


@pytest.mark.timeout(180)
@pytest.mark.parametrize("shape", [*SHAPES])
def test_a_kill_loses_nothing_that_was_committed_and_the_run_resumes(tmp_path: Path, shape: str) -> None:
    campaign = Campaign(tmp_path)
    victims = KILLS[shape]
    for place, victim in enumerate(victims):
        last = place == len(victims) - 1
        seed = random.randrange(1_000_000) if last else place
        for again in range(4):
            # a moment after the end hits nothing
            trial = campaign.kill(seed + again * 1_000, shape=shape, victim=victim)
            print(trial)
            if trial.phase:
                break
        assert not trial.problems, (
            f"make crash ARGS='--kills 1 --seed {trial.seed} --shape \"{shape}\" --victim {victim}'"
        )
