"""Real Spark in this process: one JVM whose standard output goes to a file, sessions, and errors as conditions."""
import os
import sys

VERSION = "4.2.1"
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.memory": "2g",
    "spark.driver.extraJavaOptions": "-Duser.timezone=UTC -Dfile.encoding=UTF-8 -XX:+UseSerialGC",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.streaming.numRecentProgressUpdates": "10000",
    "spark.sql.streaming.pollingDelay": "40",
    "spark.sql.warehouse.dir": None,            # inside the work folder
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}


class Engine:
    def __init__(self, folder):
        """Start the JVM; `folder` is private to this run."""
        os.makedirs(folder, exist_ok=True)
        self.console_path = os.path.join(folder, "console.txt")
        sys.stdout.flush()
        ours, console = os.dup(1), os.open(self.console_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        os.dup2(console, 1)                     # the JVM inherits it
        from pyspark.sql import SparkSession
        builder = SparkSession.builder.master("local[2]").appName("record")
        for key, value in SETTINGS.items():
            builder = builder.config(key, value or os.path.join(folder, "warehouse"))
        self.spark = builder.getOrCreate()
        os.dup2(ours, 1)
        os.close(console)
        if self.spark.version != VERSION:
            sys.exit("this is Spark %s, the recordings are of %s" % (self.spark.version, VERSION))
        self.spark.sparkContext.setLogLevel("OFF")
        self.jvm = self.spark.sparkContext._jvm
        self.gateway = self.spark.sparkContext._gateway

    def console_size(self):
        self.jvm.java.lang.System.out.flush()
        return os.path.getsize(self.console_path)

    def console_since(self, size):
        self.jvm.java.lang.System.out.flush()
        with open(self.console_path, "rb") as console:
            console.seek(size)
            return console.read().decode("utf-8", "surrogateescape")

    def conditions(self, throwable):
        """(condition, SQLSTATE or '', message) of a Java throwable and of its causes that have a condition."""
        from py4j.java_gateway import is_instance_of
        found, depth, first = [], 0, None
        while throwable is not None and depth < 20:
            message = throwable.getMessage() or throwable.getClass().getName()
            first = first or message
            if is_instance_of(self.gateway, throwable, "org.apache.spark.SparkThrowable"):
                condition = throwable.getCondition()
                if condition and condition != "STREAM_FAILED" and condition not in [c for c, _, _ in found]:
                    found.append((condition, throwable.getSqlState() or "", message))
            throwable, depth = throwable.getCause(), depth + 1
        return found or [("_LEGACY_ERROR_TEMP_0000", "", first or "")]

    def stop(self):
        self.spark.stop()


def java_cause(error):
    """The Java throwable inside an exception that PySpark raised, or None."""
    for name in ("_origin", "java_exception"):
        if getattr(error, name, None) is not None:
            return getattr(error, name)
    return java_cause(error.__cause__) if error.__cause__ is not None else None
