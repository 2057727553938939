#!/usr/bin/env python3
"""A query that changes engines: weir and Spark take turns on one checkpoint and must end with the same rows.

    exchange_test.py [--weir build/weir] [--spark-python .spark/bin/python] [--only TEXT] [--keep]

Each case runs in three turns of two input files. The expected rows are those of Spark taking all three turns; then
weir takes all three, and both mixed orders follow. `rerun` cases delete the last commit between turns, so that the
next engine must run the other's last batch again. Prints `N passed, N failed`; without Spark a line that begins with
`skip` and exit status 0.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

WORDS = [["cat dog", "dog dog"], ["owl cat", "", "emu"], ["cat emu", "owl"], ["dog fox"], ["fox fox fox", "ant"], ["bee cat"]]
EVENTS = [["1,a", "2,b", "8,a"], ["12,a", "3,c"], ["21,b", "11,b"], ["2,late", "35,a"], ["36,a", "44,c"], ["80,z", "33,a"]]

WORD_COUNT = """
SET spark.sql.shuffle.partitions = 3;
SET spark.sql.session.timeZone = UTC;
CREATE TEMPORARY VIEW lines (value STRING) USING text OPTIONS (path '{input}', maxFilesPerTrigger '1');
CREATE STREAMING TABLE counts USING {sink}
  OPTIONS (outputMode '{mode}', trigger 'availableNow', checkpointLocation '{checkpoint}'{options}) AS
SELECT word, count(*) AS count FROM (SELECT explode(split(value, ' ')) AS word FROM STREAM lines) GROUP BY word;
"""
WINDOW_COUNT = """
SET spark.sql.shuffle.partitions = 2;
SET spark.sql.session.timeZone = UTC;
CREATE TEMPORARY VIEW raw (t BIGINT, k STRING) USING csv OPTIONS (path '{input}', maxFilesPerTrigger '1');
CREATE TEMPORARY VIEW events AS SELECT timestamp_seconds(t) AS ts, k FROM STREAM raw;
CREATE STREAMING TABLE counts USING {sink}
  OPTIONS (outputMode '{mode}', trigger 'availableNow', checkpointLocation '{checkpoint}'{options}) AS
SELECT CAST(window.start AS LONG) AS start, k, count(*) AS count
FROM events WATERMARK ts DELAY OF INTERVAL 10 SECONDS GROUP BY window(ts, '10 seconds'), k;
"""
TYPED = """
SET spark.sql.shuffle.partitions = 5;
SET spark.sql.session.timeZone = UTC;
CREATE TEMPORARY VIEW raw (t BIGINT, k STRING) USING csv OPTIONS (path '{input}', maxFilesPerTrigger '1');
CREATE STREAMING TABLE typed USING {sink}
  OPTIONS (outputMode '{mode}', trigger 'availableNow', checkpointLocation '{checkpoint}'{options}) AS
SELECT k, CAST(t % 2 AS DECIMAL(20,1)) AS odd, to_json(struct(sum(t) AS s, avg(t) AS a, min(k) AS lo, max(t) AS hi, count(t) AS n,
  sum(CAST(t AS DECIMAL(10,2))) AS d, first(t) AS f, last(t) AS l, sort_array(collect_list(t)) AS list, bool_or(t > 30) AS late,
  round(stddev_pop(t), 6) AS sd, max(timestamp_seconds(t)) AS ts, approx_count_distinct(t) AS about)) AS r
FROM STREAM raw GROUP BY k, CAST(t % 2 AS DECIMAL(20,1));
"""
EVENT_VIEWS = """
SET spark.sql.shuffle.partitions = 3;
SET spark.sql.session.timeZone = UTC;
CREATE TEMPORARY VIEW raw (t BIGINT, k STRING) USING csv OPTIONS (path '{input}', maxFilesPerTrigger '1');
CREATE TEMPORARY VIEW events AS SELECT timestamp_seconds(t) AS ts, k FROM STREAM raw;
"""
INTO = """
CREATE STREAMING TABLE result USING {sink}
  OPTIONS (outputMode '{mode}', trigger 'availableNow', checkpointLocation '{checkpoint}'{options}) AS
