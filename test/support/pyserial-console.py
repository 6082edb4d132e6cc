"""Carries out Python, a line at a time, and answers each with a line of JSON: its value, or the error.

`serial` and `time` are at hand, and what is defined here. Bytes are told as lists of numbers.
"""
import json
import sys
import threading
import time

import serial


def pattern(size):
    """Each byte value, and then as many more: no two windows of 256 bytes look the same for a long time."""
    return bytes(range(256)) + bytes((at * at >> 7 ^ at) & 255 for at in range(size - 256))


def echoed(port, sent):
    """How many bytes come back of `sent`, or where the first wrong one is."""
    writer = threading.Thread(target=port.write, args=(sent,))
    writer.start()
    got = b""
    while len(got) < len(sent):
        more = port.read(min(4096, len(sent) - len(got)))
        if not more:
            break
        got += more
    writer.join()
    wrong = next((at for at, (one, other) in enumerate(zip(got, sent)) if one != other), None)
    return len(got) if wrong is None else "byte %d is another" % wrong


def seconds(act):
    start = time.monotonic()
    act()
    return time.monotonic() - start


def until(condition, timeout=10):
    """Seconds until the condition holds."""
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > timeout:
            raise TimeoutError("%g s passed in vain" % timeout)
        time.sleep(0.0005)
    return time.monotonic() - start


def change_seen(set_output, condition):
    """Seconds from the setting of an output, by one client, until another sees what it has led to."""
    setter = threading.Thread(target=set_output)
    start = time.monotonic()
    setter.start()
    until(condition)
    elapsed = time.monotonic() - start
    setter.join()
    return elapsed


def assign(target, name, value):
    return lambda: setattr(target, name, value)


scope = dict(globals())
for line in sys.stdin:
    try:
        try:
            answer = {"value": eval(compile(line.strip(), "<test>", "eval"), scope)}
        except SyntaxError:
            exec(line, scope)
            answer = {"value": None}
    except Exception as error:
        answer = {"error": "%s: %s" % (type(error).__name__, error)}
    print(json.dumps(answer, default=list), flush=True)
