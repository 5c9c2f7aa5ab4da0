"""A Folder -> what one person works on: the plan as saved, as drafted, as it was at the start; its scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from plan_rules import loading
from plan_rules.authoring.draft import read_draft
from plan_rules.errors import Diagnostic, Message, PlanInvalid
from plan_rules.language.pieces import Pieces
from plan_rules.language.reader import ReadResult, read
from plan_rules.plan import Plan
from plan_rules.scenarios import Scenario, read_scenarios
from plan_rules.studio.folder import SCENARIOS, Folder, NotKept, version_of

SAVED, DRAFT, BEGUN, SHIPPED = "saved", "draft", "begun", "shipped"
_MOST_READ = 8
_BOM = b"\xef\xbb\xbf"


def plain(text: bytes) -> bytes:
    """A text as an editor holds it: lines that end alike, no mark of byte order."""
    return text.removeprefix(_BOM).replace(b"\r\n", b"\n")


def as_kept(text: bytes, before: bytes) -> bytes:
    """What an editor holds, with the ends of lines and the mark of byte order that the file had before."""
    ends = plain(text).replace(b"\n", b"\r\n") if b"\r\n" in before else plain(text)
    return (_BOM if before.startswith(_BOM) else b"") + ends


class Absent(NotKept):
    """There is no such text."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A text that was read, and the other files that reading it looked at."""

    beside: Mapping[str, bytes | None]
    result: ReadResult


class Desk:
    """The texts in hand.  A text is named `saved`, `draft`, `begun`, `shipped`, or as a file of the folder."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self._begun = folder.read(folder.plan_name)
        self._draft: bytes | None = None
        self._pieces, self._typing = Pieces(), Lock()
        self._looking = Lock()  # a page asks for two parts at once; one reads the plan, the other waits
        self._known: dict[tuple[str, bytes], _Known] = {}

    @property
    def has_draft(self) -> bool:
        """Does the editor hold something else than the file?"""
        saved = self.folder.read(self.folder.plan_name)
        return self._draft is not None and (saved is None or plain(self._draft) != plain(saved))

    def keep_draft(self, text: bytes) -> tuple[Diagnostic, ...]:
        """What the editor holds, kept in memory only; what is wrong with it.  Reads only what changed."""
        with self._typing:
            self._draft = text
            lined = text.decode("utf-8", errors="replace")
            return read_draft(lined, source=self.folder.plan_name, find=self.beside, pieces=self._pieces).diagnostics

    def drop_draft(self) -> None:
        """The editor holds the file again."""
        self._draft = None

    def text(self, of: str) -> bytes:
        """A text by name.  Raises Absent where there is none, NotKept where it cannot be read."""
        match of:
            case "saved":
                found = self.folder.read(self.folder.plan_name)
            case "draft":
                found = self._draft if self._draft is not None else self.folder.read(self.folder.plan_name)
            case "begun":
                found = self._begun
            case "shipped":
                found = loading.shipped(loading.SHIPPED)
            case _:
                found = self.folder.read(of)
        if found is None:
            raise Absent(Message(f"没有 {self.label(of).zh}", f"there is no {self.label(of).en}"))
        return found

    def version(self) -> str:
        """The version of the plan file as it is now."""
        return version_of(self.folder.read(self.folder.plan_name))

    def label(self, of: str) -> Message:
        """What a text is called."""
        name = self.folder.plan_name
        known = {
            SAVED: Message(f"文件 {name}", f"file {name}"),
            DRAFT: Message("编辑器里的草稿", "draft in the editor"),
            BEGUN: Message(f"打开工作台时的 {name}", f"{name} as it was when the studio was opened"),
            SHIPPED: Message("随程序自带的预案", "plan that comes with the program"),
        }
        return known.get(of) or Message(f"文件 {of[:60]}", f"file {of[:60]}")

    def bases(self) -> tuple[str, ...]:
        """What a plan can be compared with."""
        others = [name for name in self.folder.names() if name != self.folder.plan_name and self._may_be_plan(name)]
        return (BEGUN, SAVED, SHIPPED, *others) if self.folder.writable else (BEGUN,)

    def _may_be_plan(self, name: str) -> bool:
        try:
            head = (self.folder.read(name) or b"")[:4096].decode("utf-8", errors="replace")
        except NotKept:
            return False
        return any(line.startswith(("预案:", "plan:")) for line in head.splitlines())

    def reading(self, of: str) -> ReadResult:
        """The plan of a text, or its defects.  Read again only where a file changed."""
        with self._looking:
            return self._reading(of)

    def _reading(self, of: str) -> ReadResult:
        text, source = self.text(of), self.source(of)
        known = self._known.get((source, text))
        if known is not None and all(self.beside(name) == found for name, found in known.beside.items()):
            return known.result
        looked_at: dict[str, bytes | None] = {}

        def find(name: str) -> bytes | None:
            looked_at[name] = self.beside(name)
            return looked_at[name]

        result = read(text, source, find=find)
        while len(self._known) >= _MOST_READ:
            self._known.pop(next(iter(self._known)))
        self._known[source, text] = _Known(looked_at, result)
        return result

    def source(self, of: str) -> str:
        """The name of a text in diagnostics."""
        return self.folder.plan_name if of in (SAVED, DRAFT, BEGUN, SHIPPED) else of

    def beside(self, name: str) -> bytes | None:
        """A file that a plan names, of the folder or of the library."""
        try:
            found = self.folder.read(name)
        except NotKept:
            return None
        if found is None:
            try:
                return loading.shipped(name)
            except FileNotFoundError:
                return None
        return found

    def plan(self, of: str) -> Plan:
        """The plan of a text.  Raises PlanInvalid, NotKept."""
        result = self.reading(of)
        if result.plan is None:
            raise PlanInvalid(result.diagnostics)
        return result.plan

    def scenarios(self, plan: Plan) -> tuple[Scenario, ...]:
        """The scenarios beside the plan.  Raises ScenariosInvalid, NotKept."""
        text = self.folder.read(SCENARIOS)
        return () if text is None else read_scenarios(text, SCENARIOS, plan)
