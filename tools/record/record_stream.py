#!/usr/bin/env python3
"""Replay `.stream` tests on real Spark and write what it gave into them.

    record_stream.py [--check] [--all] [--only TEXT] [PATH …]

Files whose steps changed since their recording are recorded (`--all`: every file); `--check` compares instead of
writing and ends with 1 where something differs. All files are replayed in one JVM, each in sessions of its own.
"""
import argparse
import difflib
import json
import logging
import os
import re
import shutil
import sys
import tempfile
import time
from urllib.parse import unquote

from script_runner import TO_JSON, ScriptRunner
from spark_engine import VERSION, Engine, java_cause
from state_file import schema_lines, state_lines
from stream_file import FILLED, RECORDED, Item, StreamFile, unescape

BASE_SECONDS = 1700000000
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Replay:
    """One test on Spark: its folders, the query that runs, what it gave since the last `run`."""

    def __init__(self, engine, test, folder, timeout):
        self.engine, self.test, self.folder, self.timeout = engine, test, folder, timeout
        self.script, self.runner = None, ScriptRunner(engine.spark)
        self.reports_seen, self.added, self.console, self.pending = 0, 0, "", []
        shutil.rmtree(folder, ignore_errors=True)
        self.views = {item.argument.split()[0] for item in test.items if item.word == "add"}
        for view in self.views or {"."}:
            os.makedirs(os.path.join(folder, "input", view))

    # Folders and files.

    def path(self, text):
        """A PATH of a step; the place inside the checkpoint is the default."""
        match = re.match(r"\$\{(input|output|checkpoint)\}/?(.*)", text)
        return os.path.join(self.folder, *match.groups()) if match else os.path.join(self.folder, "checkpoint", text)

    def substitute(self, text):
        return re.sub(r"\$\{(input|output|checkpoint)\}", lambda m: os.path.join(self.folder, m.group(1)), text)

    def normalize(self, text):
        text = text.replace(self.folder + "/", "${").replace("${input", "${input}")
        text = text.replace("${output", "${output}").replace("${checkpoint", "${checkpoint}")
        return UUID.sub("<uuid>", text)

    def add(self, item):
        words = item.argument.split()
        attributes = dict(word.split("=", 1) for word in words[1:] if "=" in word)
        name = attributes.get("name", "%04d.txt" % self.added)
        mtime = float(attributes.get("mtime", BASE_SECONDS + self.added))
        data = unescape(item.body) if "bytes" in words else "".join(line + "\n" for line in item.body).encode(
            "utf-8", "surrogateescape")
        self.added += 1
        target = os.path.join(self.folder, "input", words[0], name)
        staged = os.path.join(self.folder, "staged%04d" % self.added)
        with open(staged, "wb") as out:
            out.write(data)
        os.utime(staged, (mtime, mtime))
        self.pending.append((staged, target))

    def publish(self):
        """Show the added files to the query all at once: just after a poll, when the query has gone to sleep."""
        if self.runner.query is not None and len(self.pending) > 1:
            status, deadline = self.runner.query._jsq, time.time() + 5
            for sleeping in (True, False):
                while status.isActive() and time.time() < deadline:
                    if status.status().message().startswith("Waiting for data") != sleeping:
                        break
        for staged, target in self.pending:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.rename(staged, target)
        self.pending = []

    def damage(self, item):
        words = item.argument.split()
        path = self.path(words[0])
        if item.word == "remove":
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
        elif item.word == "truncate":
            os.truncate(path, int(words[1]))
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as out:
                out.write("\n".join(item.body))
        sidecar = os.path.join(os.path.dirname(path), "." + os.path.basename(path) + ".crc")
        if os.path.exists(sidecar):
            os.remove(sidecar)

    # One run, and what it gave.

    def run(self):
        """Run to where there is nothing left to do; returns what it gave as items."""
        error, size = None, self.engine.console_size()
        self.runner.batches, self.runner.batch_error = [], None
        try:
            self.publish()
            if self.runner.query is None:
                self.reports_seen = 0
                self.runner.execute(self.substitute(self.script))
            self.runner.settle(self.timeout)
        except TimeoutError:
            raise
        except Exception as raised:
            error = self.runner.batch_error or raised
        query = self.runner.query
        reports = self.reports(query) if query is not None else []
        if error is None and query is not None and query._jsq.exception().isDefined():
            error = query.exception()
        self.console = self.engine.console_since(size)
        items = self.errors(error) if error is not None else []
        if error is not None or self.runner.finite:
            self.runner.stop()
        return items + self.results(reports)

    def errors(self, error):
        throwable, query = java_cause(error), self.runner.query
        if throwable is None and query is not None and query._jsq.exception().isDefined():
            throwable = query._jsq.exception().get()
        if throwable is None:
            raise error
        if throwable.getClass().getSimpleName() == "StreamingQueryException" and throwable.getCause() is not None:
            throwable = throwable.getCause()
        found = self.engine.conditions(throwable)
        items = [Item("expect error", " ".join(found[0][:2]).strip())]
        items += [Item("expect cause", " ".join(cause[:2]).strip()) for cause in found[1:]]
        message = re.sub(r"#\d+", "#<id>", self.normalize(found[0][2]).strip().split("\n")[0])
        return items + [Item("expect message", message[:300])] if message else items

    def reports(self, query):
        """New progress reports of batches that ran."""
        fresh = [json.loads(report.json()) for report in query._jsq.recentProgress()][self.reports_seen:]
        self.reports_seen += len(fresh)
        return [report for report in fresh if "addBatch" in report["durationMs"]]

    def results(self, reports):
        items, ordered = [], "ordered" in self.test.head
        progress = {report["batchId"]: report for report in reports} if "progress" in self.test.head else {}
        for batch_id, rows in self.runner.batches:
            items.append(Item("expect batch", "%d%s" % (batch_id, " ordered" if ordered else ""),
                              rows if ordered else by_bytes(rows)))
        for batch_id, report in sorted(progress.items()):
            at = next((i + 1 for i, item in enumerate(items) if item.argument.split()[0] == str(batch_id)
                       and item.word == "expect batch"), len(items))
            items.insert(at, Item("expect progress", str(batch_id), [stable_progress(report)]))
        return items

    # What the author asked for.

    def fill(self, item):
        if item.word == "expect console":
            return self.console.split("\n")[:-1] if self.console.endswith("\n") else self.console.split("\n")
        if item.word == "expect query":
            rows = self.runner.session.sql(item.argument).selectExpr(TO_JSON).collect()
            return by_bytes(row[0] for row in rows)
        if item.word == "expect listing":
            path = self.path(item.argument)
            return by_bytes(UUID.sub("<uuid>", name) + ("/" if os.path.isdir(os.path.join(path, name)) else "")
                            for name in os.listdir(path) if not name.startswith("."))
        if item.word == "expect state":
            operator, version = item.argument.split()
            return by_bytes(state_lines(self.path("state/" + operator), int(version)))
        if item.word == "expect log" and item.argument.endswith("_metadata/schema"):
            return schema_lines(self.path(item.argument))
        if item.word == "expect log":
            with open(self.path(item.argument), encoding="utf-8") as log:
                return self.log_lines(item.argument, log.read())
        return by_bytes(self.output_lines(item.argument))

    def log_lines(self, path, text):
        lines = self.normalize(text).split("\n")
        if re.search(r"(^|/)offsets/\d+$", path) and len(lines) > 1 and lines[1]:
            lines[1] = json.dumps(json.loads(lines[1]), sort_keys=True, separators=(",", ":"))
        return [re.sub(r'"(batchTimestampMs|modificationTime)":\d+', r'"\1":"<ms>"', line) for line in lines]

    def output_lines(self, argument):
        root = self.path("${output}/" + argument)
        names, log = [], os.path.join(root, "_spark_metadata")
        if os.path.isdir(log):
            batches = [name for name in os.listdir(log) if re.fullmatch(r"\d+(\.compact)?", name)]
            whole = [int(name.split(".")[0]) for name in batches if name.endswith(".compact")]
            start = max(whole, default=-1)
            for name in batches:
                number = int(name.split(".")[0])
                if number > start or number == start and name.endswith(".compact"):
                    with open(os.path.join(log, name), encoding="utf-8") as entries:
                        names += [json.loads(line)["path"] for line in entries.read().split("\n")[1:] if line]
            names = [unquote(re.sub(r"^file:/+", "/", name)) for name in names]
        else:
            names = [os.path.join(top, name) for top, _, files in os.walk(root) for name in files
                     if not name.startswith((".", "_"))]
        for name in names:
            place = os.path.relpath(os.path.dirname(name), root)
            with open(name, encoding="utf-8", errors="surrogateescape", newline="") as data:
                lines = data.read().split("\n")
            prefix = place + "/\t" if place != "." else ""
            yield from (prefix + line for line in (lines if lines[-1] else lines[:-1]))