"""
SESSIONS = EVENT_VIEWS + INTO + """
SELECT CAST(session_window.start AS LONG) AS start, CAST(session_window.end AS LONG) AS stop, k, count(*) AS count
FROM events WATERMARK ts DELAY OF INTERVAL 10 SECONDS GROUP BY session_window(ts, '5 seconds'), k;
"""
DEDUPLICATE = EVENT_VIEWS + """
FRAME marked = events.withWatermark('ts', '10 seconds');
FRAME once = marked.dropDuplicates('k', 'ts');
""" + INTO + "SELECT CAST(ts AS LONG) AS t, k FROM once;"
DEDUPLICATE_WITHIN = EVENT_VIEWS + """
FRAME marked = events.withWatermark('ts', '10 seconds');
FRAME once = marked.dropDuplicatesWithinWatermark('k');
""" + INTO + "SELECT k FROM once;"
JOIN = EVENT_VIEWS + """
CREATE TEMPORARY VIEW lefts AS SELECT ts AS lt, k AS lk FROM events WATERMARK ts DELAY OF INTERVAL 5 SECONDS WHERE second(ts) <> 8;
CREATE TEMPORARY VIEW rights AS SELECT ts AS rt, k AS rk FROM events WATERMARK ts DELAY OF INTERVAL 5 SECONDS WHERE second(ts) <> 3;
""" + INTO + """
SELECT CAST(lt AS LONG) AS l, lk{right} FROM lefts {kind} JOIN rights
ON lk = rk AND rt BETWEEN lt - INTERVAL 10 SECONDS AND lt + INTERVAL 10 SECONDS;
"""
CHAIN = EVENT_VIEWS + INTO + """
SELECT CAST(window.start AS LONG) AS start, sum(n) AS n, count(*) AS keys FROM (SELECT window AS w, k, count(*) AS n
FROM events WATERMARK ts DELAY OF INTERVAL 5 SECONDS GROUP BY window(ts, '5 seconds'), k) GROUP BY window(w, '10 seconds');
"""
CASES = [("word count", WORD_COUNT, WORDS, mode) for mode in ("update", "complete")]
CASES += [("windowed count", WINDOW_COUNT, EVENTS, mode) for mode in ("append", "update", "complete")]
CASES += [("typed aggregates", TYPED, EVENTS, mode) for mode in ("update", "complete")]
CASES += [("session windows", SESSIONS, EVENTS, mode) for mode in ("append", "complete")]
CASES += [("deduplication", DEDUPLICATE, EVENTS, "append"), ("deduplication within the watermark", DEDUPLICATE_WITHIN, EVENTS, "append")]
CASES += [("%s join of streams" % kind, JOIN.replace("{kind}", kind).replace("{right}", "" if "semi" in kind else ", CAST(rt AS LONG) AS r"), EVENTS, "append") for kind in ("inner", "left outer", "full outer", "left semi")]
CASES += [("two aggregations", CHAIN, EVENTS, "append")]
ORDERS = ["weir weir weir", "spark weir spark", "weir spark weir", "spark spark weir", "weir weir spark"]


class Spark:
    """One JVM for all cases, behind spark_worker.py."""

    def __init__(self, python):
        worker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "spark_worker.py")
        self.process = subprocess.Popen([python, worker], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)

    def run(self, script, folder):
        self.process.stdin.write(json.dumps({"script": script}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline() or '{"error": "the Spark process ended"}')
        if "error" in answer:
            raise RuntimeError("spark: " + answer["error"])
        return answer["console"]

    def stop(self):
        self.process.stdin.close()
        self.process.wait(60)


class Weir:
    def __init__(self, program):
        self.program = os.path.abspath(program)

    def run(self, script, folder):
        path = os.path.join(folder, "job.sql")
        with open(path, "w") as out:
            out.write(script)
        command = [self.program, "run", path]
        if "FRAME " in script:
            here = os.path.dirname(os.path.abspath(__file__))
            command = [sys.executable, os.path.join(here, "weir_frames.py"), os.path.join(os.path.dirname(self.program), "libweir.so"), path]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise RuntimeError("weir exited with %d: %s" % (done.returncode, done.stderr[-2000:]))
        return done.stdout


def console_batches(text):
    """(batch id, rows as lists of cells) of a console sink's text with truncate false; no cell holds a bar."""
    for block in re.split(r"^-{43}\nBatch: ", text, flags=re.M)[1:]:
        table = [line for line in block.split("\n") if line.startswith("|")]
        yield int(block.split("\n")[0]), [[cell.strip() for cell in line[1:-1].split("|")] for line in table[1:]]


