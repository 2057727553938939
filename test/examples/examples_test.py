#!/usr/bin/env python3
"""Run the examples as written. Prints `N passed, N failed`."""
import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples")
ARGUMENTS = None


class Examples(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="weir-examples-")
        self.processes = []
        signal.signal(signal.SIGALRM, self.overdue)
        signal.alarm(60)

    def overdue(self, number, frame):
        raise AssertionError("the example takes too long")

    def tearDown(self):
        signal.alarm(0)
        for process in self.processes:
            process.kill()
            process.communicate()
        self.folder.cleanup()

    def start(self, *command):
        process = subprocess.Popen(command, cwd=self.folder.name, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
        self.processes.append(process)
        return process

    def read_until(self, process, *words):
        text = b""
        while not all(word in text for word in words):
            line = process.stdout.readline()
            self.assertTrue(line, text.decode())
            text += line
        return text

    def interrupt(self, process):
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(20), 0, process.stderr.read())

    def test_embed(self):
        process = self.start(ARGUMENTS.embed)
        out, err = process.communicate()
        self.assertEqual(out, b"+----+---+\n|word|n  |\n+----+---+\n|cat |1  |\n|dog |2  |\n+----+---+\n\n")
        self.assertEqual((process.returncode, err), (0, b""))

    @unittest.skipUnless(os.path.isdir("/usr/share/common-licenses"), "no licence texts here")
    def test_wordcount_licences(self):
        process = self.start(ARGUMENTS.weir, "run", os.path.join(EXAMPLES, "wordcount_licences.sql"))
        out, err = process.communicate()
        self.assertEqual((process.returncode, err), (0, b""))
        self.assertIn(b" the|", out)
        self.assertIn(b"only showing top 20 rows", out)

    def test_events_per_minute(self):
        subprocess.run([os.path.join(EXAMPLES, "generate_events"), "events", "2", "0.01"], cwd=self.folder.name, check=True)
        process = self.start(ARGUMENTS.weir, "run", os.path.join(EXAMPLES, "events_per_minute.sql"))
        self.read_until(process, b"Batch: 0", b"click")
        time.sleep(0.2)
        self.interrupt(process)
        self.assertTrue(os.path.exists(os.path.join(self.folder.name, "checkpoint/per_minute/commits/0")))

    def test_wordcount_socket(self):
        with open(os.path.join(EXAMPLES, "wordcount_socket.sql")) as file:
            script = file.read()
        try:
            server = socket.create_server(("127.0.0.1", 9999))
        except OSError:
            server = socket.create_server(("127.0.0.1", 0))
            script = script.replace("'9999'", "'%d'" % server.getsockname()[1])
        path = os.path.join(self.folder.name, "script.sql")
        with open(path, "w") as file:
            file.write(script)

        def serve():
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"hello streaming world\nhello\n")
                self.done.wait(30)

        self.done = threading.Event()
        threading.Thread(target=serve, daemon=True).start()
        process = self.start(ARGUMENTS.weir, "run", path)
        self.read_until(process, b"hello", b"world")
        self.interrupt(process)
        self.done.set()
        server.close()


def main():
    global ARGUMENTS
    parser = argparse.ArgumentParser()
    parser.add_argument("--weir", required=True)
    parser.add_argument("--embed", required=True)
    ARGUMENTS = parser.parse_args()
    ARGUMENTS.weir, ARGUMENTS.embed = os.path.abspath(ARGUMENTS.weir), os.path.abspath(ARGUMENTS.embed)
    result = unittest.TextTestRunner().run(unittest.TestLoader().loadTestsFromModule(sys.modules[__name__]))
    failed = len(result.failures) + len(result.errors)
    print("%d passed, %d failed" % (result.testsRun - failed, failed))
    sys.exit(1 if failed or result.testsRun == 0 else 0)


if __name__ == "__main__":
    main()
