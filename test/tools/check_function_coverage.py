#!/usr/bin/env python3
"""Hold the recorded SQL cases against the functions that the built weir has.

    check_function_coverage.py --weir build/weir --sql test/sql --exceptions FILE [--update]
    check_function_coverage.py --self-test

Each function of SHOW FUNCTIONS needs a case in test/sql/examples (Spark's own examples) and, elsewhere in test/sql, three cases, one of them with a null.
A case is a call with other arguments, or a row of the answer where the arguments are columns. FILE lists functions that have fewer yet; it may only shrink:
a function that is not listed fails the check. --update rewrites it, without what has enough by now.
"""
import argparse
import os
import re
import subprocess
import sys

CASES_MIN = 3
# No call in parentheses: how the parser knows them. Spark describes these without examples, or by an example of their alias.
OPERATORS = {
    "!": r"!(?!=)", "!=": r"!=", "%": r"%", "&": r"(?<!&)&(?!&)", "&&": r"&&", "*": r"[\w)'\"] ?\* ?[\w('\"-]", "+": r"\+", "-": r"-", "/": r"/", "<": r"<(?![=>&<])",
    "<<": r"<<", "<=": r"<=(?!>)", "<=>": r"<=>", "<>": r"<>", "=": r"(?<![<>!=])=(?![=>])", "==": r"==", ">": r"(?<![<>=-])>(?![=>])", ">=": r">=", ">>": r"(?<!>)>>(?!>)",
    ">>>": r">>>", "^": r"\^", "|": r"(?<!\|)\|(?!\|)", "||": r"\|\|", "~": r"~", "and": r"\bAND\b", "or": r"\bOR\b", "not": r"\bNOT\b",
    "between": r"\bBETWEEN\b", "in": r"\bIN\b", "like": r"\bI?LIKE\b", "ilike": r"\bILIKE\b", "rlike": r"\bRLIKE\b", "regexp": r"\bREGEXP\b", "div": r"\bDIV\b",
    "mod": r"\bMOD\b", "collate": r"\bCOLLATE\b", "case": r"\bCASE\b", "cast": r"\bCAST\b", "when": r"\bWHEN\b", "is": r"\bIS\b", "isnull": r"\bIS NULL\b", "isnotnull": r"\bIS NOT NULL\b",
    "current_date": r"\bcurrent_date\b", "current_timestamp": r"\bcurrent_timestamp\b", "localtimestamp": r"\blocaltimestamp\b",
    "current_user": r"\bcurrent_user\b", "user": r"\buser\b", "session_user": r"\bsession_user\b",
}
# Spark describes these without an example.
WITHOUT_EXAMPLES = {"!=", "<>", "||", "&&", "bigint", "binary", "boolean", "date", "decimal", "double", "float", "int", "smallint", "string", "timestamp",
                    "tinyint", "timestampadd", "timestampdiff"}
TEXT = re.compile(r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\"|--[^\n]*|/\*.*?\*/", re.S)
CALL = re.compile(r"\b([A-Za-z_][A-Za-z_0-9]*)\s*\(")


class Block:
    """One recorded statement: its text, and how many rows it gave."""

    def __init__(self, lines):
        cut = lines.index("----") if "----" in lines else len(lines)
        self.sql = "\n".join(lines[1:cut])
        self.rows = lines[cut + 2:]
        # Same length: the insides of texts and remarks are no calls.
        self.code = TEXT.sub(lambda match: match.group()[0] + "_" * (len(match.group()) - 2) + match.group()[-1], self.sql)
        self.has_null = re.search(r"\bNULL\b", self.code, re.I) is not None or any("NULL" in row.split("\t") for row in self.rows)
        self.has_from = re.search(r"\bFROM\b", re.sub(r"\([^()]*\bFROM\b[^()]*\)", "", self.code), re.I) is not None

    def calls(self):
        """(name, text of the arguments) of every call."""
        for match in CALL.finditer(self.code):
            depth, at = 0, match.end() - 1
            for at in range(match.end() - 1, len(self.code)):
                depth += {"(": 1, ")": -1}.get(self.code[at], 0)
                if depth == 0:
                    break
            yield match.group(1).lower(), self.sql[match.end():at]


