"""Reading and printing `.stream` files; the format is in test/stream/README.md.

A file is a list of items in their order: remarks and blank lines as they stand, and steps. Steps that the recorder
makes itself (RECORDED) are dropped and made anew; of the others only the body of FILLED ones changes.
"""
import re
import zlib
from dataclasses import dataclass, field

BODY = ("script", "add", "write", "expect batch", "expect progress", "expect console", "expect files",
        "expect query", "expect log", "expect listing", "expect state")
PLAIN = ("run", "restart", "mkdir", "remove", "truncate", "expect error", "expect cause", "expect message")
RECORDED = ("expect batch", "expect progress", "expect error", "expect cause", "expect message")
FILLED = ("expect console", "expect files", "expect query", "expect log", "expect listing", "expect state")


@dataclass
class Item:
    """One step (`word` is its keyword), or a remark or blank line (`word` is '#')."""
    word: str
    argument: str = ""
    body: list = field(default_factory=list)

    def lines(self):
        if self.word == "#":
            return [self.argument]
        head = (self.word + " " + self.argument).rstrip()
        return [head] + self.body + ["end"] if self.word in BODY else [head]


class StreamFile:
    def __init__(self, path):
        self.path = path
        with open(path, encoding="utf-8", errors="surrogateescape") as source:
            self.text = source.read()
        self.items = list(self._parse())
        self.head = {}
        for item in self.items:
            match = item.word == "#" and re.match(r"#\s*(name|description|group|needs|recorded|progress|ordered|"
                                                  r"weir only|manual clock):?\s*(.*)", item.argument)
            if match:
                self.head.setdefault(match.group(1), match.group(2).strip())

    def _parse(self):
        lines = iter(enumerate(self.text.split("\n")[:-1], 1))
        for number, line in lines:
            if not line.strip() or line.startswith("#"):
                yield Item("#", line)
                continue
            words = line.split()
            word = " ".join(words[:2]) if words[0] == "expect" else words[0]
            if word not in BODY + PLAIN:
                raise ValueError("%s:%d: unknown step: %s" % (self.path, number, line))
            item = Item(word, line[len(word):].strip())
            if word in BODY:
                for number, line in lines:
                    if line == "end":
                        break
                    item.body.append(line)
                else:
                    raise ValueError("%s: a body without its end" % self.path)
            yield item

    @property
    def replayable(self):
        return "weir only" not in self.head and "manual clock" not in self.head

    def digest(self):
        """A number for what decides the expectations: the steps, without what was recorded."""
        kept = [item for item in self.items if item.word not in RECORDED + ("#",)]
        text = "\n".join("\n".join(Item(i.word, i.argument, [] if i.word in FILLED else i.body).lines()) for i in kept)
        flags = "|".join(self.head.get(name, "") for name in ("progress", "ordered"))
        return "%08x" % zlib.crc32((text + flags).encode("utf-8", "surrogateescape"))

    def is_recorded(self):
        return self.head.get("recorded", "").endswith("steps " + self.digest())

    def print(self, items, recorded):
        """The file's text with these items and this `# recorded:` line, which ends the head."""
        lines, placed = [], False
        for item in items:
            if item.word == "#" and re.match(r"#\s*recorded:", item.argument):
                continue
            if not placed and not (item.word == "#" and item.argument.startswith("#")):
                lines.append("# recorded: " + recorded)
                placed = True
            lines += item.lines()
        return "\n".join(lines) + "\n"


def unescape(lines):
    """The bytes of an `add … bytes` body."""
    out, text = bytearray(), "".join(lines).encode("utf-8")
    at = 0
    while at < len(text):
        if text[at:at + 1] != b"\\":
            out.append(text[at])
            at += 1
        elif text[at + 1:at + 2] == b"x":
            out.append(int(text[at + 2:at + 4], 16))
            at += 4
        else:
            out += {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"\\": b"\\"}[text[at + 1:at + 2]]
            at += 2
    return bytes(out)