def by_bytes(rows):
    return sorted(rows, key=lambda row: row.encode("utf-8", "surrogateescape"))


def stable_progress(report):
    """The keys of a progress report that do not depend on time, place or machine."""
    kept = {"numInputRows": report["numInputRows"]}
    if report.get("eventTime"):
        kept["eventTime"] = report["eventTime"]
    names = ("operatorName", "numRowsTotal", "numRowsUpdated", "numRowsRemoved", "numRowsDroppedByWatermark",
             "numShufflePartitions", "numStateStoreInstances")
    if report.get("stateOperators"):
        kept["stateOperators"] = [{name: state[name] for name in names} for state in report["stateOperators"]]
    kept["sources"] = [{name: source.get(name) for name in ("startOffset", "endOffset", "numInputRows")}
                       for source in report["sources"]]
    return json.dumps(kept, sort_keys=True, separators=(",", ":"))


def replay(engine, test, folder, timeout):
    """The items of the file with Spark's expectations in place of the old ones."""
    state, items = Replay(engine, test, folder, timeout), []
    try:
        for item in test.items:
            if item.word in RECORDED:
                continue
            items.append(item)
            if item.word == "script":
                state.script = "\n".join(item.body)
            elif item.word == "add":
                state.add(item)
            elif item.word == "mkdir":
                os.makedirs(state.path(item.argument), exist_ok=True)
            elif item.word == "run":
                items += state.run()
            elif item.word == "restart":
                state.runner.stop()
            elif item.word in ("remove", "truncate", "write"):
                state.damage(item)
            elif item.word in FILLED:
                items[-1] = Item(item.word, item.argument, state.fill(item))
    finally:
        state.runner.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return items


