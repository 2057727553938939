"""Runs a script of weir's SQL dialect on Spark, statement by statement, in a session of its own.

What Spark's SQL lacks (streaming views, CREATE STREAMING TABLE, FRAME) goes through the DataFrame API. A sink
`foreachBatch` collects each batch as JSON rows.
"""
import ast
import re

from script_text import FRAME, ROWS, SETTING, TABLE, VIEW, literal, options, statements, take, trigger

LISTS = ("dropDuplicates", "dropDuplicatesWithinWatermark")    # their columns go in as one list
TO_JSON = "to_json(struct(*), map('ignoreNullFields', 'false'))"


class ScriptRunner:
    def __init__(self, spark):
        self.spark, self.session, self.script = spark, None, ""
        self.query, self.finite = None, False                  # the script's last query; it ends by itself
        self.batches, self.batch_error = [], None              # what the foreachBatch sink got: (id, rows)

    def execute(self, script):
        """Run the statements in a new session; a query is left running."""
        self.session, self.script = self.spark.newSession(), script
        for text in statements(script):
            self.statement(text)

    def settle(self, timeout):
        """Wait until the query has ended, or has processed all that is there."""
        if self.query is None:
            return
        if not self.finite:
            self.query.processAllAvailable()
        elif not self.query.awaitTermination(timeout):
            raise TimeoutError("the query did not end in %g s" % timeout)

    def stop(self):
        if self.query is not None:
            self.query.stop()
        self.query = None

    def collect(self, frame, batch_id):
        try:
            rows = [row[0] for row in frame.selectExpr(TO_JSON).collect()]
            self.batches.append((batch_id, rows))
        except Exception as error:
            self.batch_error = error
            raise

    def statement(self, statement):
        view, table = VIEW.match(statement), TABLE.match(statement)
        setting, derived = SETTING.match(statement), FRAME.match(statement)
        spark = self.session
        if view:
            name, schema, form, opts = view.groups()
            streamed = re.search(r"\b(STREAM\s*\(?\s*|FRAME\s+\w+\s*=\s*)%s\b" % name, self.script, re.I)
            reader = (spark.readStream if streamed else spark.read).format(form.strip("`")).options(**options(opts))
            (reader.schema(schema) if schema else reader).load().createOrReplaceTempView(name)
        elif table:
            self.start(*table.groups())
        elif setting:
            spark.conf.set(setting.group(1), literal(setting.group(2).strip()))
        elif derived:
            name, parent, method, arguments = derived.groups()
            values = list(ast.literal_eval("(%s,)" % arguments)) if arguments.strip() else []
            if method in LISTS:
                values = [values] if values else []
            getattr(spark.table(parent), method)(*values).createOrReplaceTempView(name)
        else:
            frame = spark.sql(statement)
            if ROWS.match(statement):
                frame.collect()

    def start(self, name, schema, form, partitions, opts, location, query):
        from pyspark.sql.types import StructType
        opts, form = options(opts), form.strip("`")
        if location:
            opts["path"] = literal(location)
        mode, when = take(opts, "outputMode", "append"), take(opts, "trigger")
        frame = self.session.sql(query)
        if schema:
            frame = frame.to(StructType.fromDDL(schema))
        writer = frame.writeStream.queryName(name).outputMode(mode).trigger(**trigger(when)).options(**opts)
        writer = writer.foreachBatch(self.collect) if form.lower() == "foreachbatch" else writer.format(form)
        if partitions:
            writer = writer.partitionBy(*[column.strip().strip("`") for column in partitions.split(",")])
        self.finite = (when or "").lower() in ("availablenow", "once")
        self.query = writer.start()

