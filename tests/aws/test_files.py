"""Files as artifacts in a bucket: left on one machine, opened on another."""

from __future__ import annotations

from pathlib import Path

from aws.bench.started import Bench
from aws.team import Person

LEAVE = """%%step leave
import nbflow, os
from pathlib import Path
Path("model.bin").write_bytes(b"m" * 17_000_000)
os.mkdir("words")
Path("words/one.txt").write_text("one")
model, words = nbflow.File("model.bin"), nbflow.Directory("words")
os.remove("model.bin")
"""
READ = "%%step read\nsize = os.stat(model.path).st_size\nword = (words / 'one.txt').read_text()\nagain = model"
SEEN = """
data = nbflow.Run("sales/1")["read"].task.data
print(json.dumps([data.size, data.word, data.again.path.stat().st_size, data.again.name]))
"""


def test_a_file_of_one_machine_is_opened_on_another(bench: Bench, tmp_path: Path) -> None:
    ada = Person(bench, tmp_path / "ada")
    bob = Person(bench, tmp_path / "bob", user="bob", prefix=ada.prefix)
    ada.notebook("import os", LEAVE, READ)
    ada.ok("run", "sales.ipynb")
    assert bob.ask(f"nbflow.namespace(None)\n{SEEN}") == [17_000_000, "one", 17_000_000, "model.bin"]
    assert not any(bob.home.rglob("opened/*/0")), "it is gone with the process"
