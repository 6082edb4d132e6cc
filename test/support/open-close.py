"""Opens a port COUNT times. Each time it writes a line and, with "echo", waits until that line has come back.

open-close.py PORT COUNT [echo]
"""
import os
import sys

port, count, echo = sys.argv[1], int(sys.argv[2]), sys.argv[3:] == ["echo"]
for number in range(count):
    line = b"line %d\n" % number
    fd = os.open(port, os.O_RDWR | os.O_NOCTTY)
    os.write(fd, line)
    answer = b""
    while echo and len(answer) < len(line):
        answer += os.read(fd, len(line) - len(answer))
    if echo and answer != line:
        sys.exit("sent %r, and %r came back" % (line, answer))
    os.close(fd)
print("done")
