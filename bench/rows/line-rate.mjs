/** 115200 bit/s with start and stop bit. */
export const bytesPerSecond = 11_520;
