"""Run a script that has FRAME statements (Dataset calls that SQL lacks) through the library: weir_frames.py LIBWEIR SCRIPT.

The other statements are the script's own; the queries are awaited. Errors go to standard error, exit status 1.
"""
import ast
import ctypes
import re
import sys

FRAME = re.compile(r"^FRAME (\w+) = (\w+)\.(\w+)\((.*)\);$", re.M)


class Error(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int32), ("condition", ctypes.c_char * 96), ("sqlstate", ctypes.c_char * 8), ("message", ctypes.c_char * 1600),
                ("origin", ctypes.c_int32 * 4), ("fragment", ctypes.c_char * 512)]


def main(library, path):
    weir, error, session = ctypes.CDLL(library), Error(), ctypes.c_void_p()
    weir.weir_session_query.restype = ctypes.c_void_p

    def check(status):
        if status != 0:
            sys.exit("[%s] %s" % (error.condition.decode(), error.message.decode()))

    def run(text):
        text = text.encode()
        check(weir.weir_session_run(session, text, ctypes.c_size_t(len(text)), None, None, ctypes.byref(error)))

    def frame(view, parent, method, arguments):
        values = [value.encode() for value in ast.literal_eval("(%s,)" % arguments)] if arguments.strip() else []
        if method == "withWatermark":
            return weir.weir_session_with_watermark(session, view, parent, values[0], values[1], ctypes.byref(error))
        columns = (ctypes.c_char_p * len(values))(*values)
        return weir.weir_session_drop_duplicates(session, view, parent, columns, ctypes.c_size_t(len(values)),
                                                 ctypes.c_bool(method == "dropDuplicatesWithinWatermark"), ctypes.byref(error))

    check(weir.weir_session_open(None, ctypes.byref(session), ctypes.byref(error)))
    with open(path) as file:
        script = file.read()
    at = 0
    for found in FRAME.finditer(script):
        run(script[at:found.start()])
        view, parent, method, arguments = found.groups()
        check(frame(view.encode(), parent.encode(), method, arguments))
        at = found.end()
    run(script[at:])
    for number in range(weir.weir_session_query_count(session)):
        query = ctypes.c_void_p(weir.weir_session_query(session, ctypes.c_size_t(number)))
        check(weir.weir_query_await(query, ctypes.c_int64(-1), None, ctypes.byref(error)))
    weir.weir_session_close(session)


if __name__ == "__main__":
    main(*sys.argv[1:])
