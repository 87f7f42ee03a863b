"""Changing the tags of a run."""

from __future__ import annotations

from collections.abc import Iterable

from nbflow.client.part import Part
from nbflow.metadata.tags import as_tags

#: one tag or several
Tags = str | Iterable[str]


class Tagged(Part):
    """A run as something to put tags on.

    Each method takes a tag or several and does all of it or nothing, whoever else changes them at the time. A tag is
    text of 1 to 500 characters, a run has at most 50, and what nbflow gave stays: to give it again changes nothing, to
    take it is a TagError, as is everything else that cannot be done.
    """

    def add_tag(self, tag: Tags) -> None:
        """Give it a tag, or several."""
        self.replace_tags((), tag)

    def add_tags(self, tags: Tags) -> None:
        """Give it tags."""
        self.replace_tags((), tags)

    def remove_tag(self, tag: Tags) -> None:
        """Take a tag from it, or several; it need not have them."""
        self.replace_tags(tag, ())

    def remove_tags(self, tags: Tags) -> None:
        """Take tags from it; it need not have them."""
        self.replace_tags(tags, ())

    def replace_tag(self, tag_to_remove: Tags, tag_to_add: Tags) -> None:
        """Take one tag from it and give it another, at once."""
        self.replace_tags(tag_to_remove, tag_to_add)

    def replace_tags(self, tags_to_remove: Tags, tags_to_add: Tags) -> None:
        """Take tags from it and give it others, at once. Raises M010, M013, M014, M016."""
        going, coming = as_tags(tags_to_remove), as_tags(tags_to_add)
        self._workspace.metadata.tag(self._spec.flow, self.path_components[1], add=coming, remove=going)
        self._facts.forget()
