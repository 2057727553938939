#!/usr/bin/env python3
"""Options of file sources that choose files or forgive them. What Spark 4.2.1 gave for the same folders is the measure."""
import gzip
import os

import cli_test
from cli_test import Case


class FileOptions(Case):
    def setUp(self):
        super().setUp()
        self.write("in/p=1/x.txt", "a\n")
        self.write("in/p=2/y.txt", "b\n")
        os.utime(self.path("in/p=1/x.txt"), (1500000000, 1500000000))

    def view(self, options, schema=""):
        return "CREATE TEMPORARY VIEW v %s USING text OPTIONS (%s);" % (schema, options)

    def table(self, options):
        return self.rows(self.view(options) + "SELECT * FROM v ORDER BY value")

    def stream(self, options):
        return (self.view(options, "(value STRING)") + "CREATE STREAMING TABLE t USING memory OPTIONS (trigger 'availableNow') AS "
                "SELECT * FROM STREAM v; SELECT * FROM t")

    def test_files_are_chosen_by_their_time(self):
        old, new = {"value": "a", "p": 1}, {"value": "b", "p": 2}
        self.assertEqual(self.table("path 'in', modifiedBefore '2020-01-01T00:00:00'"), [old])
        self.assertEqual(self.table("path 'in', modifiedAfter '2020-01-01T00:00:00'"), [new])
        self.assertEqual(self.table("path 'in', modifiedBefore '2020-01-01'"), [old])
        self.assertEqual(self.err, "")
        self.fails(self.view("path 'in', modifiedAfter 'x'") + "SELECT * FROM v", "[_LEGACY_ERROR_TEMP_1294]")
        self.fails(self.stream("path 'in', modifiedBefore '2020-01-01'"), "modifiedBefore")
        self.assertNotIn("WARN", self.err)

    def test_partition_columns_begin_at_the_base_path(self):
        self.assertEqual(self.table("path 'in/p=1', basePath 'in'"), [{"value": "a", "p": 1}])
        self.assertEqual(self.table("path 'in/p=1'"), [{"value": "a"}])
        self.assertEqual(self.rows(self.stream("path 'in/p=2', basePath 'in'")), [{"value": "b", "p": 2}])
        self.assertEqual(self.err, "")
        self.fails(self.view("path 'in', basePath '/nowhere'") + "SELECT * FROM v", "Option 'basePath' not found")
        self.fails(self.view("path 'in/p=1', basePath 'in/p=2'") + "SELECT * FROM v", "Wrong basePath")

    def test_damaged_files_are_skipped_where_asked(self):
        whole = gzip.compress(b"".join(b"%d\n" % number for number in range(100000)))
        self.write("g/a.txt.gz", gzip.compress(b"first\n"))
        self.write("g/b.txt.gz", whole[:len(whole) // 2])
        count = "SELECT count(*) AS n FROM v WHERE value = 'first'"
        self.fails(self.view("path 'g'") + count, "[FAILED_READ_FILE.NO_HINT]", "b.txt.gz")
        self.assertEqual(self.rows(self.view("path 'g', ignoreCorruptFiles 'true'") + count), [{"n": 1}])
        self.assertIn("b.txt.gz", self.err)
        self.assertEqual(self.rows(self.view("path 'g'") + count, "--conf", "spark.sql.files.ignoreCorruptFiles=true"), [{"n": 1}])
        # Malformed rows of a file that can be read are not meant.
        self.write("j/a.json", "{")
        self.fails("CREATE TEMPORARY VIEW j (x INT) USING json OPTIONS (path 'j', mode 'FAILFAST', ignoreCorruptFiles 'true'); SELECT * FROM j",
                   "FAILED_READ_FILE")

    def test_options_of_the_listing_are_checked(self):
        for options in ("maxCachedFiles '-1'", "maxCachedFiles 'x'", "discardCachedInputRatio '2'", "discardCachedInputRatio '-0.1'",
                        "discardCachedInputRatio 'x'"):
            self.fails(self.stream("path 'in', " + options), "Invalid value", options.split()[0])
        self.assertEqual(len(self.rows(self.stream("path 'in', maxCachedFiles '0', discardCachedInputRatio '0.5'"))), 2)


if __name__ == "__main__":
    cli_test.main()
