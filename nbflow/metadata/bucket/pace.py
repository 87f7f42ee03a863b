"""How often the bucket is asked, and how far clocks may differ. All in seconds."""

from __future__ import annotations

from nbflow.frozen import frozen


@frozen
class Pace:
    """The defaults are for a team whose bucket answers within a second."""

    #: between two looks for what others wrote
    look: float = 1.0
    #: between two looks of an owner whether its run is to end
    heed: float = 2.5
    #: between two signs of life of a run; they are old after `owner._STALE`
    beat: float = 15.0
    #: between two looks for the sign of life of another machine's run
    listen: float = 10.0
    #: what tells no result may wait so long, to be written with what follows
    wait: float = 1.0
    #: by how much the clocks of two machines may differ for news to be found at once
    skew: float = 600.0
    #: after which news are old: what they announce is written, by then, or announced anew
    settle: float = 150.0
    #: between two looks through all journals, which find what no news told
    check: float = 86_400.0
    #: news are deleted when they are so old
    keep: float = 3 * 86_400.0
    #: between two searches for old news
    sweep: float = 3_600.0
    #: before a bucket that did not answer is asked again, where asking can wait
    rest: float = 5.0
