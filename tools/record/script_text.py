"""A script in weir's SQL dialect as text: its statements, and the parts of the two that Spark does not run by itself.

Spark's own parser refuses OPTIONS and LOCATION on CREATE STREAMING TABLE, and a temporary view over a
streaming source has no SQL in Spark, so both are taken apart here and go through the DataFrame API.
"""
import re

_TOKEN = re.compile(r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|--[^\n]*|/\*.*?\*/|;|.", re.S)
_OPTION = re.compile(
    r"""\s*(?P<key>`[^`]+`|'(?:[^'\\]|\\.)*'|[\w.\-]+)\s*(?:=\s*)?
        (?P<value>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|-?[\w.]+)\s*(?:,|$)""", re.X | re.S)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a"}

_FORMAT = r"(`[^`]+`|[\w.\-]+)"
_STRING = r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\""
_LIST = r"\(((?:[^()'\"]|" + _STRING + r"|\([^()]*\))*)\)"      # parentheses may nest once
VIEW = re.compile(
    r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:GLOBAL\s+)?TEMP(?:ORARY)?\s+VIEW\s+(\w+)\s*(?:" + _LIST + r"\s*)?"
    r"USING\s+" + _FORMAT + r"(?:\s+OPTIONS\s*" + _LIST + r")?\s*$", re.I | re.S)
TABLE = re.compile(
    r"CREATE\s+STREAMING\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)\s*(?:" + _LIST + r"\s*)?USING\s+" + _FORMAT +
    r"(?:\s+PARTITIONED\s+BY\s*\(([^)]*)\))?(?:\s+OPTIONS\s*" + _LIST + r")?(?:\s+LOCATION\s+(" + _STRING +
    r"))?\s+AS\s+(.*)$", re.I | re.S)
ROWS = re.compile(r"\(*\s*(SELECT|VALUES|TABLE|WITH|FROM)\b", re.I)
FRAME = re.compile(r"FRAME\s+(\w+)\s*=\s*(\w+)\.(\w+)\((.*)\)\s*$", re.I | re.S)
SETTING = re.compile(r"SET\s+(?!TIME\s+ZONE\b)([\w.]+)\s*=\s*(.*)$", re.I | re.S)


def statements(text):
    """Split at semicolons outside of quotes and comments."""
    current = []
    for match in _TOKEN.finditer(text):
        piece = match.group(0)
        if piece.startswith("--") or piece.startswith("/*"):
            current.append(" ")
        elif piece == ";":
            if "".join(current).strip():
                yield "".join(current).strip()
            current = []
        else:
            current.append(piece)
    if "".join(current).strip():
        yield "".join(current).strip()


def literal(text):
    """The value of a string literal (backslash escapes, doubled quotes) or of a bare word."""
    if text[:1] not in ("'", '"'):
        return text
    body = text[1:-1].replace(text[0] * 2, text[0])
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m.group(1), m.group(1)), body, flags=re.S)


def options(text):
    """key 'value', key = value, ... as a dictionary; anything that does not fit is an error, not dropped."""
    found, at, text = {}, 0, (text or "").strip()
    while at < len(text):
        match = _OPTION.match(text, at)
        if not match:
            raise ValueError("cannot read OPTIONS at: " + text[at:at + 40])
        key = match.group("key")
        found[literal(key) if key[0] == "'" else key.strip("`")] = literal(match.group("value"))
        at = match.end()
    return found


def take(opts, name, default=None):
    """Take an option out by its name, whatever its case."""
    for key in list(opts):
        if key.lower() == name.lower():
            return opts.pop(key)
    return default


def trigger(value):
    """A trigger of the dialect as arguments of DataStreamWriter.trigger."""
    if value in (None, "", "0"):
        return {"processingTime": "0 seconds"}
    lowered = value.lower()
    if lowered == "availablenow":
        return {"availableNow": True}
    if lowered == "once":
        return {"once": True}
    if lowered.startswith("continuous"):
        return {"continuous": value.split(None, 1)[1]}
    return {"processingTime": value}
