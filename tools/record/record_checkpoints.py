#!/usr/bin/env python3
"""Record small checkpoints of real Spark into test/checkpoint, for tests that read them and compare bytes.

    .spark/bin/python tools/record/record_checkpoints.py [NAME ...]

Each case is one query over files that are added one a batch. What Spark wrote (checkpoint, and the sink's `_spark_metadata`)
is copied without its .crc files, which nothing reads; `state.jsonl` beside it holds the rows that Spark's own state reader finds, so that a
test does not trust the reader under test. Everything runs under /tmp/weir_fixture, whose name stands in the source logs.
"""
import glob
import json
import os
import shutil
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from spark_engine import Engine  # noqa: E402

WORK = "/tmp/weir_fixture"
TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test", "checkpoint")
MTIME = 1700000000  # of the first input file; each later one is a second younger
STATE = "spark.sql.streaming.stateStore."


class Case:
    """One recorded query: its input folder, checkpoint and output below WORK/<name>."""

    def __init__(self, spark, name):
        self.spark, self.name, self.added = spark, name, 0
        self.root = os.path.join(WORK, name)
        self.input, self.checkpoint, self.output = (os.path.join(self.root, part) for part in ("in", "checkpoint", "out"))
        shutil.rmtree(self.root, ignore_errors=True)
        os.makedirs(self.input)

    def add(self, text, folder=None):
        folder = folder or self.input
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, "%03d.txt" % self.added)
        with open(path + ".tmp", "w") as file:
            file.write(text)
        os.utime(path + ".tmp", (MTIME + self.added, MTIME + self.added))
        os.rename(path + ".tmp", path)
        self.added += 1

    def text(self, folder=None):
        return self.spark.readStream.format("text").option("maxFilesPerTrigger", "1").load(folder or self.input)

    def json(self, schema, folder=None):
        return self.spark.readStream.schema(schema).option("maxFilesPerTrigger", "1").json(folder or self.input)

    def run(self, frame, mode, batches, sink="noop", wait_for=None):
        """`batches`: a list of callables, each adding the input of one batch. `wait_for`: patterns of files that must appear."""
        writer = frame.writeStream.outputMode(mode).format(sink).option("checkpointLocation", self.checkpoint)
        if sink != "noop":
            writer = writer.option("path", self.output)
        batches[0]()
        query = writer.start()
        query.processAllAvailable()
        for batch in batches[1:]:
            batch()
            query.processAllAvailable()
        deadline = time.time() + 60
        while wait_for and not all(glob.glob(os.path.join(self.checkpoint, pattern)) for pattern in wait_for):
            if time.time() > deadline:
                sys.exit("%s: %s did not appear" % (self.name, wait_for))
            time.sleep(0.2)
        query.stop()

    def save(self, stores):
        """Copy to test/checkpoint; `stores`: (operator id, store name) whose rows are dumped."""
        target = os.path.join(TARGET, self.name)
        shutil.rmtree(target, ignore_errors=True)
        ignore = shutil.ignore_patterns("*.crc", "*.tmp")
        shutil.copytree(self.checkpoint, os.path.join(target, "checkpoint"), ignore=ignore)
        if os.path.isdir(os.path.join(self.output, "_spark_metadata")):
            shutil.copytree(os.path.join(self.output, "_spark_metadata"), os.path.join(target, "_spark_metadata"), ignore=ignore)
        rows = []
        for operator, store in stores:
            reader = self.spark.read.format("statestore").option("operatorId", operator).option("storeName", store)
            for row in reader.load(self.checkpoint).toJSON().collect():
                rows.append(json.dumps({"operator": operator, "store": store, **json.loads(row)}, sort_keys=True))
        with open(os.path.join(target, "state.jsonl"), "w") as file:
            file.write("".join(row + "\n" for row in sorted(rows)))
        print(self.name, len(rows), "rows")


def word_count(case):
    words = "ant bee cat dog eel fox gnu hen ibis jay kea lynx mole newt owl pig".split()
    lines = ["%s %s\n%s" % (words[i % 16], words[i * 5 % 16], words[i * 3 % 16]) for i in range(14)]
    case.run(case.text().selectExpr("explode(split(value, ' ')) as word").groupBy("word").count(), "update",
             [lambda line=line: case.add(line) for line in lines],
             wait_for=["state/0/0/*.snapshot", "state/0/1/*.snapshot"])
    case.save([(0, "default")])


def fixture_word_count(case):
    """The two batches whose bytes stand in lz4_block_stream_test.c."""
    case.run(case.text().selectExpr("explode(split(value, ' ')) as word").groupBy("word").count(), "update",
             [lambda: case.add("cat dog\ndog dog"), lambda: case.add("owl cat")])
    case.save([(0, "default")])


def zstd_word_count(case):
    case.spark.conf.set(STATE + "compression.codec", "zstd")
    case.run(case.text().selectExpr("explode(split(value, ' ')) as word").groupBy("word").count(), "update",
             [lambda i=i: case.add(" ".join("w%03d" % (j % (40 * (i + 1))) for j in range(300))) for i in range(3)])
    case.spark.conf.unset(STATE + "compression.codec")
    case.save([(0, "default")])


def large_delta(case):
    """Deltas longer than one 32 KiB block of the LZ4 stream."""
    case.run(case.text().selectExpr("explode(split(value, ' ')) as word").groupBy("word").count(), "update",
             [lambda i=i: case.add(" ".join("word%05d" % (j * 7919 % 4001) for j in range(i, 4000, 2))) for i in range(2)])
    case.save([(0, "default")])