def sink_rows(output):
    """Lines of the files that a file sink's log lists."""
    log, rows = os.path.join(output, "_spark_metadata"), []
    for name in os.listdir(log):
        if re.fullmatch(r"\d+", name):
            with open(os.path.join(log, name)) as entries:
                for line in entries.read().split("\n")[1:]:
                    with open(re.sub(r"^file:/+", "/", json.loads(line)["path"])) as data:
                        rows += data.read().split("\n")
    return sorted(row for row in rows if row)


def last_commit(checkpoint):
    commits = os.path.join(checkpoint, "commits")
    return max(int(name) for name in os.listdir(commits) if name.isdigit())


def take_turns(engines, order, template, files, mode, rerun, folder):
    """Run the case in this order of engines; returns what must be the same whoever ran it."""
    os.makedirs(os.path.join(folder, "input"))
    checkpoint, output, console = os.path.join(folder, "checkpoint"), os.path.join(folder, "output"), ""
    script = template.format(input=os.path.join(folder, "input"), checkpoint=checkpoint, mode=mode,
                             sink="json" if mode == "append" else "console",
                             options=", path '%s'" % output if mode == "append" else ", truncate 'false', numRows '1000'")
    for turn, name in enumerate(order):
        for number in (2 * turn, 2 * turn + 1):
            path = os.path.join(folder, "input", "%04d.txt" % number)
            with open(path, "w") as out:
                out.write("".join(line + "\n" for line in files[number]))
            os.utime(path, (1700000000 + number, 1700000000 + number))
        console += engines[name].run(script, folder)
        if rerun and turn < 2:
            path = os.path.join(checkpoint, "commits", str(last_commit(checkpoint)))
            os.remove(path)
            crc = os.path.join(os.path.dirname(path), ".%s.crc" % os.path.basename(path))
            if os.path.exists(crc):
                os.remove(crc)
    if mode == "append":
        return last_commit(checkpoint), sink_rows(output)
    table = {}
    for _, rows in console_batches(console):
        if mode == "complete":
            table = {}
        table.update({tuple(row[:-1]): row[-1] for row in rows})
    return last_commit(checkpoint), sorted(table.items())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=os.environ.get("WEIR", "build/weir"))
    parser.add_argument("--spark-python", default=os.environ.get("SPARK_PYTHON", ".spark/bin/python"),
                        help="a Python that has pyspark 4.2.1")
    parser.add_argument("--only", default="", help="only cases whose name holds this text")
    parser.add_argument("--keep", action="store_true", help="keep the folders of failed cases")
    args = parser.parse_args()

    python = shutil.which(args.spark_python)
    if python is None or subprocess.run([python, "-c", "import pyspark"], capture_output=True).returncode != 0:
        print("skip: no Spark (--spark-python names a Python that has pyspark)")
        return 0
    if shutil.which(args.weir) is None:
        print("no program at %s (--weir or WEIR)" % args.weir, file=sys.stderr)
        return 2

    engines, passed, failed = {"spark": Spark(python), "weir": Weir(args.weir)}, 0, 0
    for title, template, files, mode in CASES:
        for rerun in (False, True):
            name = "%s, %s%s" % (title, mode, ", rerun" if rerun else "")
            if args.only not in name:
                continue
            expected = None
            for order in ["spark spark spark"] + ORDERS:
                folder = tempfile.mkdtemp(prefix="exchange")
                try:
                    got = take_turns(engines, order.split(), template, files, mode, rerun, folder)
                    problem = None
                except Exception as error:
                    got, problem = None, str(error)
                if expected is None:
                    expected = got
                if problem is None and got != expected:
                    problem = "expected %s\n  got      %s" % (expected, got)
                if problem is None:
                    passed += 1
                else:
                    failed += 1
                    print("FAILED %s: %s\n  %s" % (name, order, problem))
                if problem is None or not args.keep:
                    shutil.rmtree(folder, ignore_errors=True)
                else:
                    print("  kept: " + folder)
                if expected is None:
                    break                       # Spark itself failed: nothing to compare with
    engines["spark"].stop()
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
