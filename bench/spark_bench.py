"""One workload on real Spark, in a process of its own: `PYTHON spark_bench.py DATA WORKLOAD`. Prints the warm time (second run) in seconds;
for the workload `expressions`, DATA is bench/expressions.txt and each line is a query and its nanoseconds per row."""
import re
import shutil
import sys
import tempfile
import time

from pyspark.sql import SparkSession, functions as F


def word_count(spark, data):
    lines = spark.readStream.format("text").option("maxFilesPerTrigger", 2).load(data + "/words")
    return lines.select(F.explode(F.split("value", " ")).alias("word")).groupBy("word").count()


def yahoo(spark, data):
    names = ("user_id", "page_id", "ad_id", "ad_type", "event_type", "event_time", "ip_address")
    campaigns = spark.read.schema("ad_id STRING, campaign_id STRING").option("header", True).csv(data + "/yahoo/campaigns.csv")
    events = spark.readStream.schema(", ".join(name + " STRING" for name in names)).option("maxFilesPerTrigger", 2)
    views = events.json(data + "/yahoo/events").where("event_type = 'view'")
    views = views.selectExpr("ad_id", "timestamp_millis(CAST(event_time AS BIGINT)) AS ts").withWatermark("ts", "10 seconds")
    return views.join(campaigns, "ad_id").groupBy("campaign_id", F.window("ts", "10 seconds")).count()


ROWS, COPIES, WARM, ROUNDS = 4096, 64, 4, 7                             # the rows of expr_bench, that often


def read_expressions(path):
    """The columns as (name, SQL), and the queries."""
    columns, queries = [], []
    with open(path, encoding="utf-8") as lines:
        for line in lines.read().splitlines():
            if line and not line.startswith("#"):
                head, bar, rest = line.partition(" | ")
                if bar:
                    queries.append(rest)
                else:
                    columns.append(tuple(line.split(" = ", 1)))
    return columns, queries


class TaskClock:
    """The processor time that Spark counts for the threads of its tasks: other load on the machine does not move it much."""

    def __init__(self, spark):
        self.context, self.runs = spark.sparkContext, 0
        self.store = self.context._jsc.sc().statusStore()

    def seconds(self, run):
        self.runs += 1
        group = "run%d" % self.runs
        self.context.setJobGroup(group, group)
        run()
        tracker = self.context.statusTracker()
        stages = [stage for job in tracker.getJobIdsForGroup(group) for stage in tracker.getJobInfo(job).stageIds]
        return sum(self.store.lastStageAttempt(stage).executorCpuTime() for stage in stages) / 1e9


def least_seconds(spark, clock, sql):
    """Of several runs into a sink that drops the rows, after some that warm up."""
    runs = [clock.seconds(spark.sql(sql).write.format("noop").mode("overwrite").save) for _ in range(WARM + ROUNDS)]
    return min(runs[WARM:])


def expressions(spark, path):
    """What a row costs beyond reading the columns that the query names: those are cached, and their scan is taken off."""
    columns, queries = read_expressions(path)
    rows = spark.range(0, ROWS * COPIES, 1, 1).selectExpr("id %% %d AS id" % ROWS)
    source = rows.selectExpr(*["%s AS %s" % (sql, name) for name, sql in columns]).cache()
    source.createOrReplaceTempView("source")
    source.count()
    clock, scans = TaskClock(spark), {}
    for query in queries:
        code = re.sub("'[^']*'", "", query)
        used = ", ".join(name for name, _ in columns if re.search(r"\b%s\b(?!\()" % name, code))
        if used not in scans:
            scans[used] = least_seconds(spark, clock, "SELECT %s FROM source" % used)
        seconds = least_seconds(spark, clock, "SELECT " + query if " FROM " in query else "SELECT %s AS r FROM source" % query)
        print("%s\t%.2f" % (query, (seconds - scans[used]) * 1e9 / (ROWS * COPIES)), flush=True)


def main():
    data, workload = sys.argv[1:]
    settings = {"spark.sql.shuffle.partitions": "2", "spark.ui.enabled": "false", "spark.driver.host": "localhost"}
    if workload == "expressions":
        settings.update({"spark.driver.memory": "3g", "spark.sql.session.timeZone": "UTC"})
    builder = SparkSession.builder.master("local[1]" if workload == "expressions" else "local[2]")
    for key, value in settings.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    if workload == "expressions":
        expressions(spark, data)
        return
    for run in range(2):
        checkpoint = tempfile.mkdtemp()
        frame = {"words": word_count, "yahoo": yahoo}[workload](spark, data)
        started = time.perf_counter()
        query = frame.writeStream.format("noop").outputMode("update").option("checkpointLocation", checkpoint)
        query.trigger(availableNow=True).start().awaitTermination()
        seconds = time.perf_counter() - started
        shutil.rmtree(checkpoint, ignore_errors=True)
    print("%.3f" % seconds)


if __name__ == "__main__":
    main()
