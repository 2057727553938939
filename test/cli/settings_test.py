#!/usr/bin/env python3
"""Settings of streaming queries: what each of them changes. Values that are refused: src/session/config_test.c."""
import json
import os
import shutil
import signal
import sys
import time

import cli_test
from cli_test import Case

STREAMING = "spark.sql.streaming."


class Settings(Case):
    def conf(self, **settings):
        return [word for key, value in settings.items() for word in ("--conf", "%s%s=%s" % (STREAMING, key.replace("__", "."), value))]

    def inputs(self, count):
        for number in range(count):
            self.write("in/%d.json" % number, '{"ts":"2024-01-01T00:%02d:00Z","k":"k%d"}\n' % (number, number % 2))
            os.utime(self.path("in", "%d.json" % number), (1700000000 + number, 1700000000 + number))

    def query(self, select="SELECT k, count(*) AS n FROM STREAM v GROUP BY k", sink="noop", mode="update", trigger="availableNow", name="t",
              options="", checkpoint="ck"):
        return ("SET spark.sql.shuffle.partitions = 1; CREATE OR REPLACE TEMPORARY VIEW v (ts TIMESTAMP, k STRING) USING json "
                "OPTIONS (path 'in', maxFilesPerTrigger '1'); CREATE STREAMING TABLE %s USING %s OPTIONS (outputMode '%s', trigger '%s'%s%s) AS %s;"
                % (name, sink, mode, trigger, ", checkpointLocation '%s'" % checkpoint if checkpoint else "", options, select))

    def files(self, *names):
        return sorted(name for name in os.listdir(self.path(*names)) if not name.startswith("."))

    def test_logs_keep_what_the_settings_say(self):
        """minBatchesToRetain, compactInterval, cleanupDelay and deletion of the source's and the sink's log."""
        self.inputs(9)
        for deletion, expected in (("true", ["2.compact", "3", "4", "5.compact", "6", "7", "8.compact"]),
                                   ("false", ["0", "1", "2.compact", "3", "4", "5.compact", "6", "7", "8.compact"])):
            for folder in ("ck", "out"):
                shutil.rmtree(self.path(folder), ignore_errors=True)
            self.script(self.query("SELECT k FROM STREAM v", sink="json", mode="append", options=", path 'out'"),
                        *self.conf(minBatchesToRetain=2, fileSource__log__compactInterval=3, fileSource__log__cleanupDelay=0,
                                   fileSource__log__deletion=deletion, fileSink__log__compactInterval=3, fileSink__log__cleanupDelay="0ms",
                                   fileSink__log__deletion=deletion))
            self.assertEqual(self.files("ck", "offsets"), ["6", "7", "8"])
            self.assertEqual(self.files("ck", "commits"), ["6", "7", "8"])
            for log in (("ck", "sources", "0"), ("out", "_spark_metadata")):
                found = self.files(*log)
                if deletion == "false":
                    self.assertEqual(found, expected, log)
                else:
                    self.assertIn("8.compact", found, log)
                    self.assertNotIn("0", found, log)

    def test_a_cleanup_delay_has_a_unit(self):
        self.inputs(9)
        self.script(self.query(), *self.conf(minBatchesToRetain=1, fileSource__log__compactInterval=3, fileSource__log__cleanupDelay="1h"))
        self.assertIn("0", self.files("ck", "sources", "0"))

    def test_batches_without_data(self):
        self.inputs(3)
        select = "SELECT window.start AS s, count(*) AS n FROM STREAM v WATERMARK ts DELAY OF INTERVAL 0 SECONDS GROUP BY window(ts, '1 minute')"
        counts = {}
        for enabled in ("true", "false"):
            self.script(self.query(select, mode="append", checkpoint="ck" + enabled), *self.conf(noDataMicroBatches__enabled=enabled))
            counts[enabled] = len(self.files("ck" + enabled, "commits"))
        self.assertEqual(counts["false"], 3)
        self.assertGreater(counts["true"], 3)

    def test_a_source_that_cannot_freeze_its_end(self):
        """As Spark 4.2.1: availableNow is one batch, unless the wrapper is on: then batches without data follow."""
        text = ("SET spark.sql.shuffle.partitions = 1; CREATE TEMPORARY VIEW r USING rate OPTIONS (rowsPerSecond '5'); CREATE STREAMING TABLE t "
                "USING noop OPTIONS (outputMode 'append', trigger 'availableNow', checkpointLocation '%s') AS SELECT window.start AS s, count(*) "
                "AS n FROM STREAM r WATERMARK timestamp DELAY OF INTERVAL 0 SECONDS GROUP BY window(timestamp, '1 second');")
        for wrapper, batches in (("false", ["0", "1"]), ("true", ["0", "1", "2"])):
            checkpoint = "ck" + wrapper
            for _ in range(2):
                self.script(text % checkpoint, *self.conf(triggerAvailableNowWrapper__enabled=wrapper))
                time.sleep(2.2)
            self.assertEqual(self.files(checkpoint, "commits"), batches)

    def test_a_lost_metadata_file(self):
        self.inputs(1)
        self.script(self.query())
        os.remove(self.path("ck/metadata"))
        self.script(self.query(), status=1)
        self.assertIn("[STREAMING_CHECKPOINT_MISSING_METADATA_FILE]", self.err)
        self.assertFalse(os.path.exists(self.path("ck/metadata")))
        self.script(self.query(), *self.conf(checkpoint__verifyMetadataExists__enabled="false"))
        self.assertTrue(os.path.exists(self.path("ck/metadata")))

    def test_the_check_of_state_schemas(self):
        self.inputs(1)
        self.script(self.query())
        changed = self.query("SELECT CAST(k AS BINARY) AS k, count(*) AS n FROM STREAM v GROUP BY CAST(k AS BINARY)")
        self.write("in/2.json", '{"k":"k1"}\n')
        self.script(changed, status=1)
        self.assertIn("[STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE]", self.err)
        self.script(changed, *self.conf(stateStore__stateSchemaCheck="false"))

    def test_snapshots_come_at_the_maintenance_interval(self):
        self.inputs(4)
        process = self.start("run", self.write("s.sql", self.query(trigger="0")),
                             *self.conf(stateStore__maintenanceInterval="100ms", stateStore__minDeltasForSnapshot=1))
        self.wait_for(lambda: os.path.isdir(self.path("ck/state/0/0")) and any(n.endswith(".snapshot") for n in self.files("ck/state/0/0")))
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(30), 0)

    def test_two_runs_of_one_checkpoint(self):
        """stopActiveRunOnRestart: the second run takes over, or is refused."""
        self.inputs(1)
        both = self.query("SELECT k FROM STREAM v", mode="append", trigger="1 hour", name="a") + self.query("SELECT k FROM STREAM v", mode="append", name="b")
        self.script(both)
        self.assertRegex(self.err, "query a is stopped")
        self.script(both, *self.conf(stopActiveRunOnRestart="false"), status=1)
        self.assertIn("stopActiveRunOnRestart", self.err)

    def test_temporary_checkpoints_of_failed_queries(self):
        self.write("in/0.json", '{"k": "x", "ts": 1}\n')
        text = self.query("SELECT raise_error('no') AS e FROM STREAM v", mode="append", checkpoint=None)
        for force, left in (("true", 0), ("false", 1)):
            self.script(text, *self.conf(forceDeleteTempCheckpointLocation=force), status=1)
            self.assertEqual(len([name for name in os.listdir(self.folder) if name.startswith("temporary-")]), left)

    def test_formats_of_state_that_are_not_there(self):
        self.inputs(1)
        self.script(self.query(), *self.conf(stateStore__checkpointFormatVersion=2), status=1)
        self.assertIn("[STATE_STORE_CHECKPOINT_IDS_NOT_SUPPORTED]", self.err)
        self.script(self.query("SELECT k FROM STREAM v", mode="append", checkpoint="ck2"), *self.conf(stateStore__checkpointFormatVersion=2))

    def test_formats_that_a_checkpoint_asks_for(self):
        for key, value in (("stateStore.encodingFormat", "avro"), ("stateStore.rowChecksum.enabled", "true")):
            shutil.rmtree(self.path("ck"), ignore_errors=True)
            shutil.rmtree(self.path("in"), ignore_errors=True)
            self.inputs(1)
            self.script(self.query())
            with open(self.path("ck/offsets/0")) as file:
                lines = file.read().split("\n")
            metadata = json.loads(lines[1])
            metadata["conf"][STREAMING + key] = value
            self.write("ck/offsets/0", "\n".join([lines[0], json.dumps(metadata)] + lines[2:]))
            self.write("in/9.json", '{"k":"k1"}\n')
            self.script(self.query(), status=1)
            self.assertIn("[UNSUPPORTED_FEATURE.SETTING]", self.err)
            self.assertEqual(self.files("ck", "commits"), ["0"])


if __name__ == "__main__":
    cli_test.main()
