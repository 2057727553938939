#!/usr/bin/env python3
"""Kill weir and see that nothing is lost or doubled.

A query reads JSON files, counts events per minute and kind under a watermark, and appends to a JSON file sink. It is run once undisturbed; then

  points   at every named fault point, at its first, second and last occurrence, it is killed with SIGKILL and started again until it ends
           (needs a build with fault points: --faults PROGRAM)
  errors   every fault point fails with EIO, ENOSPC or a short write instead: a clear error, exit status 1, and a checkpoint that resumes
  random   the release program is killed at random instants until it ends by itself, again and again until --kills kills were made

Then a last file far in the future lets the watermark pass everything: as in Spark, a query that was stopped before its closing batch without
data runs none after the restart until new data come. The output, as its log in _spark_metadata names it, must then equal the undisturbed
run's. Prints `N passed, N failed`.
"""
import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from urllib.parse import unquote, urlparse

SCRIPT = """
SET spark.sql.session.timeZone = UTC;
SET spark.sql.shuffle.partitions = 2;
CREATE TEMPORARY VIEW events (ts TIMESTAMP, kind STRING, amount BIGINT)
  USING json OPTIONS (path '{input}', maxFilesPerTrigger '1');
CREATE STREAMING TABLE out USING json
  OPTIONS (outputMode 'append', trigger 'availableNow', checkpointLocation '{checkpoint}', path '{output}') AS
SELECT window.start AS start, kind, count(*) AS n, sum(amount) AS total
FROM STREAM events WATERMARK ts DELAY OF INTERVAL 2 MINUTES
GROUP BY window(ts, '1 minute'), kind;
"""


class Place:
    """The folders of one run."""

    def __init__(self, root, inputs):
        self.root, self.inputs = root, inputs
        self.clear()

    def clear(self):
        for name in ("checkpoint", "output"):
            shutil.rmtree(os.path.join(self.root, name), ignore_errors=True)
        if os.path.exists(self.last_file()):
            os.remove(self.last_file())
        with open(os.path.join(self.root, "script.sql"), "w") as script:
            script.write(SCRIPT.format(input=self.inputs, checkpoint=os.path.join(self.root, "checkpoint"),
                                       output=os.path.join(self.root, "output")))

    def last_file(self):
        return os.path.join(self.inputs, "999.json")

    def finish(self, program):
        """The last file, and the run that takes it: exit status and what was printed."""
        status, errors = self.run(program)
        if status != 0:
            return status, errors
        with open(self.last_file(), "w") as out:
            out.write('{"ts":"2030-01-01T00:00:00Z","kind":"z","amount":0}\n')
        return self.run(program)

    def start(self, program, **environment):
        return subprocess.Popen([program, "run", os.path.join(self.root, "script.sql")], stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, env=dict(os.environ, **environment))

    def run(self, program, **environment):
        """The exit status and what was printed."""
        process = self.start(program, **environment)
        try:
            _, errors = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return None, "it did not end within 60 s"
        return process.returncode, errors.decode(errors="replace")

    def rows(self):
        """The output's lines, sorted, as the sink's log names its files."""
        log = os.path.join(self.root, "output", "_spark_metadata")
        if not os.path.isdir(log):
            return []
        ids = sorted(int(re.match(r"(\d+)", name).group(1)) for name in os.listdir(log) if re.match(r"\d+(\.compact)?$", name))
        compacts = [int(name[:-8]) for name in os.listdir(log) if re.match(r"\d+\.compact$", name)]
        first = max(compacts, default=-1)
        lines = []
        for number in ids:
            if number < first:
                continue
            name = "%d.compact" % number if number == first else str(number)
            with open(os.path.join(log, name)) as entries:
                for entry in entries.read().splitlines()[1:]:
                    path = unquote(urlparse(json.loads(entry)["path"]).path)
                    with open(path) as part:
                        lines += part.read().splitlines()
        return sorted(lines)


def write_inputs(folder, files=14):
    generator = random.Random(7)
    os.makedirs(folder)
    for number in range(files):
        path = os.path.join(folder, "%03d.json" % number)
        with open(path, "w") as out:
            for _ in range(40):
                second = number * 60 + generator.randrange(-90, 60)
                stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(1700000000 + second))
                out.write(json.dumps({"ts": stamp + "Z", "kind": generator.choice("abc"), "amount": generator.randrange(100)}) + "\n")
        os.utime(path, (1700000000 + number, 1700000000 + number))


