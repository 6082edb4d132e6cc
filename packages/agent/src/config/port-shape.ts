import { SercliError } from '@sercli/protocol';
import { type PortSpec, parsePortSpec } from '../devices/port-spec.ts';
import { acceptersShape } from './accepter-shape.ts';
import type { MatchedSpec, PortConfig } from './config.ts';
import type { ConfigNode } from './config-node.ts';
import type { DeviceMatch } from './device-match.ts';
import { lineSettingsShape } from './line-settings-shape.ts';
import { policyShapes, splitPolicy } from './policy-shape.ts';
import { rs485Shape } from './rs485-shape.ts';
import { flag, oneOf, parsedText, text } from './scalar-shapes.ts';
import { sequencesShape } from './sequences-shape.ts';
import { described, either, mapping, refined, type Shape } from './shape.ts';
import { tracesShape } from './trace-shape.ts';

/** What a port says of itself below its name. */
export type UnnamedPort = (name: string) => PortConfig;

const deviceShape = parsedText('a device', parseDevice, {
  examples: ['/dev/ttyUSB0', '/dev/ttyUSB0,9600,7E1', 'sim:modem', 'exec:bash'],
});

const usbId = refined(text('four hexadecimal digits', /^[0-9A-Fa-f]{4}$/), (id) => id.toLowerCase());

const matchShape: Shape<DeviceMatch> = refined(
  mapping({
    serial: described('Serial number of the USB device.', text('a serial number')),
    byId: described('Name in /dev/serial/by-id; * and ? stand for any characters and any one.', text('a name')),
    path: described(
      'Path of the device; * and ? stand for any characters and any one.',
      text('a path as /dev/ttyUSB*', /^\//),
    ),
    vendor: described('Vendor id of the USB device, four hexadecimal digits.', usbId),
    product: described('Product id of the USB device, four hexadecimal digits.', usbId),
  }),
  (match, node) => {
    if (Object.keys(match).length > 0) return match;
    return void node.report('matches every device; name its serial, byId, path, vendor or product');
  },
  { minProperties: 1 },
);

const level = oneOf(['on', 'off']);

const longShape = mapping({
  device: described('A path, sim:KIND or exec:COMMAND, with line settings behind a comma or without.', deviceShape),
  match: described('Which device it is, wherever it is plugged in; all that is said must fit.', matchShape),
  settings: described('What the line is set to when the device is opened.', lineSettingsShape),
  fixed: described('Whether settings that clients make are refused and reported.', flag()),
  description: described('For the people who list the ports.', text('text of at most 256 characters', /^.{1,256}$/s)),
  ...policyShapes,
  hupcl: described('Whether DTR and RTS fall when the device is closed; true unless said otherwise.', flag()),
  dtr: described('DTR when the device is opened.', level),
  rts: described('RTS when the device is opened.', level),
  lowLatency: described(
    'Whether the driver hands on at once what it receives; on USB, true unless said otherwise.',
    flag(),
  ),
  rs485: described('A two-wire RS-485 line, which the driver turns around by RTS.', rs485Shape),
  tcp: described(
    'Accepters: TCP ports on which programs without sercli reach the port; whoever connects is not asked who it is.',
    acceptersShape,
  ),
  trace: described('Files that are kept of what passes the port while it has sessions: one or several.', tracesShape),
  uucpLock: described(
    'Whether a lock file is made in /var/lock while the device is open; true unless said otherwise.',
    flag(),
  ),
  sequences: described(
    'Line sequences for sercli reset at this port, by name, besides those for every port.',
    sequencesShape,
  ),
});

type LongPort = typeof longShape extends Shape<infer Value> ? Value : never;

/** The text after `--port NAME=`, or a mapping. */
export const portShape: Shape<UnnamedPort> = either(
  refined(deviceShape, (spec): UnnamedPort => shortPort(spec)),
  'mapping',
  refined(longShape, longPort, { oneOf: [{ required: ['device'] }, { required: ['match'] }] }),
);

/** Of a port whose name is not at hand: that of the answer means nothing. */
function parseDevice(device: string): PortSpec {
  try {
    return parsePortSpec(`port=${device}`);
  } catch (error) {
    if (!(error instanceof SercliError) || error.code !== 'bad-port-spec') throw error;
    const { reason } = (error as SercliError<'bad-port-spec'>).fields;
    throw new SercliError('bad-port-spec', { spec: device, reason });
  }
}

function shortPort(spec: PortSpec): UnnamedPort {
  return (name) => ({ spec: { ...spec, name }, isFixed: false, policy: {}, outputs: {}, accepters: [] });
}

function longPort(port: LongPort, node: ConfigNode): UnnamedPort | undefined {
  const spec = specOf(port, node);
  if (spec === undefined) return undefined;
  const { policy, rest } = splitPolicy(port);
  const { fixed = false, description, hupcl, dtr, rts, lowLatency, rs485, sequences, tcp: accepters = [] } = rest;
  const { trace: traces, uucpLock: takesLockFile } = rest;
  return (name) => ({
    spec: { ...spec, name },
    isFixed: fixed,
    policy,
    accepters,
    outputs: {
      ...(dtr === undefined ? {} : { dtr: dtr === 'on' }),
      ...(rts === undefined ? {} : { rts: rts === 'on' }),
    },
    ...(description === undefined ? {} : { description }),
    ...(sequences === undefined ? {} : { sequences }),
    ...(hupcl === undefined ? {} : { hangsUpOnClose: hupcl }),
    ...(lowLatency === undefined ? {} : { lowLatency }),
    ...(rs485 === undefined ? {} : { rs485 }),
    ...(traces === undefined ? {} : { traces }),
    ...(takesLockFile === undefined ? {} : { takesLockFile }),
  });
}

function specOf({ device, match, settings = {} }: LongPort, node: ConfigNode): PortSpec | MatchedSpec | undefined {
  if (device !== undefined && match !== undefined) return void node.report('has both device and match; remove one');
  if (match !== undefined) return { kind: 'matched', name: '', match, settings };
  if (device === undefined) return void node.report('has no device; name one with device, or describe it with match');
  if (Object.keys(device.settings).length === 0) return { ...device, settings };
  if (Object.keys(settings).length === 0) return device;
  return void node.report('has its settings twice; remove those behind the comma of device');
}
