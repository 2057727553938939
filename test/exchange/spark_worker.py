"""The Spark side of exchange_test.py: scripts come in as JSON lines, what their console sinks print goes out.

    {"script": "<SQL in weir's dialect>"}  →  {"console": "<text>"} or {"error": "<message>"}
"""
import json
import logging
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "record"))
from script_runner import ScriptRunner
from spark_engine import Engine


def main():
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="exchange-spark") as folder:
        engine = Engine(folder)
        for line in sys.stdin:
            size, runner = engine.console_size(), ScriptRunner(engine.spark)
            try:
                runner.execute(json.loads(line)["script"])
                runner.settle(120)
                answer = {"console": engine.console_since(size)}
            except Exception as error:
                answer = {"error": str(error)[:4000]}
            runner.stop()
            print(json.dumps(answer), flush=True)
        engine.stop()


if __name__ == "__main__":
    main()
