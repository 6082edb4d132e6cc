"""A serial application: sends the bytes of a file and receives a number of bytes, at once, and prints their SHA-256.

transfer.py PORT SEND_FILE RECEIVE_BYTES
"""
import hashlib
import sys
import threading

import serial

port, send_file, receive_bytes = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(send_file, "rb") as file:
    outgoing = file.read()

line = serial.Serial(port, 115200)
line.write(b"!")  # Opening a port discards what came before: the device sends nothing until it sees this.

sender = threading.Thread(target=line.write, args=(outgoing,))
sender.start()
digest = hashlib.sha256()
remaining = receive_bytes
while remaining > 0:
    chunk = line.read(min(max(1, line.in_waiting), remaining))
    digest.update(chunk)
    remaining -= len(chunk)
sender.join()
line.close()
print("received", digest.hexdigest())
