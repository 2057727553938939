#!/usr/bin/env python3
"""The program `weir` as its users meet it: see README.md. Prints `N passed, N failed`."""
import argparse
import json
import os
import pty
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

WEIR = "build/weir"
SLOW = 1  # seconds are multiplied by this under sanitizers

PROGRESS_KEYS = ["id", "runId", "name", "timestamp", "batchId", "batchDuration", "numInputRows", "inputRowsPerSecond",
                 "processedRowsPerSecond", "durationMs", "eventTime", "stateOperators", "sources", "sink"]
DURATION_KEYS = {"addBatch", "commitOffsets", "getBatch", "latestOffset", "queryPlanning", "triggerExecution", "walCommit"}
STATE_KEYS = ["operatorName", "numRowsTotal", "numRowsUpdated", "allUpdatesTimeMs", "numRowsRemoved", "allRemovalsTimeMs",
              "commitTimeMs", "memoryUsedBytes", "numRowsDroppedByWatermark", "numShufflePartitions", "numStateStoreInstances",
              "customMetrics"]
SOURCE_KEYS = ["description", "startOffset", "endOffset", "latestOffset", "numInputRows", "inputRowsPerSecond",
               "processedRowsPerSecond"]


class Case(unittest.TestCase):
    """A folder a test, and ways to run weir in it."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="weir-cli-")
        self.running = []
        signal.signal(signal.SIGALRM, self.overdue)
        signal.alarm(int(60 * SLOW))

    def overdue(self, number, frame):
        raise AssertionError("the test takes too long")

    def tearDown(self):
        signal.alarm(0)
        for process in self.running:
            if process.poll() is None:
                process.kill()
            process.communicate()
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, content):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def environment(self):
        return dict(os.environ, TMPDIR=self.folder, TZ="UTC")

    def start(self, *arguments, **more):
        options = dict(bufsize=0, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder, env=self.environment())
        options.update(more)
        process = subprocess.Popen([WEIR, *arguments], **options)
        self.running.append(process)
        return process

    def weir(self, *arguments, status=0, stdin=None, seconds=60):
        process = self.start(*arguments, stdin=subprocess.PIPE)
        out, err = process.communicate(stdin.encode() if isinstance(stdin, str) else stdin, timeout=seconds * SLOW)
        self.out, self.err = out.decode(errors="replace"), err.decode(errors="replace")
        self.assertEqual(process.returncode, status, "%s\n%s\n%s" % (arguments, self.out[-2000:], self.err[-4000:]))
        return self.out

    def sql(self, text, *arguments, **more):
        return self.weir("sql", *arguments, "-c", text, **more)

    def rows(self, text, *arguments, **more):
        return [json.loads(line) for line in self.sql(text, "--format", "json", *arguments, **more).splitlines()]

    def script(self, text, *arguments, **more):
        return self.weir("run", self.write("script.sql", text), *arguments, **more)

    def fails(self, text, *expected, **more):
        self.sql(text, status=1, **more)
        for part in expected:
            self.assertIn(part, self.err)

    def wait_for(self, condition, seconds=20):
        end = time.time() + seconds * SLOW
        while time.time() < end:
            if condition():
                return
            time.sleep(0.02)
        self.fail("nothing came")


class Arguments(Case):
    def test_version_and_help(self):
        for argument in ("version", "--version"):
            self.assertRegex(self.weir(argument), r"^weir \d+\.\d+\.\d+\n$")
        for argument in ("help", "--help", "-h"):
            text = self.weir(argument)
            for word in ("run", "sql", "checkpoint", "--conf", "--format", "--progress", "--checkpoint-dir"):
                self.assertIn(word, text)

    def test_wrong_arguments_give_2_and_one_line_on_standard_error(self):
        self.write("x.sql", "SELECT 1")
        for arguments in ([], ["frobnicate"], ["run"], ["run", "x.sql", "y.sql"], ["run", "--bogus", "x.sql"], ["sql", "--bogus"],
                          ["sql", "-c"], ["sql", "-c", "SELECT 1", "-f", "x.sql"], ["sql", "extra"], ["run", "x.sql", "-c", "SELECT 1"],
                          ["sql", "--conf", "novalue", "-c", "SELECT 1"], ["sql", "--format", "xml", "-c", "SELECT 1"],
                          ["run", "--format", "schema", "x.sql"], ["checkpoint"], ["checkpoint", "--conf", "a=b", "x"],
                          ["sql", "--progress", "-c", "SELECT 1"]):
            self.weir(*arguments, status=2)
            self.assertEqual(self.out, "", arguments)
            self.assertRegex(self.err, r"^weir: .*\n$")
        self.weir("sql", "--bogus", status=2)
        self.assertIn("does not take --bogus", self.err)

    def test_unknown_settings(self):
        self.weir("sql", "--conf", "weir.bogus=1", "-c", "SELECT 1", status=1)
        self.assertIn("weir.bogus", self.err)
        self.weir("sql", "--conf", "spark.sql.bogus=1", "-c", "SELECT 1")
        self.assertEqual(self.err.count("spark.sql.bogus"), 1)
        self.weir("sql", "--conf", "spark.sql.shuffle.partitions=many", "-c", "SELECT 1", status=1)
        self.assertIn("INVALID_CONF_VALUE", self.err)
        self.weir("sql", "--conf", "my.name=x", "-c", "SELECT '${my.name}' AS v")
        self.assertEqual(self.err, "")
        self.assertIn("|x  |", self.out)

    def test_a_script_that_is_not_there(self):
        self.weir("run", "nowhere.sql", status=1)
        self.assertIn("nowhere.sql", self.err)
        self.assertIn("No such file", self.err)

    def test_settings_of_the_process_cannot_change_later(self):
        for key in ("weir.threads", "weir.memory.limit"):
            self.fails("SET %s=2" % key, "CANNOT_MODIFY_STATIC_CONFIG", key)


class Statements(Case):
    def test_formats(self):
        text = "SELECT 1 AS a, 'x,\"y' AS b, CAST(NULL AS INT) AS c"
        self.assertEqual(self.sql(text), "+---+----+----+\n|a  |b   |c   |\n+---+----+----+\n|1  |x,\"y|NULL|\n+---+----+----+\n\n")
        self.assertEqual(self.sql(text, "--format", "json"), '{"a":1,"b":"x,\\"y","c":null}\n')
        self.assertEqual(self.sql(text, "--format", "csv"), 'a,b,c\n1,"x,""y",\n')
        self.assertEqual(self.sql(text, "--format", "schema"), "struct<a:int,b:string,c:int>\n")

    def test_several_statements_and_no_rows(self):
        self.assertEqual(self.rows("SELECT 1 AS a; SELECT 2 AS a;; SELECT 3 AS a"), [{"a": 1}, {"a": 2}, {"a": 3}])
        self.assertEqual(self.sql(""), "")
        self.assertEqual(self.sql("-- nothing\n;/* at all */"), "")
        self.assertEqual(self.sql("SELECT 1 AS a WHERE false"), "+---+\n|a  |\n+---+\n+---+\n\n")

    def test_a_file(self):
        self.assertEqual(self.weir("sql", "-f", self.write("q.sql", "SELECT 'ä' AS x"), "--format", "json"), '{"x":"ä"}\n')

    def test_many_rows(self):
        lines = self.sql("SELECT id FROM range(100000)", "--format", "csv").splitlines()
        self.assertEqual(len(lines), 100001)

    def test_substitution_set_and_reset(self):
        self.assertEqual(self.rows("SET who = world; SELECT 'hello ${who}' AS x"), [{"x": "hello world"}])
        self.assertEqual(self.rows("SET who = world; SET who; RESET who; SET who"),
                         [{"key": "who", "value": "world"}, {"key": "who", "value": "<undefined>"}])
        self.assertEqual(self.rows("SET spark.sql.shuffle.partitions"), [{"key": "spark.sql.shuffle.partitions", "value": "8"}])
        self.assertEqual(self.rows("SET spark.sql.shuffle.partitions = 3; RESET; SET spark.sql.shuffle.partitions")[0]["value"], "8")
        keys = [row["key"] for row in self.rows("SET -v")]
        self.assertEqual(keys, sorted(keys))
        for key in ("spark.sql.shuffle.partitions", "weir.batch.rows", "spark.sql.ansi.enabled"):
            self.assertIn(key, keys)
        self.assertEqual(self.script("SET a = b;"), "", "SET with a value prints nothing in run")

    def test_time_zone(self):
        rows = self.rows("SET spark.sql.session.timeZone = America/New_York; SELECT CAST(timestamp_seconds(0) AS STRING) AS t")
        self.assertEqual(rows, [{"t": "1969-12-31 19:00:00"}])
        self.fails("SET TIME ZONE 'Nowhere/Land'", "Nowhere/Land")

    def test_show_and_describe(self):
        view = "CREATE TEMPORARY VIEW v AS SELECT 1 AS a, 'x' AS b; "
        self.assertEqual([r["col_name"] for r in self.rows(view + "DESCRIBE v")], ["a", "b"])
        self.assertEqual(self.rows(view + "SHOW COLUMNS IN v"), [{"col_name": "a"}, {"col_name": "b"}])
        self.assertEqual([r["viewName"] for r in self.rows(view + "SHOW VIEWS")], ["v"])
        self.assertEqual([r["tableName"] for r in self.rows(view + "SHOW TABLES LIKE 'v*|w'")], ["v"])
        self.assertIn({"function": "upper"}, self.rows("SHOW FUNCTIONS"))
        self.assertIn("upper", self.rows("DESCRIBE FUNCTION upper")[0]["function_desc"])
        self.assertEqual([r["col_name"] for r in self.rows("DESCRIBE QUERY SELECT 1 AS z")], ["z"])

    def test_explain(self):
        text = self.sql("CREATE TEMPORARY VIEW v AS SELECT explode(array(1, 2)) AS x; EXPLAIN EXTENDED SELECT x, count(*) FROM v GROUP BY x")
        titles = ["== Parsed Logical Plan ==", "== Analyzed Logical Plan ==", "== Optimized Logical Plan ==", "== Physical Plan =="]
        places = [text.index(title + "\n") for title in titles]
        self.assertEqual(places, sorted(places))
        self.assertIn("HashAggregate(", text)
        text = self.sql("EXPLAIN SELECT 1 AS x")
        self.assertTrue(text.startswith("== Physical Plan ==\n"))
        self.assertNotIn("Logical", text)

    def test_an_error_shows_its_place(self):
        self.weir("sql", "-c", "SELECT 1 AS fine;\n\nSELECT 1,\n  foo + 1\nFROM range(3);\nSELECT 'not reached'", status=1)
        self.assertIn("|1   |", self.out)
        self.assertNotIn("not reached", self.out)
        self.assertRegex(self.err, r"^\[UNRESOLVED_COLUMN\.\w+\] .*`foo`.* SQLSTATE: 42703\n")
        self.assertIn("== SQL (line 4, position 3) ==\n  foo + 1\n--^^^\n", self.err)

    def test_a_syntax_error_shows_its_place(self):
        self.fails("SELECT\n 1 + ) 2", "[PARSE_SYNTAX_ERROR]", "SQLSTATE: 42601", "line 2, position 6", "\n 1 + ) 2\n-----^")

    def test_an_error_while_running_shows_its_place(self):
        self.fails("SELECT 1 AS a;\nSELECT id,\n\t1 / (id - id) AS x FROM range(3)", "[DIVIDE_BY_ZERO]", "SQLSTATE: 22012",
                   "== SQL (line 3, position 2) ==\n\t1 / (id - id) AS x FROM range(3)\n\t^^^^")

    def test_refusals(self):
        self.fails("SELECT * FROM nowhere", "[TABLE_OR_VIEW_NOT_FOUND]", "42P01")
        self.fails("CREATE TEMPORARY VIEW v USING jsn OPTIONS (path 'x')", "[DATA_SOURCE_NOT_FOUND]", "jsn")
        self.fails("SELECT uper('x')", "[UNRESOLVED_ROUTINE]", "uper")
        self.fails("CREATE TABLE t (a INT)", "SQLSTATE")
        self.fails("SELECT " + "(" * 5000 + "1" + ")" * 5000, "nested more than 1000 levels")
        self.weir("sql", "-f", self.write("long.sql", "SELECT '" + "x" * (17 << 20) + "'"), status=1)
        self.assertIn("16 MiB", self.err)


class Shell(Case):
    def test_through_a_pipe(self):
        out = self.weir("sql", "--format", "json", stdin="SELECT 1\n AS a;\nSELECT 2 AS a; SELECT 3 AS a;\nSELECT 4 AS a\n")
        self.assertEqual([json.loads(line)["a"] for line in out.splitlines()], [1, 2, 3, 4])
        self.assertNotIn("weir>", self.out + self.err)

    def test_an_error_does_not_end_the_shell(self):
        out = self.weir("sql", "--format", "json", stdin="SELECT x;\nSELECT 2 AS a;\n")
        self.assertIn("[UNRESOLVED_COLUMN", self.err)
        self.assertEqual(out, '{"a":2}\n')

    def test_quit_and_a_closed_standard_input(self):
        self.assertEqual(self.weir("sql", "--format", "json", stdin="quit;\nSELECT 1 AS a;\n"), "")
        self.assertEqual(self.weir("sql", stdin=""), "")
        process = self.start("sql", stdin=None, preexec_fn=lambda: os.close(0))
        self.assertEqual(process.wait(20 * SLOW), 0)

    def test_leaving_the_shell_ends_its_queries(self):
        self.weir("sql", stdin="CREATE TEMPORARY VIEW r USING rate;\nCREATE STREAMING TABLE t USING noop AS SELECT * FROM STREAM r;\n", seconds=20)
        self.assertEqual(self.err, "")

    def read_until(self, terminal, text, seconds=20):
        seen = b""
        end = time.time() + seconds * SLOW
        while text not in seen and time.time() < end:
            if select.select([terminal], [], [], 0.1)[0]:
                try:
                    seen += os.read(terminal, 65536)
                except OSError:
                    break
        self.assertIn(text, seen)
        return seen

    def open_terminal(self):
        process, terminal = pty.fork()
        if process == 0:
            os.chdir(self.folder)
            os.environ["TERM"] = "xterm"
            os.execv(WEIR, [WEIR, "sql"])
        self.read_until(terminal, b"weir> ")
        return process, terminal

    def close_terminal(self, process, terminal):
        end = time.time() + 20 * SLOW
        while time.time() < end:
            pid, status = os.waitpid(process, os.WNOHANG)
            if pid != 0:
                os.close(terminal)
                return os.waitstatus_to_exitcode(status)
            if select.select([terminal], [], [], 0.02)[0]:
                try:
                    os.read(terminal, 65536)
                except OSError:
                    pass
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)
        self.fail("the shell does not end")

    def test_at_a_terminal(self):
        process, terminal = self.open_terminal()
        os.write(terminal, b"SELECT 6 * 7\n")
        self.read_until(terminal, b"    > ")
        os.write(terminal, b"AS answer;\n")
        self.assertIn(b"|42    |", self.read_until(terminal, b"weir> "))
        os.write("SELECT 'grün' AS x;\n".encode() and terminal, "SELECT 'grün' AS x;\n".encode())
        self.read_until(terminal, "|grün|".encode())
        os.write(terminal, b"quit;\n")
        self.assertEqual(self.close_terminal(process, terminal), 0)

    def test_end_of_file_at_a_terminal(self):
        process, terminal = self.open_terminal()
        time.sleep(0.3)  # until the line editor has set the terminal
        os.write(terminal, b"\x04")
        self.assertEqual(self.close_terminal(process, terminal), 0)

    def test_interrupt_at_a_terminal(self):
        process, terminal = self.open_terminal()
        os.write(terminal, b"\x03")
        self.assertEqual(self.close_terminal(process, terminal), 0)


class Streams(Case):
    def events(self, count=3):
        for i in range(count):
            self.write("in/%d.json" % i, '{"ts":"2026-01-01 00:0%d:00","k":"a"}\n{"ts":"2026-01-01 00:0%d:30","k":"b"}\n' % (i, i))
            os.utime(self.path("in/%d.json" % i), (1000 + i, 1000 + i))
        return "CREATE TEMPORARY VIEW v (ts TIMESTAMP, k STRING) USING json OPTIONS (path 'in', maxFilesPerTrigger '1');\n"

    def windowed(self, options, sink="console", name="t"):
        return self.events() + ("CREATE STREAMING TABLE %s USING %s OPTIONS (%s) AS SELECT window.start AS w, k, count(*) AS n "
                                "FROM STREAM v WATERMARK ts DELAY OF INTERVAL 10 SECONDS GROUP BY window(ts, '1 minute'), k;\n" %
                                (name, sink, options))

    def test_the_console(self):
        out = self.script(self.events(1) + "CREATE STREAMING TABLE t USING console OPTIONS (trigger 'availableNow') AS SELECT k FROM STREAM v;")
        rule = "-" * 43 + "\n"
        self.assertEqual(out, rule + "Batch: 0\n" + rule + "+---+\n|  k|\n+---+\n|  a|\n|  b|\n+---+\n\n")
        self.assertEqual(self.err, "")

    def test_progress_has_every_key(self):
        self.script(self.windowed("outputMode 'update', trigger 'availableNow', checkpointLocation 'ck'"), "--progress")
        reports = [json.loads(line) for line in self.err.splitlines() if line.startswith("{")]
        full = [r for r in reports if r["numInputRows"] > 0]
        self.assertEqual(len(full), 3)
        last = full[-1]
        self.assertEqual([key for key in last if key not in ("observedMetrics",)], PROGRESS_KEYS)
        self.assertEqual(set(last["durationMs"]), DURATION_KEYS)
        self.assertEqual(list(last["eventTime"]), ["avg", "max", "min", "watermark"])
        self.assertEqual(list(last["stateOperators"][0]), STATE_KEYS)
        self.assertEqual([k for k in last["sources"][0] if k != "metrics"], SOURCE_KEYS)
        self.assertEqual(list(last["sink"])[:2], ["description", "numOutputRows"])
        self.assertRegex(last["timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual([r["batchId"] for r in full], [0, 1, 2])
        self.assertEqual(last["name"], "t")
        self.assertEqual(last["sources"][0]["numInputRows"], 2)

    def test_the_checkpoint_root(self):
        self.script(self.events() + "CREATE STREAMING TABLE t USING json OPTIONS (trigger 'availableNow', path 'out') AS SELECT k FROM STREAM v;",
                    "--checkpoint-dir", "root")
        self.assertTrue(os.path.exists(self.path("root/t/commits/2")))
        self.assertTrue(os.path.exists(self.path("out/_spark_metadata/2")))
        self.fails(self.events() + "CREATE STREAMING TABLE t USING json OPTIONS (path 'out') AS SELECT k FROM STREAM v", "_LEGACY_ERROR_TEMP_1298")

    def test_a_query_goes_on_where_it_stopped(self):
        text = self.events() + "CREATE STREAMING TABLE t USING console OPTIONS (trigger 'availableNow', checkpointLocation 'ck') AS SELECT k FROM STREAM v;"
        self.assertEqual(re.findall(r"Batch: (\d+)", self.script(text)), ["0", "1", "2"])
        self.assertEqual(self.script(text), "")
        self.write("in/9.json", '{"k":"new"}')
        self.assertEqual(re.findall(r"Batch: (\d+)", self.script(text)), ["3"])

    def test_a_memory_sink_is_a_table(self):
        text = self.events() + "CREATE STREAMING TABLE t USING memory OPTIONS (trigger 'availableNow') AS SELECT k FROM STREAM v; "
        self.assertEqual(self.rows(text + "SELECT k, count(*) AS n FROM t GROUP BY k ORDER BY k"), [{"k": "a", "n": 3}, {"k": "b", "n": 3}])
        self.assertEqual([r["tableName"] for r in self.rows(text + "SHOW TABLES LIKE 't'")], ["t"])

    def test_a_query_that_does_not_end_is_caught_up_before_a_read(self):
        text = self.events() + "CREATE STREAMING TABLE t USING memory AS SELECT k FROM STREAM v; SELECT count(*) AS n FROM t;"
        process = self.start("sql", "--format", "json", "-c", text)
        self.assertEqual(process.stdout.readline(), b'{"n":6}\n')
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(20 * SLOW), 0)

    def test_other_started_tables_cannot_be_read(self):
        self.fails(self.events() + "CREATE STREAMING TABLE t USING noop OPTIONS (trigger 'availableNow') AS SELECT k FROM STREAM v; SELECT * FROM t",
                   "TABLE_OR_VIEW_NOT_FOUND")

    def test_two_flows_into_memory_and_console(self):
        flows = ("CREATE FLOW f1 AS INSERT INTO t BY NAME SELECT 'one' AS f, k FROM STREAM v; "
                 "CREATE FLOW f2 AS INSERT INTO t BY NAME SELECT 'two' AS f, k FROM STREAM v; ")
        rows = self.rows(self.events() + "CREATE STREAMING TABLE t USING memory OPTIONS (trigger 'availableNow'); " + flows +
                         "SELECT f, count(*) AS n FROM t GROUP BY f ORDER BY f")
        self.assertEqual(rows, [{"f": "one", "n": 6}, {"f": "two", "n": 6}])
        out = self.sql(self.events() + "CREATE STREAMING TABLE t USING console OPTIONS (trigger 'availableNow', checkpointLocation 'ck'); " + flows)
        self.assertEqual(out.count("Batch: 2"), 2)
        self.assertEqual(sorted(os.listdir(self.path("ck"))), ["f1", "f2"])
        self.sql(self.events() + "CREATE STREAMING TABLE t USING noop OPTIONS (trigger 'availableNow'); " + flows, "--checkpoint-dir", "root")
        self.assertEqual(sorted(os.listdir(self.path("root/t"))), ["f1", "f2"])

    def test_a_file_sink_takes_one_flow(self):
        self.fails(self.events() + "CREATE STREAMING TABLE t USING json OPTIONS (trigger 'availableNow', path 'out', checkpointLocation 'ck'); "
                   "CREATE FLOW f1 AS INSERT INTO t BY NAME SELECT k FROM STREAM v; CREATE FLOW f2 AS INSERT INTO t BY NAME SELECT k FROM STREAM v",
                   "UNSUPPORTED_FEATURE.MULTIPLE_FLOWS")
        self.fails("CREATE FLOW f AS INSERT INTO nowhere BY NAME SELECT 1 AS a", "TABLE_OR_VIEW_NOT_FOUND", "nowhere")

    def test_names_of_running_queries_differ(self):
        table = "CREATE STREAMING TABLE t USING noop AS SELECT * FROM STREAM r; "
        self.fails("CREATE TEMPORARY VIEW r USING rate; " + table + table, "t is running already")

    def test_the_first_failure_ends_the_script_and_its_queries(self):
        self.script("CREATE TEMPORARY VIEW r USING rate;\nCREATE STREAMING TABLE t USING noop AS SELECT * FROM STREAM r;\nSELECT 1 + 'x' AS y;\nSELECT 'later' AS z;",
                    status=1, seconds=20)
        self.assertNotIn("later", self.out)
        self.assertIn("line 3", self.err)

    def test_a_failing_query_names_itself(self):
        self.script(self.events() + "CREATE STREAMING TABLE t USING console OPTIONS (trigger 'availableNow') AS SELECT CAST(k AS INT) AS i FROM STREAM v;", status=1)
        self.assertRegex(self.err, r"^\[CAST_INVALID_INPUT\] .* SQLSTATE: 22018\n")
        self.assertRegex(self.err, r"Query t \[id = \S+, runId = \S+\] failed in batch 0\n")

    def start_endless(self, extra=""):
        script = self.write("s.sql", "CREATE TEMPORARY VIEW r USING rate OPTIONS (rowsPerSecond '100');\n" + extra +
                            "CREATE STREAMING TABLE t USING json OPTIONS (path 'out', checkpointLocation 'ck') AS SELECT value FROM STREAM r;")
        process = self.start("run", script)
        self.wait_for(lambda: os.path.exists(self.path("ck/commits/1")))
        return process

    def test_the_first_signal_lets_the_batch_commit(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process = self.start_endless()
            process.send_signal(number)
            self.assertEqual(process.wait(20 * SLOW), 0)
            self.assertEqual(process.stderr.read(), b"")
            offsets, commits = (sorted(map(int, os.listdir(self.path("ck", f)))) for f in ("offsets", "commits"))
            self.assertEqual(offsets[-1], commits[-1])
            shutil.rmtree(self.path("ck"))
            shutil.rmtree(self.path("out"))

    def test_the_second_signal_ends_at_once(self):
        # A query whose one batch takes long: the first signal waits for it.
        script = self.write("s.sql", self.events(1) + "CREATE STREAMING TABLE t USING noop OPTIONS (outputMode 'complete', checkpointLocation 'ck') AS "
                            "SELECT count(*) AS n FROM STREAM v CROSS JOIN range(300000) AS a CROSS JOIN range(10000) AS b;")
        process = self.start("run", script)
        self.wait_for(lambda: os.path.exists(self.path("ck/offsets/0")))
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        self.assertIsNone(process.poll(), "the batch was too short")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(10 * SLOW), 128 + signal.SIGTERM)

    def test_a_closed_standard_output_gives_1(self):
        process = self.start("sql", "-c", "SELECT id FROM range(1000000)", "--format", "csv")
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(20 * SLOW), 1)
        script = self.write("s.sql", "CREATE TEMPORARY VIEW r USING rate OPTIONS (rowsPerSecond '100');\n"
                            "CREATE STREAMING TABLE t USING console AS SELECT value FROM STREAM r;")
        process = self.start("run", script)
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(20 * SLOW), 1)
        with open("/dev/full", "w") as full:
            for arguments in (["version"], ["help"], ["sql", "-c", "SELECT 1"]):
                self.assertEqual(self.start(*arguments, stdout=full).wait(20 * SLOW), 1, arguments)

    def test_no_port_is_open(self):
        process = self.start_endless("CREATE STREAMING TABLE other USING noop AS SELECT value FROM STREAM r;\n")
        inodes = set()
        for name in os.listdir("/proc/%d/fd" % process.pid):
            try:
                inodes.add(os.readlink("/proc/%d/fd/%s" % (process.pid, name)))
            except OSError:
                pass
        self.assertFalse([link for link in inodes if link.startswith("socket:")])
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(20 * SLOW), 0)

    def test_a_temporary_checkpoint_is_removed(self):
        self.script(self.events() + "CREATE STREAMING TABLE t USING noop OPTIONS (trigger 'availableNow') AS SELECT k FROM STREAM v;")
        self.assertFalse([name for name in os.listdir(self.folder) if name.startswith("temporary")])

    def test_bad_query_options(self):
        for option, expected in (("outputMode 'upsert'", "STREAMING_OUTPUT_MODE.INVALID"), ("trigger 'sometimes'", "sometimes"),
                                 ("outputMode 'complete'", "STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION"),
                                 ("truncate '5'", "5"), ("trigger '1 month'", "_LEGACY_ERROR_TEMP_3262")):
            self.fails(self.events() + "CREATE STREAMING TABLE t USING console OPTIONS (%s) AS SELECT k FROM STREAM v" % option, expected)


class Server:
    """Plays `nc -lk`: accepts connections, one after the other, and hands them to `serve`."""

    def __init__(self, serve):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.serve = serve
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        try:
            while True:
                connection, _ = self.listener.accept()
                with connection:
                    self.serve(connection)
        except OSError:
            pass

    def close(self):
        self.listener.close()


class Socket(Case):
    def words(self, port, options="outputMode 'complete'"):
        return ("CREATE TEMPORARY VIEW lines USING socket OPTIONS (host '127.0.0.1', port '%d');\n"
                "CREATE STREAMING TABLE counts USING console OPTIONS (%s) AS SELECT word, count(*) AS count FROM "
                "(SELECT explode(split(value, ' ')) AS word FROM STREAM lines) GROUP BY word;" % (port, options))

    def test_word_count(self):
        proceed, done = threading.Event(), threading.Event()

        def serve(connection):
            connection.sendall(b"cat dog\ndog dog\n")
            proceed.wait(30)
            connection.sendall("owl cat\n\ngrün".encode() + b"\n")
            done.wait(30)

        server = Server(serve)
        process = self.start("run", self.write("w.sql", self.words(server.port)), "--conf", "spark.sql.shuffle.partitions=2")
        out = b""
        while b"| dog|    3|" not in out:
            line = process.stdout.readline()
            self.assertTrue(line, process.stderr.read() if not line else "")
            out += line
        proceed.set()
        while b"| owl|" not in out:
            line = process.stdout.readline()
            self.assertTrue(line)
            out += line
        process.send_signal(signal.SIGINT)
        rest, err = process.communicate(timeout=20 * SLOW)
        done.set()
        server.close()
        self.assertEqual(process.returncode, 0)
        out = (out + rest).decode()
        self.assertIn("Batch: 0\n", out)
        self.assertRegex(out, r"\| cat\|    2\|")
        self.assertRegex(out, r"\|grün\|    1\|")
        self.assertEqual(err, b"")

    def test_a_port_that_refuses(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        self.script(self.words(port), status=1, seconds=20)
        self.assertIn("refused", self.err)
        self.assertIn(str(port), self.err)

    def test_a_host_that_is_not_there(self):
        self.script(self.words(9).replace("127.0.0.1", "no-such-host.invalid"), status=1, seconds=30)
        self.assertIn("no-such-host.invalid", self.err)

    def test_a_connection_that_breaks_off(self):
        """As in Spark: the query goes on without new data, what had come is counted; a warning says so."""
        def serve(connection):
            connection.sendall(b"cat dog\n")
            time.sleep(0.3)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        server = Server(serve)
        process = self.start("run", self.write("w.sql", self.words(server.port)))
        out = b""
        while b"| dog|" not in out:
            out += process.stdout.readline()
        line = process.stderr.readline()
        self.assertRegex(line, rb"(?i)closed|reset|ended|stream")
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(20 * SLOW), 0)
        server.close()

    def test_options_that_are_missing(self):
        self.fails("CREATE TEMPORARY VIEW l USING socket OPTIONS (port '9'); CREATE STREAMING TABLE t USING console AS SELECT * FROM STREAM l",
                   "_LEGACY_ERROR_TEMP_1295")
        self.fails("CREATE TEMPORARY VIEW l USING socket OPTIONS (host 'localhost', port '9'); SELECT * FROM l", "_LEGACY_ERROR_TEMP_1135")


class BadInput(Case):
    def view(self, *options, columns="a INT, b STRING, _corrupt_record STRING"):
        return "CREATE TEMPORARY VIEW v (%s) USING json OPTIONS (path 'in'%s); " % (columns, "".join(", %s" % o for o in options))

    def test_malformed_json_in_the_three_modes(self):
        self.write("in/x.json", '{"a":1,"b":"x"}\nnot json\n{"a":"q","b":"y"}\n')
        self.assertEqual(self.rows(self.view() + "SELECT * FROM v"),
                         [{"a": 1, "b": "x", "_corrupt_record": None}, {"a": None, "b": None, "_corrupt_record": "not json"},
                          {"a": None, "b": "y", "_corrupt_record": '{"a":"q","b":"y"}'}])
        self.assertEqual(self.rows(self.view("mode 'DROPMALFORMED'") + "SELECT a FROM v"), [{"a": 1}])
        self.fails(self.view("mode 'FAILFAST'") + "SELECT * FROM v", "FAILED_READ_FILE.NO_HINT", "x.json")
        stream = "CREATE STREAMING TABLE t USING memory OPTIONS (trigger 'availableNow') AS SELECT * FROM STREAM v; "
        self.assertEqual(len(self.rows(self.view() + stream + "SELECT * FROM t")), 3)
        self.fails(self.view("mode 'FAILFAST'") + stream, "FAILED_READ_FILE.NO_HINT", "Query t")

    def test_bad_utf8(self):
        self.write("in/x.json", b'{"a":1,"b":"\xff"}\n{"a":2,"b":"ok"}\n')
        rows = self.rows(self.view() + "SELECT a, b FROM v ORDER BY a")
        self.assertEqual(rows, [{"a": None, "b": None}, {"a": 2, "b": "ok"}])
        self.write("text/x.txt", b"caf\xc3\xa9\ncaf\xe9\n")
        text = "CREATE TEMPORARY VIEW t USING text OPTIONS (path 'text'); "
        self.assertEqual([r["h"] for r in self.rows(text + "SELECT hex(value) AS h FROM t")], ["636166C3A9", "636166E9"])
        self.assertIn("caf\ufffd", self.sql(text + "SELECT value FROM t"))

    def long_line(self):
        os.makedirs(self.path("text"))
        with open(self.path("text/x.txt"), "wb") as file:
            file.write(b"short\n" + b"x" * (100 << 20) + b"\nlast\n")
        return "CREATE TEMPORARY VIEW t USING text OPTIONS (path 'text'); "

    def test_a_long_line(self):
        self.assertEqual([r["n"] for r in self.rows(self.long_line() + "SELECT length(value) AS n FROM t", seconds=120)], [5, 100 << 20, 4])

    def test_a_long_line_over_the_memory_limit(self):
        text = self.long_line() + "SELECT length(value) AS n FROM t"
        self.sql(text, "--conf", "weir.memory.limit=40m", status=1)
        self.assertRegex(self.err, r"\[UNABLE_TO_ACQUIRE_MEMORY\].*SQLSTATE: 53200")

    def test_the_memory_limit_names_the_operator(self):
        self.sql("SELECT k, count(*) FROM (SELECT CAST(id AS STRING) AS k FROM range(2000000)) GROUP BY k", "--conf", "weir.memory.limit=30m", status=1)
        self.assertRegex(self.err, r"\[UNABLE_TO_ACQUIRE_MEMORY\].*SQLSTATE: 53200")
        self.assertRegex(self.err, r"(?i)aggregat")
        self.write("in/x.json", "".join('{"a":%d,"b":"k%d"}\n' % (i, i) for i in range(200000)))
        self.sql(self.view() + "CREATE STREAMING TABLE t USING noop OPTIONS (outputMode 'update', trigger 'availableNow') AS "
                 "SELECT b, count(*) FROM STREAM v GROUP BY b", "--conf", "weir.query.memory.limit=8m", status=1)
        self.assertRegex(self.err, r"\[UNABLE_TO_ACQUIRE_MEMORY\].*SQLSTATE: 53200")
        self.assertIn("Query t", self.err)

    def test_an_unknown_option_gives_one_warning(self):
        self.write("in/x.json", '{"a":1}\n')
        self.assertEqual(self.rows(self.view("maxFilePerTrigger '1'") + "SELECT a FROM v"), [{"a": 1}])
        self.assertEqual(self.err.count("maxFilePerTrigger"), 1)
        self.assertIn("maxFilesPerTrigger", self.err)
        self.rows(self.view() + "CREATE STREAMING TABLE t USING memory OPTIONS (trigger 'availableNow', colour 'red') AS SELECT a FROM STREAM v; SELECT * FROM t")
        self.assertEqual(self.err.count("colour"), 1)

    def test_an_option_that_is_not_built_is_refused(self):
        self.write("in/x.json", '{"a":1}\n')
        self.fails(self.view("locale 'de'") + "SELECT a FROM v", "UNSUPPORTED_FEATURE", "locale")
        self.assertNotIn("WARN", self.err)

    def test_missing_paths(self):
        self.fails(self.view() + "SELECT * FROM v", "PATH_NOT_FOUND", "in")
        self.fails(self.view() + "CREATE STREAMING TABLE t USING noop AS SELECT * FROM STREAM v", "PATH_NOT_FOUND")

    def test_a_sink_that_cannot_be_written(self):
        self.write("in/x.json", '{"a":1}\n')
        self.write("blocked", "a file")
        self.fails(self.view() + "CREATE STREAMING TABLE t USING json OPTIONS (trigger 'availableNow', path 'blocked', checkpointLocation 'ck') AS SELECT a FROM STREAM v",
                   "blocked")


class Damage(Case):
    def make(self, files=4):
        for folder in ("in", "ck"):
            shutil.rmtree(self.path(folder), ignore_errors=True)
        for i in range(files):
            self.write("in/%d.json" % i, '{"k":"a"}\n{"k":"b%d"}\n' % i)
            os.utime(self.path("in/%d.json" % i), (1000 + i, 1000 + i))
        self.text = ("SET spark.sql.shuffle.partitions = 1;\n"
                     "CREATE TEMPORARY VIEW v (k STRING) USING json OPTIONS (path 'in', maxFilesPerTrigger '1');\n"
                     "CREATE STREAMING TABLE t USING console OPTIONS (outputMode 'update', trigger 'availableNow', checkpointLocation 'ck') AS "
                     "SELECT k, count(*) AS n FROM STREAM v GROUP BY k;")
        self.script(self.text)
        self.write("in/new.json", '{"k":"a"}\n')

    def refused(self, file):
        self.script(self.text, status=1, seconds=30)
        self.assertIn(file, self.err)
        self.assertRegex(self.err, r"^\[[A-Z0-9_.]+\] ")
        self.assertNotIn("assertion", self.err)

    def test_it_goes_on_where_nothing_is_damaged(self):
        self.make()
        self.assertRegex(self.script(self.text), r"\|  a\|    5\||\|  a\|  5\|")

    def test_damaged_logs(self):
        for name, content in (("offsets/3", "v1\n{"), ("offsets/3", ""), ("offsets/3", "v9\n{}\n{}\n"), ("offsets/3", "garbage"),
                              ("metadata", "{"), ("metadata", "{}"), ("commits/3", "v1\nnonsense"), ("commits/3", "v7\n{}"),
                              ("sources/0/3", "v1\n{\"path\":"), ("sources/0/3", "v3\n"),
                              ("state/0/0/_metadata/schema", "")):
            with self.subTest(name=name, content=content):
                self.make()
                self.assertTrue(os.path.exists(self.path("ck", name)), name)
                self.write("ck/" + name, content)
                self.refused(os.path.basename(name) if not name.startswith("state") else os.path.dirname(name).split("/")[-1])

    def test_damaged_operator_metadata_is_made_again(self):
        """As in Spark, which wrote none before 4.0: the query runs without it."""
        self.make()
        self.write("ck/state/0/_metadata/metadata", "v1\n{")
        self.script(self.text)
        self.assertIn("state/0/_metadata/metadata", self.err)

    def test_damaged_state(self):
        for change in (lambda data: data[:-30], lambda data: b"", lambda data: b"\x00" * 40, lambda data: data[:20] + b"\xff\xff\xff\xff" + data[24:],
                       lambda data: b"not a delta"):
            self.make()
            with open(self.path("ck/state/0/0/4.delta"), "rb") as file:
                data = file.read()
            self.write("ck/state/0/0/4.delta", change(data))
            self.refused("4.delta")

    def test_missing_state(self):
        self.make()
        os.remove(self.path("ck/state/0/0/3.delta"))
        self.refused("3.delta")

    def test_a_checkpoint_of_another_query(self):
        self.make()
        self.script(self.text.replace("SELECT k, count(*) AS n", "SELECT k, count(*) AS n, max(k) AS m"), status=1)
        self.assertRegex(self.err, r"^\[[A-Z0-9_.]+\] ")
        self.write("foreign/a.txt", "x")
        shutil.rmtree(self.path("ck"))
        self.script(self.text.replace("SELECT k, count(*) AS n FROM STREAM v GROUP BY k", "SELECT k FROM STREAM v").replace("update", "append"))
        self.script(self.text)  # a stateless query's checkpoint has no state to clash with

    def test_weir_checkpoint(self):
        self.make()
        text = self.weir("checkpoint", "ck")
        for part in ("query id", "latest batch", "last committed batch", "3", "5 rows"):
            self.assertIn(part, text)
        found = json.loads(self.weir("checkpoint", "ck", "--format", "json"))
        self.assertEqual(found["lastCommittedBatchId"], 3)
        self.assertEqual(found["latestOffsets"]["batchId"], 3)
        self.assertEqual(found["latestOffsets"]["sources"], [{"logOffset": 3}])
        self.assertEqual(found["stateOperators"][0]["numRows"], 5)
        self.assertEqual(found["latestOffsets"]["conf"]["spark.sql.shuffle.partitions"], "1")
        os.remove(self.path("ck/commits/3"))
        self.assertIn("not committed", self.weir("checkpoint", "ck"))

    def test_weir_checkpoint_of_what_is_none(self):
        self.weir("checkpoint", "nowhere", status=1)
        self.assertIn("nowhere", self.err)
        self.write("folder/x", "y")
        self.weir("checkpoint", "folder", status=1)
        self.assertIn("not a checkpoint", self.err)
        self.make()
        self.write("ck/offsets/3", "v1\n{")
        self.weir("checkpoint", "ck", status=1)
        self.assertIn("offsets/3", self.err)
        self.make()
        self.write("ck/state/0/0/4.delta", "x")
        self.weir("checkpoint", "ck", status=1)
        self.assertIn("4.delta", self.err)

    def test_weir_checkpoint_of_spark(self):
        root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "checkpoint")
        for name in sorted(os.listdir(root)):
            checkpoint = os.path.join(root, name, "checkpoint")
            if os.path.exists(os.path.join(checkpoint, "offsets")):
                with self.subTest(name=name):
                    found = json.loads(self.weir("checkpoint", checkpoint, "--format", "json"))
                    self.assertGreaterEqual(found["lastCommittedBatchId"], 0)


def main():
    global WEIR, SLOW
    parser = argparse.ArgumentParser()
    parser.add_argument("--weir", default="build/weir")
    parser.add_argument("--slow", type=float, default=1, help="multiply the limits on time")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    WEIR, SLOW = os.path.abspath(arguments.weir), arguments.slow
    loader = unittest.TestLoader()
    loader.testNamePatterns = ["*%s*" % name for name in arguments.names] or None
    suite = loader.loadTestsFromModule(sys.modules["__main__"])
    result = unittest.TextTestRunner(verbosity=2 if arguments.verbose else 1).run(suite)
    failed = len({getattr(test, "test_case", test).id() for test, _ in result.failures + result.errors})
    print("%d passed, %d failed" % (result.testsRun - failed, failed))
    sys.exit(1 if failed or result.testsRun == 0 else 0)


if __name__ == "__main__":
    main()
