"""What can be a tag, and how the tags of a run change."""

from __future__ import annotations

import pytest

from nbflow.errors import TagError
from nbflow.metadata.tags import as_tags, changed, first_tags


def test_one_tag_is_not_its_letters() -> None:
    assert as_tags("good") == ("good",)
    assert as_tags(["a", "b", "a"]) == ("a", "b")


def test_a_tag_in_an_error_is_shown_short_and_printable() -> None:
    with pytest.raises(TagError) as caught:
        as_tags("\ud800" + "x" * 600)
    assert len(caught.value.problems[0].what) < 60
    str(caught.value).encode()


def test_a_new_run_may_have_no_tag_and_at_most_50() -> None:
    assert first_tags("F", ()) == frozenset()
    assert first_tags("F", "good") == {"good"}
    assert len(first_tags("F", [f"t{number}" for number in range(50)])) == 50
    with pytest.raises(TagError, match="M013  run F cannot have 51 tags"):
        first_tags("F", [f"t{number}" for number in range(51)])
    with pytest.raises(TagError, match="M010"):
        first_tags("F", [""])


def test_what_is_removed_goes_first_and_system_tags_are_not_doubled() -> None:
    user, system = frozenset({"a", "b"}), frozenset({"user:ada"})
    assert changed("F/1", user, system, add=["b", "c", "user:ada"], remove=["a", "b"]) == {"b", "c"}
