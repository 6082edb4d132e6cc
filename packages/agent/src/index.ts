/**
 * The machine with the hardware: an agent serves its serial ports over the network.
 *
 * @packageDocumentation
 */
export { type Discovery, discoveryOnDemand } from '@sercli/discovery';
export { controlDirectory } from '@sercli/link';
export {
  type AccepterAdvertisement,
  type AccepterConfig,
  accepterOf,
  type BusyRule,
  type PlacedAccepter,
} from './accepters/accepter-config.ts';
export { parseTcpFlag } from './accepters/accepter-place.ts';
export type { ClientRegister } from './access/client-register.ts';
export { Agent, type AgentOptions, type AgentPorts } from './agent.ts';
export {
  type AttachmentConfig,
  type Config,
  type LogLevel,
  type MatchedSpec,
  type PortConfig,
  portConfigOf,
} from './config/config.ts';
export { configSchema } from './config/config-shape.ts';
export type { DeviceMatch } from './config/device-match.ts';
export { findConfig } from './config/find-config.ts';
export { parseConfig } from './config/parse-config.ts';
export { readConfig } from './config/read-config.ts';
export { openDevice } from './devices/device.ts';
export { type DeviceInfo, listDevices } from './devices/list-devices.ts';
export { type PortSpec, parsePortSpec } from './devices/port-spec.ts';
export { type Logger, silentLogger } from './logger.ts';
export { defaultPortPolicy, type PortPolicy } from './ports/served-port.ts';
export { formatOf, type ImportedSer2net, importSer2net, type Ser2netText } from './ser2net/import-ser2net.ts';
export { machineFiles } from './ser2net/machine-files.ts';
export { Ser2netServer } from './ser2net/ser2net-server.ts';
export type { NamedFiles, Ser2netNote } from './ser2net/statement.ts';
export { syslogLogger } from './ser2net/syslog-logger.ts';
export { ServiceNotifier } from './service-notifier.ts';
export { simulatorKinds } from './simulators/simulators.ts';
