"""One workload on real Spark, in a process of its own: `PYTHON spark_bench.py DATA WORKLOAD`. Prints the warm time (second run) in seconds."""
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


def main():
    data, workload = sys.argv[1:]
    settings = {"spark.sql.shuffle.partitions": "2", "spark.ui.enabled": "false", "spark.driver.host": "localhost"}
    builder = SparkSession.builder.master("local[2]")
    for key, value in settings.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
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
