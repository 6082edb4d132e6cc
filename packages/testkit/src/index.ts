/**
 * What tests of several packages share: the compliance suite of SerialLink, a consumer of a link, virtual time.
 *
 * @packageDocumentation
 */
export { ByteLog, firstDifference, patternBytes } from './byte-log.ts';
export { ChildProgram, type ProgramExit, type ProgramOptions } from './child-program.ts';
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
