"""Commands that change what is kept of a run: tags and logs."""

from __future__ import annotations

from typing import Any

Flow = Any


def test_tags_are_added_removed_and_replaced(flow: Flow) -> None:
    terminal = flow()
    terminal.ok("run", "--tag", "a")

    def tags() -> str:
        return terminal.ok("tag", "list", "--flat", "--hide-system-tags").stdout

    done = terminal.ok("tag", "add", "b", "c", "--run-id", "1")
    assert done.stderr.startswith("Operation successful. New tags of TrainFlow/1:\n  a\n  b\n  c\n")
    terminal.ok("tag", "remove", "c", "nobody-has-this")
    assert tags() == "a\nb\n"
    terminal.ok("tag", "replace", "a", "d")
    terminal.ok("tag", "replace", "--remove", "b", "--add", "e", "--namespace", "user:tester")
    assert tags() == "d\ne\n"

    for words, code, said in (
        ("tag remove user:tester d", 1, "user:tester"),
        ("tag add x --run-id 9", 1, "has no run '9'"),
        ("tag add x --namespace user:other", 1, "user:other"),
        ("tag add", 2, "required: TAG"),
    ):
        done = terminal.run(*words.split())
        assert done.returncode == code and said in done.stderr, done.stderr
    assert tags() == "d\ne\n"


def test_what_a_task_wrote_is_scrubbed(flow: Flow) -> None:
    terminal = flow()
    terminal.ok("run")
    assert terminal.ok("logs", "scrub", "1/start", "--stdout").stdout == "1 log scrubbed\n"
    left = terminal.ok("logs", "show", "1/start").stdout
    assert "loading" not in left and "by tester]" in left and "slowly" in left
    assert terminal.ok("logs", "scrub", "1/train", "--all").stdout == "2 logs scrubbed\n"
    kept = [
        path.read_text() for path in (terminal.root / "logs" / "TrainFlow" / "1" / "train").rglob("*") if path.is_file()
    ]
    assert not any("training" in text for text in kept)
