import { ioctlSetInt } from './ioctl.ts';
import { readTermios, termiosFlags, writeTermios } from './termios.ts';

/**
 * From now on every read of the ptmx gives one packet: a status byte, then data if that byte is 0 (TIOCPKT,
 * ioctl_tty(2)). A read of one byte takes a status byte that waits, and no data. Throws TtyError.
 */
export function enablePacketMode(ptmx: number): void {
  ioctlSetInt(ptmx, 'TIOCPKT', 1);
}

/** What a status byte other than 0 tells of the program at the far end. */
export interface PacketStatus {
  /** It discarded bytes, seen from its side: those it had `received`, those it had `unsent`. */
  readonly flushed: 'received' | 'unsent' | 'both' | undefined;
  /** It set its termios; told only while EXTPROC is set. */
  readonly hasNewTermios: boolean;
}

// TIOCPKT_FLUSHREAD, TIOCPKT_FLUSHWRITE, TIOCPKT_IOCTL; the other bits tell of XON/XOFF between the ends.
const status = { flushRead: 0x01, flushWrite: 0x02, ioctl: 0x40 } as const;
const flushes = [undefined, 'received', 'unsent', 'both'] as const;

/** Reads the first byte of a packet, where it is a status byte (ioctl_tty(2), TIOCPKT). */
export function decodePacketStatus(byte: number): PacketStatus {
  return {
    flushed: flushes[byte & (status.flushRead | status.flushWrite)],
    hasNewTermios: (byte & status.ioctl) !== 0,
  };
}

/** Whether EXTPROC is set: settings are told to the ptmx, and the kernel edits and echoes nothing. Throws TtyError. */
export function hasExtproc(ptmx: number): boolean {
  return (readTermios(ptmx).local & termiosFlags.EXTPROC) !== 0;
}

/** Sets or clears EXTPROC, by reading and writing the termios: a change made between the two is lost. Throws TtyError. */
export function setExtproc(ptmx: number, on: boolean): void {
  const termios = readTermios(ptmx);
  const local = on ? termios.local | termiosFlags.EXTPROC : termios.local & ~termiosFlags.EXTPROC;
  if (local !== termios.local) writeTermios(ptmx, { ...termios, local }, 'now');
}