def stream_files(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for top, _, names in sorted(os.walk(path)):
            yield from (os.path.join(top, name) for name in sorted(names) if name.endswith(".stream"))


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    tests_here = os.path.normpath(os.path.join(here, "..", "..", "test", "stream"))
    parser.add_argument("paths", nargs="*", default=[tests_here])
    parser.add_argument("--check", action="store_true", help="compare, do not write")
    parser.add_argument("--all", action="store_true", help="record also what is recorded already")
    parser.add_argument("--only", default="", help="only files whose path holds this text")
    parser.add_argument("--timeout", type=float, default=90)
    args = parser.parse_args()

    tests = [StreamFile(path) for path in stream_files(args.paths) if args.only in path]
    tests = [test for test in tests if test.replayable and (args.all or args.check or not test.is_recorded())]
    if not tests:
        print("nothing to record")
        return 0
    logging.disable(logging.CRITICAL)                   # PySpark logs each error that a test expects
    folder = tempfile.mkdtemp(prefix="record")
    engine = Engine(os.path.join(folder, "engine"))
    good, bad = 0, 0
    for number, test in enumerate(tests):
        begun = time.time()
        try:
            items = replay(engine, test, os.path.join(folder, "case%d" % number), args.timeout)
        except Exception as error:
            bad += 1
            print("%s: not recorded: %s" % (test.path, str(error)[:2000]), flush=True)
            continue
        text = test.print(items, "Spark %s, spark.sql.session.timeZone=UTC, spark.sql.shuffle.partitions=2 unless SET, "
                          "local[2], steps %s" % (VERSION, test.digest()))
        if text == test.text:
            good += 1
            print("%s: same (%.1f s)" % (test.path, time.time() - begun), flush=True)
        elif args.check:
            bad += 1
            diff = difflib.unified_diff(test.text.split("\n"), text.split("\n"), test.path, "now", lineterm="")
            print("\n".join(diff), flush=True)
        else:
            good += 1
            with open(test.path, "w", encoding="utf-8", errors="surrogateescape") as out:
                out.write(text)
            print("%s: recorded (%.1f s)" % (test.path, time.time() - begun), flush=True)
    engine.stop()
    shutil.rmtree(folder, ignore_errors=True)
    print("%d %s, %d not" % (good, "same" if args.check else "recorded", bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
