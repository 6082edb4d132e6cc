/**
 * A tty's file descriptor from Node: polled reads and writes, termios2, modem lines, counters, queue lengths, exclusive
 * use, packet mode. Linux; the native modules are loaded at first use.
 *
 * @packageDocumentation
 */
export { watchDirectory } from './directory-watch.ts';
export { ErrorMarkDecoder, type MarkedBytes } from './error-marks.ts';
export { setExclusive } from './exclusive.ts';
export { type FaultModes, faultModesOf } from './fault-modes.ts';
export { lockFile, tryLockFile } from './file-lock.ts';
export { isHungUp } from './hang-up.ts';
export { KernelTty } from './kernel-tty.ts';
export {
  applyLineSettings,
  type LineSettings,
  lineSettingsOf,
  readLineSettings,
  withLineSettings,
} from './line-settings.ts';
export { setLowLatency, type Tuning } from './low-latency.ts';
export {
  type LineCounters,
  type ModemLines,
  readCounters,
  readModemLines,
  setBreak,
  setOutputs,
} from './modem-lines.ts';
export { duplicate, openPeer, openPty, openTty, type Pty } from './open-tty.ts';
export { type OpenEvents, type OpenWatch, watchOpens } from './open-watch.ts';
export { decodePacketStatus, enablePacketMode, hasExtproc, type PacketStatus, setExtproc } from './packet-mode.ts';
export { type Interest, PolledFd, type PolledFdHandlers } from './polled-fd.ts';
export { preloadNatives } from './preload-natives.ts';
export { flushQueues, inputQueueBytes, isTransmitterEmpty, outputQueueBytes } from './queues.ts';
export { type Rs485, setRs485 } from './rs485.ts';
export type { SerialTty } from './serial-tty.ts';
export { closeFd } from './system-calls.ts';
export {
  hasErrorMarks,
  makeRaw,
  readTermios,
  type Termios,
  termiosFlags,
  withErrorMarks,
  writeTermios,
} from './termios.ts';
export { TtyError } from './tty-error.ts';
export { sendUnixDatagram } from './unix-datagram.ts';
export { keepUrgentData } from './urgent-data.ts';
