"""Write `docs/errors.md`: type every example, and note what nbflow answers."""

from __future__ import annotations

from gallery.doors import open_doors
from gallery.page import PAGE, page
from gallery.table import EXAMPLES

with open_doors() as doors:
    PAGE.write_text(page({each: doors.answer(each) for each in EXAMPLES}), encoding="utf-8")
print(f"{PAGE.name}: {len(EXAMPLES)} examples of {len({each.code for each in EXAMPLES if each.code})} codes")
