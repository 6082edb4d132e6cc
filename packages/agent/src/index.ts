/**
 * The machine with the hardware: an agent serves its serial ports over the network.
 *
 * @packageDocumentation
 */
export { Agent, type AgentOptions, defaultStateDirectory } from './agent.ts';
export { openDevice } from './devices/device.ts';
export { type DeviceInfo, listDevices } from './devices/list-devices.ts';
export { type PortSpec, parsePortSpec } from './devices/port-spec.ts';
export { type Logger, silentLogger } from './logger.ts';
export { defaultPortPolicy, type PortPolicy } from './ports/served-port.ts';
