import { ioctl, ioctlGetInt, ioctlSetInt, ioctlValue, unlessMissing } from './ioctl.ts';

/** All modem lines of a serial port: DTR and RTS are driven here, the others by the far side. */
export interface ModemLines {
  readonly dtr: boolean;
  readonly rts: boolean;
  readonly cts: boolean;
  readonly dsr: boolean;
  readonly dcd: boolean;
  readonly ri: boolean;
}

// TIOCM_* of ioctl_tty(2).
const bits = { dtr: 0x002, rts: 0x004, cts: 0x020, dcd: 0x040, ri: 0x080, dsr: 0x100 } as const;

/** The modem lines now; undefined where the tty has none, as a pseudo terminal. Throws TtyError. */
export function readModemLines(fd: number): ModemLines | undefined {
  const lines = unlessMissing(() => ioctlGetInt(fd, 'TIOCMGET'));
  if (lines === undefined) return undefined;
  const isSet = (bit: number): boolean => (lines & bit) !== 0;
  return {
    dtr: isSet(bits.dtr),
    rts: isSet(bits.rts),
    cts: isSet(bits.cts),
    dsr: isSet(bits.dsr),
    dcd: isSet(bits.dcd),
    ri: isSet(bits.ri),
  };
}

/**
 * Sets the outputs that are named, at the same moment, and leaves the others. False where the tty has none. Throws
 * TtyError.
 */
export function setOutputs(fd: number, outputs: { readonly dtr?: boolean; readonly rts?: boolean }): boolean {
  const withValue = (value: boolean): number =>
    (outputs.dtr === value ? bits.dtr : 0) | (outputs.rts === value ? bits.rts : 0);
  const raised = withValue(true);
  const lowered = withValue(false);
  const done = unlessMissing(() => {
    if (lowered === 0) ioctlSetInt(fd, 'TIOCMBIS', raised);
    else if (raised === 0) ioctlSetInt(fd, 'TIOCMBIC', lowered);
    // One after the other would be a third state in between, which boards take for a reset.
    else ioctlSetInt(fd, 'TIOCMSET', (ioctlGetInt(fd, 'TIOCMGET') & ~(bits.dtr | bits.rts)) | raised);
    return true;
  });
  return done ?? false;
}

/** Begins or ends a break. False where the tty says that it cannot; a pseudo terminal takes it and does nothing. Throws TtyError. */
export function setBreak(fd: number, on: boolean): boolean {
  return unlessMissing(() => ioctlValue(fd, on ? 'TIOCSBRK' : 'TIOCCBRK')) !== undefined;
}

/** What the driver has counted since it was loaded (struct serial_icounter_struct, linux/serial.h). */
export interface LineCounters {
  readonly received: number;
  readonly sent: number;
  readonly framingErrors: number;
  /** Characters lost in the UART. */
  readonly overruns: number;
  readonly parityErrors: number;
  readonly breaks: number;
  /** Characters lost because the tty's buffer was full. */
  readonly bufferOverruns: number;
  /** Changes of the inputs. */
  readonly changes: { readonly cts: number; readonly dsr: number; readonly ri: number; readonly dcd: number };
}

/** The driver's counters; undefined where it has none. Throws TtyError. */
export function readCounters(fd: number): LineCounters | undefined {
  const counts = new Uint32Array(20);
  if (unlessMissing(() => ioctl(fd, 'TIOCGICOUNT', new Uint8Array(counts.buffer)) ?? true) === undefined)
    return undefined;
  const [cts = 0, dsr = 0, ri = 0, dcd = 0, received = 0, sent = 0] = counts;
  const [framingErrors = 0, overruns = 0, parityErrors = 0, breaks = 0, bufferOverruns = 0] = counts.subarray(6);
  return {
    received,
    sent,
    framingErrors,
    overruns,
    parityErrors,
    breaks,
    bufferOverruns,
    changes: { cts, dsr, ri, dcd },
  };
}
