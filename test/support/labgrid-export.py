"""labgrid's exporter for a serial port, as it is, and a client of pyserial on what it has started."""
import sys
import time

import serial
from labgrid.remote import exporter

export = exporter.SerialPortExport(
    {"cls": "RawSerialPort", "params": {"port": sys.argv[1], "speed": 115200}},
    host="127.0.0.1",
)
export.start()
try:
    deadline = time.monotonic() + 20
    while True:
        try:
            port = serial.serial_for_url(f"rfc2217://127.0.0.1:{export.port}", baudrate=115200, timeout=5)
            break
        except serial.SerialException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    port.baudrate = 57600
    every = bytes(range(256))
    port.write(every)
    if port.read(256) != every:
        sys.exit("other bytes came back")
    print("echoed 256 bytes at", port.baudrate)
    port.close()
finally:
    export.stop()