def window_batches(case):
    return [lambda i=i: case.add("\n".join(
        json.dumps({"ts": "2024-01-01T00:%02d:%02d.000Z" % (i * 4 + j, j * 7), "k": "k%d" % (j % 3), "v": i * 10 + j})
        for j in range(4))) for i in range(13)]


def windowed_count(case):
    """Append mode into a file sink: no-data batches, evictions, compacted source and sink logs."""
    frame = case.json("ts timestamp, k string, v int").withWatermark("ts", "5 minutes")
    frame = frame.selectExpr("window(ts, '10 minutes') as window", "k", "v").groupBy("window", "k")
    case.run(frame.agg({"*": "count", "v": "sum"}).selectExpr("window.start", "window.end", "k", "`count(1)` as c", "`sum(v)` as s"),
             "append", window_batches(case), sink="json")
    case.save([(0, "default")])


def session_window(case):
    from pyspark.sql.functions import session_window as session
    frame = case.json("ts timestamp, k string, v int").withWatermark("ts", "5 minutes")
    case.run(frame.groupBy(session("ts", "90 seconds"), "k").count(), "append", window_batches(case)[:5])
    case.save([(0, "default")])


def deduplicate(case):
    """A key of every type that state keys may hold."""
    from pyspark.sql.functions import expr
    frame = case.json("ts timestamp, k string, v int").withWatermark("ts", "5 minutes")
    columns = ["ts", "k", "v", "cast(v as tinyint) b", "cast(v as smallint) s", "cast(v as bigint) l", "v % 2 = 0 t",
               "cast(v as float) f", "cast(v as double) d", "cast(v as decimal(10,2)) d1", "cast(v as decimal(38,4)) d2",
               "cast(k as binary) y", "to_date(ts) dt", "cast(ts as timestamp_ntz) n", "named_struct('a', v, 'b', k) st",
               "array(v, null, 3) ai", "array(k, 'x') ak", "if(v % 3 = 0, null, k) nk", "if(v % 2 = 0, null, cast(v as decimal(38,4))) nd",
               "make_dt_interval(0, 0, v) dti", "make_ym_interval(0, v) ymi"]
    frame = frame.select(*[expr(column) for column in columns])
    case.run(frame.dropDuplicates(), "append", window_batches(case)[:5])
    case.save([])


def deduplicate_within_watermark(case):
    frame = case.json("ts timestamp, k string, v int").withWatermark("ts", "5 minutes")
    case.run(frame.dropDuplicatesWithinWatermark(["k"]), "append", window_batches(case)[:4])
    case.save([(0, "default")])


def outer_join(case):
    from pyspark.sql.functions import expr
    other = os.path.join(case.root, "right")
    os.makedirs(other)
    left = case.json("ts timestamp, k string, v int").selectExpr("ts lts", "k lk", "v lv").withWatermark("lts", "5 minutes")
    right = case.json("ts timestamp, k string, v int", other).selectExpr("ts rts", "k rk", "v rv").withWatermark("rts", "5 minutes")

    def both(i):
        row = lambda side, j: json.dumps({"ts": "2024-01-01T00:%02d:%02d.000Z" % (i * 6 + j, side), "k": "k%d" % (j + side), "v": j})
        case.add("\n".join(row(0, j) for j in range(3)))
        case.add("\n".join(row(1, j) for j in range(3)), other)
    case.run(left.join(right, expr("lk = rk AND rts BETWEEN lts - interval 2 minutes AND lts + interval 2 minutes"), "leftOuter"),
             "append", [lambda i=i: both(i) for i in range(4)])
    case.save([(0, name) for name in ("left-keyToNumValues", "left-keyWithIndexToValue", "right-keyToNumValues",
                                      "right-keyWithIndexToValue")])


def offset_log_v2(case):
    case.spark.conf.set("spark.sql.streaming.offsetLog.formatVersion", "2")
    case.run(case.text().union(case.text()), "append", [lambda: case.add("a"), lambda: case.add("b")])
    case.spark.conf.unset("spark.sql.streaming.offsetLog.formatVersion")
    case.save([])


def commit_log_v2(case):
    """RocksDB with checkpoint format 2, for its logs: the state itself is not kept."""
    provider = "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider"
    case.spark.conf.set(STATE + "providerClass", provider)
    case.spark.conf.set(STATE + "checkpointFormatVersion", "2")
    case.run(case.text().groupBy("value").count(), "update", [lambda: case.add("a"), lambda: case.add("b")])
    case.spark.conf.unset(STATE + "providerClass")
    case.spark.conf.unset(STATE + "checkpointFormatVersion")
    shutil.rmtree(os.path.join(case.checkpoint, "state"))
    case.save([])


CASES = [fixture_word_count, word_count, zstd_word_count, large_delta, windowed_count, session_window, deduplicate,
         deduplicate_within_watermark, outer_join, offset_log_v2, commit_log_v2]


def main():
    engine = Engine(os.path.join(WORK, "spark"))
    engine.spark.conf.set(STATE + "maintenanceInterval", "500ms")
    for case in CASES:
        if len(sys.argv) < 2 or case.__name__ in sys.argv[1:]:
            case(Case(engine.spark, case.__name__))
    engine.stop()


if __name__ == "__main__":
    main()
