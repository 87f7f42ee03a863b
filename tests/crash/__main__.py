"""`python tests/crash`: kill runs at random moments and look at what is left. Exit code 1 when something was wrong."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path


def main() -> int:
    """Do a campaign."""
    # what several test folders share stands beside this one
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from crash.campaign import Campaign, rare, table

    parser = argparse.ArgumentParser(prog="make crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, metavar="N", help="how many (default: 200)")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 1_000_000, metavar="S", help="the first seed")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="runs at once (default: 2)")
    parser.add_argument("--shape", default="", help="only runs of this shape")
    parser.add_argument("--victim", default="", help="only this victim")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="nbflow-crash-"))
    print(f"{arguments.kills} kills from seed {arguments.seed} on, in {folder}", flush=True)
    campaign = Campaign(folder)
    campaign.measure()
    trials = []
    for trial in campaign.kills(arguments.kills, arguments.seed, arguments.jobs, arguments.shape, arguments.victim):
        print(trial, flush=True)
        trials.append(trial)
    print(f"\n{table(trials)}\n")
    print(f"{sum(not each.phase for each in trials)} runs had ended before the moment drawn and were drawn again;")
    print(
        f"{sum(each.halves for each in trials)} temporary files were left in the stores, one for each write under way"
    )
    wrong = [each for each in trials if each.problems]
    for each in wrong:
        print(f"WRONG: seed {each.seed}, {each.victim}, {each.shape}: {each.problems[0]}")
    if seldom := rare(trials):
        print(f"hit in less than 5 %: {', '.join(seldom)}")
    if not wrong:
        shutil.rmtree(folder)
    print("nothing was wrong" if not wrong else f"{len(wrong)} of {len(trials)} were wrong")
    return int(bool(wrong or seldom))


if __name__ == "__main__":
    sys.exit(main())
