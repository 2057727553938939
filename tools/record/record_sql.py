#!/usr/bin/env python3
"""Run `.test` files on real Spark and write what it gave into them; the format is in test/sql/README.md.

    record_sql.py [--check] [--all] [--only TEXT] [PATH …]

Queries without an answer are recorded (`--all`: every query): rows where Spark gives rows, `statement error` with its
condition where it refuses, after `query place` with where in the text and which names it proposes, too. `--check` compares instead of writing and ends with 1 where something differs.
"""
import argparse
import difflib
import logging
import os
import re
import shutil
import sys
import tempfile

from spark_engine import VERSION, Engine, java_cause

HEAD = "# recorded: Spark %s, spark.sql.session.timeZone=UTC, ANSI, spark.sql.leafNodeDefaultParallelism=1" % VERSION
MANY = 100000
CONTROL = re.compile("[\x00-\x1f\x7f]")                  # what show() leaves as it is


class Block:
    """A `query` or `statement` with its SQL and its answer; or other lines as they stand (`kind` None)."""

    def __init__(self, lines):
        words = lines[0].split()
        self.kind = words[0] if words[0] in ("query", "statement", "conf") else None
        self.words, self.lines = words, lines
        if self.kind in ("query", "statement"):
            cut = lines.index("----") if "----" in lines else len(lines)
            self.sql, self.answer = lines[1:cut], lines[cut + 1:]

    @property
    def recorded(self):
        return bool(self.answer) if self.kind == "query" else True

    @property
    def wants_place(self):
        return self.words == ["query", "place"] or (self.kind == "statement" and bool(self.answer))

    def text(self):
        if self.kind not in ("query", "statement"):
            return self.lines
        return [" ".join(self.words)] + self.sql + (["----"] + self.answer if self.answer else [])


def read_blocks(path):
    with open(path, encoding="utf-8") as source:
        text = source.read()
    blocks = [Block(part.split("\n")) for part in text.rstrip("\n").split("\n\n") if part.strip()]
    return text, blocks


def printable(text):
    return CONTROL.sub(lambda match: "\\x%02x" % ord(match.group()), text)


def answer_of(spark, sql):
    """The schema and the cells of each row, as show() prints them."""
    frame = spark.sql(sql)
    scala_rows = frame._jdf.getRows(MANY, 0)
    rows = []
    for at in range(1, scala_rows.size()):
        cells = scala_rows.apply(at)
        rows.append("\t".join(printable(cells.apply(i)) or "(empty)" for i in range(cells.size())))
    return [printable(frame.schema.simpleString().replace("\n", "\\n"))] + rows


def place_of(throwable):
    """Where Spark says the error is, as `at POSITION: TEXT` or `at line L, pos P`, and what it proposes instead."""
    lines, contexts = [], throwable.getQueryContext()
    parser = "ParseException" in throwable.getClass().getName()
    if len(contexts) > 0 and not contexts[0].objectType():
        fragment = printable(contexts[0].fragment().replace("\n", "\\n"))
        lines.append("at %d: %s" % (contexts[0].startIndex() + 1, fragment))
    elif parser and throwable.start().line().isDefined():
        lines.append("at line %d, pos %d" % (throwable.start().line().get(), throwable.start().startPosition().get()))
    else:
        lines.append("nowhere")
    proposal = throwable.getMessageParameters().get("proposal")
    return lines + (["proposal: " + proposal] if proposal else [])


def record(engine, spark, block):
    """Run the block's SQL and put what happened into the block."""
    sql = "\n".join(block.sql)
    try:
        if block.kind == "statement" and block.words[1] == "ok":
            spark.sql(sql).collect()
            return
        answer = answer_of(spark, sql)
    except Exception as error:
        throwable = java_cause(error)
        if throwable is None:
            raise
        condition, state, _ = engine.conditions(throwable)[0]
        block.answer = place_of(throwable) if block.wants_place else []
        block.kind = "statement"
        block.words = ["statement", "error", condition] + ([state] if state else [])
        return
    ordered = block.kind == "query" and "sort" not in block.words
    block.words = ["query"] if ordered else ["query", "sort"]
    block.kind = "query"
    rows = answer[1:] if ordered else sorted(answer[1:], key=lambda row: row.encode("utf-8", "surrogateescape"))
    block.answer = answer[:1] + rows


def record_file(engine, path, everything):
    """The new text of the file."""
    text, blocks = read_blocks(path)
    spark = engine.spark.newSession()
    spark.conf.set("spark.sql.leafNodeDefaultParallelism", "1")     # one order of rows, one order of additions
    lines, seen_head = [], False
    for block in blocks:
        if block.kind == "conf":
            if len(block.words) > 2:
                spark.conf.set(block.words[1], " ".join(block.words[2:]))
            else:
                spark.conf.unset(block.words[1])
        elif block.kind is not None and (everything or not block.recorded or block.words[:2] == ["statement", "ok"]):
            record(engine, spark, block)
        if not seen_head:
            seen_head = True
            head = [line for line in block.text() if not line.startswith("# recorded:")]
            lines += head + [HEAD] + [""] if block.kind is None else [HEAD, ""] + head + [""]
        else:
            lines += block.text() + [""]
    for name in [row[1] for row in spark.sql("SHOW TABLES").collect() if not row[2]]:
        spark.sql("DROP TABLE IF EXISTS `%s`" % name)
    return text, "\n".join(lines[:-1]) + "\n"


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", default=[os.path.normpath(os.path.join(here, "..", "..", "test", "sql"))])
    parser.add_argument("--check", action="store_true", help="compare, do not write")
    parser.add_argument("--all", action="store_true", help="record also what has an answer")
    parser.add_argument("--only", default="", help="only files whose path holds this text")
    args = parser.parse_args()

    logging.disable(logging.CRITICAL)                   # PySpark logs each error that a test expects
    folder = tempfile.mkdtemp(prefix="record")
    engine, bad = Engine(os.path.join(folder, "engine")), 0
    paths = [path for path in args.paths if os.path.isfile(path)]
    for root in args.paths:
        paths += [os.path.join(top, name) for top, _, names in sorted(os.walk(root)) for name in sorted(names)
                  if name.endswith(".test")]
    for path in [path for path in paths if args.only in path]:
        old, new = record_file(engine, path, args.all or args.check)
        if args.check and old != new:
            bad += 1
            diff = difflib.unified_diff(old.split("\n"), new.split("\n"), path, "now", lineterm="")
            print("\n".join(diff), flush=True)
        elif not args.check:
            with open(path, "w", encoding="utf-8") as out:
                out.write(new)
        blocks = read_blocks(path)[1]
        print("%s: %d queries, %d errors" % (path, sum(b.kind == "query" for b in blocks),
                                             sum(b.words[:2] == ["statement", "error"] for b in blocks)), flush=True)
    engine.stop()
    shutil.rmtree(folder, ignore_errors=True)
    print("%d files differ" % bad if args.check else "done")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
