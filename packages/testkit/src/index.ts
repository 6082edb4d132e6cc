/**
 * What tests of several packages share: the compliance suite of SerialLink, a consumer of a link, virtual time, faults
 * and what finds them.
 *
 * @packageDocumentation
 */
export { ByteLog, firstDifference, patternBytes } from './byte-log.ts';
export { ChildProgram, type ProgramExit, type ProgramOptions } from './child-program.ts';
export { type ByteRange, commonRanges, remainingRanges, totalBytes } from './faults/byte-ranges.ts';
export { isFlawless, type StreamReport } from './faults/counter-checker.ts';
export { CounterSink } from './faults/counter-sink.ts';
export { CounterStream } from './faults/counter-stream.ts';
export { FaultProxy } from './faults/fault-proxy.ts';
export { type NetworkFault, randomCuts, randomFaults } from './faults/network-faults.ts';
export { PortApplication } from './faults/port-application.ts';
export { UartFarEnd } from './faults/uart-far-end.ts';
export { LinkApplication } from './link-application.ts';
export {
  createNetworkChain,
  createNetworkPair,
  type NetworkChain,
  type NetworkNamespace,
  type NetworkPair,
} from './network-namespaces.ts';
export { PtyFarEnd } from './pty-far-end.ts';
export { type Requirements, requires, systemPython } from './requirements.ts';
export {
  type Bench,
  type EchoEnd,
  type FarEndKind,
  type LinkUnderTest,
  serialLinkSuite,
  type WireEnd,
} from './serial-link-suite.ts';
export { TerminalProgram } from './terminal-program.ts';
export { VirtualClock } from './virtual-clock.ts';
export { VirtualUart, type VirtualUartOptions } from './virtual-uart.ts';
export { within } from './within.ts';
