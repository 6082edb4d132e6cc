import { ioctl, unlessMissing } from './ioctl.ts';

/** How a driver turns a two-wire RS-485 line around by RTS (Linux: Documentation/driver-api/serial/serial-rs485.rst). */
export interface Rs485 {
  /** RTS while bytes are sent; the other level while they are not. */
  readonly rtsOnSend: boolean;
  /** Between RTS and the first bit, and between the last bit and RTS, in milliseconds; drivers cut off above 100. */
  readonly delayBeforeSendMs: number;
  readonly delayAfterSendMs: number;
  /** Whether what is sent is received too. */
  readonly rxDuringTx: boolean;
}

// struct serial_rs485 of linux/serial.h: flags, delay_rts_before_send, delay_rts_after_send, 20 bytes of padding.
const structWords = 8;
const flags = { enabled: 0x01, rtsOnSend: 0x02, rtsAfterSend: 0x04, rxDuringTx: 0x10 } as const;

export function encodeRs485(settings: Rs485): Uint8Array {
  const words = new Uint32Array(structWords);
  const direction = settings.rtsOnSend ? flags.rtsOnSend : flags.rtsAfterSend;
  words[0] = flags.enabled | direction | (settings.rxDuringTx ? flags.rxDuringTx : 0);
  words[1] = settings.delayBeforeSendMs;
  words[2] = settings.delayAfterSendMs;
  return new Uint8Array(words.buffer);
}

export function decodeRs485(struct: Uint8Array): Rs485 {
  const [set = 0, delayBeforeSendMs = 0, delayAfterSendMs = 0] = new Uint32Array(struct.slice().buffer);
  return {
    rtsOnSend: (set & flags.rtsOnSend) !== 0,
    delayBeforeSendMs,
    delayAfterSendMs,
    rxDuringTx: (set & flags.rxDuringTx) !== 0,
  };
}

/** Turns RS-485 on; returns what is in force then, undefined where the driver has none. Throws TtyError. */
export function setRs485(fd: number, settings: Rs485): Rs485 | undefined {
  return unlessMissing(() => {
    ioctl(fd, 'TIOCSRS485', encodeRs485(settings));
    const struct = new Uint8Array(structWords * Uint32Array.BYTES_PER_ELEMENT);
    ioctl(fd, 'TIOCGRS485', struct);
    return decodeRs485(struct);
  });
}