def read_blocks(path):
    with open(path, encoding="utf-8") as source:
        parts = source.read().rstrip("\n").split("\n\n")
    blocks = [part.split("\n") for part in parts]
    return [Block(lines) for lines in blocks if lines[0].startswith("query") or lines[0].startswith("statement error")]


class Coverage:
    def __init__(self):
        self.examples, self.cases, self.nulls = {}, {}, {}

    def add(self, block, is_example):
        found = list(block.calls())
        found += [(name, "%s %s" % (name, block.sql)) for name, pattern in OPERATORS.items() if re.search(pattern, block.code, re.I)]
        for name, arguments in found:
            if is_example:
                self.examples[name] = self.examples.get(name, 0) + 1
                continue
            cases = self.cases.setdefault(name, set())
            rows = len(block.rows) if block.has_from else 1
            cases.update((arguments.strip() or block.sql, row) for row in range(max(rows, 1)))
            if block.has_null:
                self.nulls[name] = True

    def lacks(self, name):
        """What the function lacks, in words; empty: nothing."""
        found = []
        if name not in self.examples and name not in WITHOUT_EXAMPLES:
            found.append("an example")
        cases = len(self.cases.get(name, ()))
        if cases < CASES_MIN:
            found.append("%d cases" % (CASES_MIN - cases))
        elif name not in self.nulls:
            found.append("a case with a null")
        return ", ".join(found)


def read_coverage(folder):
    coverage = Coverage()
    for top, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if name.endswith(".test"):
                for block in read_blocks(os.path.join(top, name)):
                    coverage.add(block, os.path.basename(top) == "examples")
    return coverage


def function_names(weir):
    done = subprocess.run([weir, "sql", "--format", "csv", "-c", "SHOW FUNCTIONS"], capture_output=True, text=True, check=True)
    return [line.strip('"') for line in done.stdout.splitlines()[1:] if line]


def check(arguments):
    coverage, listed = read_coverage(arguments.sql), set()
    if os.path.exists(arguments.exceptions):
        with open(arguments.exceptions, encoding="utf-8") as lines:
            listed = {line.split("\t")[0] for line in lines.read().splitlines() if line and not line.startswith("# ")}
    lacking = {name: coverage.lacks(name) for name in function_names(arguments.weir)}
    count = len(lacking)
    lacking = {name: words for name, words in lacking.items() if words}
    if arguments.update:
        with open(arguments.exceptions, "w", encoding="utf-8") as out:
            out.write("# Functions with fewer recorded cases than test/tools/check_function_coverage.py wants; the list may only shrink.\n")
            out.writelines("%s\t%s\n" % item for item in sorted(lacking.items()))
        return 0
    for name, words in sorted(lacking.items()):
        if name not in listed:
            print("%s lacks %s" % (name, words))
    for name in sorted(listed - set(lacking)):
        print("%s has enough cases, take it off %s" % (name, os.path.basename(arguments.exceptions)))
    bad = len(set(lacking) - listed)
    print("%d functions, %d with too few cases, listed" % (count, len(set(lacking) & listed)))
    return 1 if bad else 0


def self_test():
    coverage = Coverage()
    for lines in (["query sort", "SELECT f('g(1)', 2), f(h(3))", "----", "s", "1"], ["query", "SELECT a + f(a) FROM t", "----", "s", "1", "NULL"]):
        coverage.add(Block(lines), False)
    assert len(coverage.cases["f"]) == 4 and "g" not in coverage.cases and coverage.nulls == {"f": True, "+": True}, coverage.cases
    assert coverage.lacks("f") == "an example" and coverage.lacks("h") == "an example, 2 cases" and coverage.lacks("g") == "an example, 3 cases"
    coverage.add(Block(["query", "SELECT h(1), h(2), h(4)", "----", "s", "1"]), False)
    coverage.add(Block(["statement error X", "SELECT h('x')"]), True)
    assert coverage.lacks("h") == "a case with a null" and coverage.lacks("!=") == "3 cases"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir")
    parser.add_argument("--sql")
    parser.add_argument("--exceptions")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        self_test()
        return 0
    return check(arguments)


if __name__ == "__main__":
    sys.exit(main())