class Tally:
    def __init__(self, wanted):
        self.wanted, self.passed, self.failed, self.kills = wanted, 0, 0, 0

    def check(self, what, place, status, errors):
        rows = place.rows() if status == 0 else None
        if status == 0 and rows == self.wanted:
            self.passed += 1
            return
        self.failed += 1
        print("FAILED %s: exit status %s %s" % (what, status, errors.strip()[-300:]))
        if rows is not None:
            lost = [line for line in self.wanted if line not in rows]
            print("  %d rows instead of %d; missing: %s" % (len(rows), len(self.wanted), lost[:3]))


def reached_points(program, place):
    """How often each fault point is passed in an undisturbed run."""
    place.clear()
    _, errors = place.run(program, WEIR_FAULT_TRACE="1")
    counts = {}
    for name in re.findall(r"fault point ([a-z_]+\.[a-z_]+)", errors):
        counts[name] = counts.get(name, 0) + 1
    return counts


def kill_at_points(program, place, tally, most):
    for name, count in sorted(reached_points(program, place).items()):
        for nth in sorted({1, 2, (count + 1) // 2, count})[:most]:
            if nth < 1 or nth > count:
                continue
            place.clear()
            status, _ = place.run(program, WEIR_FAULT="%s#%d=kill" % (name, nth))
            if status != -signal.SIGKILL:
                tally.failed += 1
                print("FAILED kill at %s#%d: the program was not killed (exit status %s)" % (name, nth, status))
                continue
            tally.kills += 1
            tally.check("kill at %s#%d" % (name, nth), place, *place.finish(program))


def fail_at_points(program, place, tally):
    for name, count in sorted(reached_points(program, place).items()):
        for kind in ("eio", "enospc", "short"):
            place.clear()
            status, errors = place.run(program, WEIR_FAULT="%s#%d=%s" % (name, (count + 1) // 2, kind))
            what = "%s at %s" % (kind, name)
            if status not in (0, 1) or (status == 1 and not re.search(r"^\[[A-Z_.0-9a-z]+\] ", errors, re.M)):
                tally.failed += 1
                print("FAILED %s: exit status %s without a clear error: %s" % (what, status, errors.strip()[-300:]))
                continue
            tally.check(what, place, *place.finish(program))


def kill_at_random(program, place, tally, kills, seed):
    generator = random.Random(seed)
    place.clear()
    begun = time.monotonic()
    place.run(program)
    length = time.monotonic() - begun
    made = 0
    while made < kills:
        place.clear()
        kills_here = 0
        while made < kills and kills_here < 12:
            process = place.start(program)
            time.sleep(generator.uniform(0, length * 1.1))
            process.kill()
            process.communicate()
            if process.returncode == -signal.SIGKILL:
                made += 1
                kills_here += 1
            else:
                break
        tally.check("%d random kills" % kills_here, place, *place.finish(program))
    tally.kills += made


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", required=True, help="the release program")
    parser.add_argument("--faults", help="a program with fault points; without one only random kills are made")
    parser.add_argument("--kills", type=int, default=200, help="random kills")
    parser.add_argument("--occurrences", type=int, default=4, help="of each fault point, at most")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    root = tempfile.mkdtemp(prefix="weir-kill-")
    try:
        inputs = os.path.join(root, "input")
        write_inputs(inputs)
        place = Place(root, inputs)
        status, errors = place.finish(arguments.weir)
        wanted = place.rows()
        if status != 0 or len(wanted) < 10:
            print("the undisturbed run failed: exit status %s, %d rows\n%s" % (status, len(wanted), errors))
            print("0 passed, 1 failed")
            return 1
        tally = Tally(wanted)
        if arguments.faults and os.access(arguments.faults, os.X_OK):
            kill_at_points(arguments.faults, place, tally, arguments.occurrences)
            fail_at_points(arguments.faults, place, tally)
        kill_at_random(arguments.weir, place, tally, arguments.kills, arguments.seed)
        print("%d kills" % tally.kills)
        print("%d passed, %d failed" % (tally.passed, tally.failed))
        return 1 if tally.failed else 0
    finally:
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
