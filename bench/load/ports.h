/* The ports of an endpoint. */
#pragma once

/* Makes a pseudo terminal and prints the path that an agent opens as its device; returns the far end. */
int makeDevice(void);
/* Opens a serial port as an application does: raw, 115200. */
int openPort(const char *path);
