#!/usr/bin/env python3
"""Run recorded cases and hold the failures against a list that may only shrink.

    run_recorded.py --known test/sql/known_failures.txt [--update | --may-pass] -- build/tests/sql_runner test/sql/join

A line of the list is a case (its file below test/, and for SQL its first line of text) that does not give what Spark gave yet. A failure that is not
listed fails the run, and so does a listed case of the folders run that passes: it has to be taken off. --update rewrites the list's part; --may-pass: a listed
case may pass, for runs in another mode than the one that the list is of.
"""
import argparse
import os
import re
import subprocess
import sys

STREAM = re.compile(r"^FAILED (\S+\.stream)$")
SQL = re.compile(r"^(\S+\.test):\d+: (.*)$")
MODES = re.compile(r"^\d+ cases over columns ")
CLOSING = re.compile(r"(\d+) passed, (\d+) failed, (\d+) skipped")


def name_of(path):
    path = os.path.realpath(path)
    return path[path.rindex("/test/") + len("/test/"):]


def failures(lines):
    found = set()
    for line in lines:
        match = STREAM.match(line)
        if match:
            found.add(name_of(match.group(1)))
        match = SQL.match(line)
        if match:
            found.add(name_of(match.group(1)) + ": " + match.group(2).strip())
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--known", required=True)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--may-pass", action="store_true")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    known = set()
    if os.path.exists(arguments.known):
        with open(arguments.known) as lines:
            known = {line.rstrip("\n") for line in lines if line.strip() and not line.startswith("#")}
    scopes = [name_of(word) for word in arguments.command[1:] if os.path.exists(word)]
    in_scope = {name for name in known if any(name.startswith(scope + "/") or name.split(":")[0] == scope for scope in scopes)}
    done = subprocess.run(arguments.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    lines = done.stdout.splitlines()
    closing = CLOSING.search(lines[-1]) if lines else None
    failed = failures(lines)
    if arguments.update:
        with open(arguments.known, "w") as out:
            out.write("# Recorded cases that do not give what Spark gave yet; the list may only shrink (test/support/run_recorded.py).\n")
            for name in sorted((known - in_scope) | failed):
                out.write(name + "\n")
    if closing is None:
        print("\n".join(lines[-40:]))
        print("the runner did not come to its end (status %s)" % done.returncode)
        print("0 passed, 1 failed")
        return 1
    new, mended = failed - known, set() if arguments.may_pass else in_scope - failed
    if new and not arguments.update:
        print("\n".join(lines))
    for name in sorted(new):
        print("FAILED, not listed: " + name)
    for name in sorted(mended):
        print("passes now, take it off %s: %s" % (os.path.basename(arguments.known), name))
    print("\n".join(line for line in lines if MODES.match(line)))
    print("%d not as Spark yet, listed" % len(failed & known))
    bad = 0 if arguments.update else len(new) + len(mended)
    print("%s passed, %d failed" % (closing.group(1), bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
