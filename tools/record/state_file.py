"""Reads the state that Spark's HDFS-backed store leaves in a checkpoint: deltas, snapshots and schema files.

A file is an LZ4 block stream of records (int32 key size, key, int32 value size, value; a value size of -1 removes the
key; a key size of -1 ends the file). Keys and values are UnsafeRow bytes.
"""
import os
import re
import struct

HEADER = 21                                             # "LZ4Block", token, three lengths and sums


def lz4_block(data, size):
    """Decompress one LZ4 block."""
    out, at = bytearray(), 0
    while at < len(data):
        token = data[at]
        at += 1
        length = token >> 4
        if length == 15:
            while data[at] == 255:
                length, at = length + 255, at + 1
            length, at = length + data[at], at + 1
        out += data[at:at + length]
        at += length
        if at >= len(data):
            break
        offset, = struct.unpack_from("<H", data, at)
        at += 2
        length = (token & 15) + 4
        if token & 15 == 15:
            while data[at] == 255:
                length, at = length + 255, at + 1
            length, at = length + data[at], at + 1
        for _ in range(length):
            out.append(out[-offset])
    if len(out) != size:
        raise ValueError("LZ4 block of %d bytes instead of %d" % (len(out), size))
    return bytes(out)


def lz4_stream(data):
    out, at = b"", 0
    while at < len(data):
        if data[at:at + 8] != b"LZ4Block":
            raise ValueError("no LZ4 block at byte %d" % at)
        compressed, size, _ = struct.unpack_from("<iii", data, at + 9)
        body = data[at + HEADER:at + HEADER + compressed]
        out += body if data[at + 8] & 0xf0 == 0x10 else lz4_block(body, size)
        at += HEADER + compressed
    return out


def records(path):
    """(key, value) of each record; the value None removes the key."""
    with open(path, "rb") as source:
        data = lz4_stream(source.read())
    at = 0
    while True:
        size, = struct.unpack_from(">i", data, at)
        if size < 0:
            return
        key, at = data[at + 4:at + 4 + size], at + 4 + size
        size, = struct.unpack_from(">i", data, at)
        value, at = (None, at + 4) if size < 0 else (data[at + 4:at + 4 + size], at + 4 + size)
        yield key, value


def store_rows(folder, version):
    """The map of one store at a version: the newest snapshot that is not after it, then the deltas."""
    snapshots = [int(name.split(".")[0]) for name in os.listdir(folder) if re.fullmatch(r"\d+\.snapshot", name)]
    start = max([number for number in snapshots if number <= version], default=0)
    rows = dict(records(os.path.join(folder, "%d.snapshot" % start))) if start else {}
    for number in range(start + 1, version + 1):
        for key, value in records(os.path.join(folder, "%d.delta" % number)):
            if value is None:
                rows.pop(key, None)
            else:
                rows[key] = value
    return rows


def state_lines(operator, version):
    """`PARTITION[/STORE] KEY VALUE` in hexadecimal digits, for each row of an operator's state at a version."""
    for top, _, names in os.walk(operator):
        if "%d.delta" % version in names or "%d.snapshot" % version in names:
            place = os.path.relpath(top, operator)
            for key, value in store_rows(top, version).items():
                yield "%s %s %s" % (place, key.hex() or "-", value.hex() or "-")


def schema_lines(path):
    """The version, the key's and the value's schema in a state schema file of version 2."""
    with open(path, "rb") as source:
        data = source.read()

    def text(at):
        size, = struct.unpack_from(">H", data, at)
        return data[at + 2:at + 2 + size].decode("utf-8"), at + 2 + size

    line, at = text(0)
    lines = [line]
    while at < len(data):
        chunks, = struct.unpack_from(">i", data, at)
        at, line = at + 4, ""
        for _ in range(chunks):
            chunk, at = text(at)
            line += chunk
        lines.append(line)
    return lines
