import { accessProtocols } from '@sercli/protocol';
import {
  type AccepterAdvertisement,
  type AccepterConfig,
  accepterOf,
  advertisedServices,
  busyRules,
} from '../accepters/accepter-config.ts';
import { parseAccepterListen, parseAccepterPlace } from '../accepters/accepter-place.ts';
import { parseNetwork } from '../accepters/allowed-networks.ts';
import type { ConfigNode } from './config-node.ts';
import { lineSettingsShape } from './line-settings-shape.ts';
import { flag, oneOf, parsedText, text, wholeNumber } from './scalar-shapes.ts';
import { described, either, mapping, named, oneOrSeveral, refined, type Shape, type ValuesOf } from './shape.ts';

/** A day, as for all that an agent waits for. */
const longestMs = 86_400_000;
/** As many sessions as a port has (`agentLimitTable.sessionsPerPort`). */
const mostSessions = 64;
const highestBytesPerSecond = 100_000_000;

const listenShape = parsedText('where to listen, as 3333 or 192.168.1.7:3333', parseAccepterListen, {
  allowsNumber: true,
  examples: [3333, '192.168.1.7:3333', ':3333'],
});

const networkShape = refined(
  text('an address or a network as 192.168.7.0/24', /^[0-9A-Fa-f.:]+(\/\d{1,3})?$/),
  (network, node) => {
    if (parseNetwork(network) !== undefined) return network;
    return void node.report('is no address and no network; write it as 192.168.7.0/24 or 2001:db8::/32');
  },
);

const templateShape = text('text of at most 1024 characters', /^.{1,1024}$/s);

/** RFC 6763 section 6.4: printable ASCII without `=`; section 6.1: an entry has 255 bytes at most. */
const textEntries = refined(
  named(/^[\x20-\x3c\x3e-\x7e]{1,32}$/, 'up to 32 printable characters without =', text('text', /^.{0,128}$/s)),
  (entries) => Object.fromEntries(entries.map(({ name, value }) => [name, value])),
);

const serviceShape = oneOf(advertisedServices);

const advertiseMapping = mapping({
  service: described(
    'As what: iostream (ser2net and openHAB), zwave (Z-Wave JS), zigbee-coordinator (Zigbee2MQTT, Home Assistant).',
    serviceShape,
  ),
  name: described(
    'What it is called there, at most 63 bytes; PORT on AGENT unless said otherwise.',
    refined(text('a name of at most 63 bytes', /^[^\p{C}]{1,63}$/u), (name, node) => {
      if (Buffer.byteLength(name) <= 63) return name;
      return void node.report('must be a name of at most 63 bytes');
    }),
  ),
  radioType: described(
    'Of a zigbee-coordinator: what its firmware speaks.',
    oneOf(['znp', 'ezsp', 'deconz', 'zigate', 'xbee', 'zboss']),
  ),
  text: described('Entries of its TXT record, besides and instead of those that the agent makes.', textEntries),
});

const advertiseShape: Shape<AccepterAdvertisement> = either(
  refined(serviceShape, (service, node) => checkedAdvertisement({ service }, node)),
  'mapping',
  refined(advertiseMapping, checkedAdvertisement, { required: ['service'] }),
);

function checkedAdvertisement(
  { service, name, radioType, text: entries = {} }: ValuesOf<AdvertiseShapes>,
  node: ConfigNode,
): AccepterAdvertisement | undefined {
  if (service === undefined) {
    return void node.report(`does not say as what; add service, one of ${advertisedServices.join(', ')}`);
  }
  const isZigbee = service === 'zigbee-coordinator';
  // Those who look for coordinators pass over one that does not say how to speak to it.
  if (isZigbee && radioType === undefined) return void node.report('has no radioType; add one, as radioType: ezsp');
  if (!isZigbee && radioType !== undefined) {
    return void node.report('has a radioType, which only a zigbee-coordinator has; remove it');
  }
  const radio = radioType === undefined ? {} : { radio_type: radioType };
  return { service, ...(name === undefined ? {} : { name }), text: { ...radio, ...entries } };
}

type AdvertiseShapes = {
  service: typeof serviceShape;
  name: Shape<string>;
  radioType: Shape<string>;
  text: typeof textEntries;
};

/** What can be said of an accepter besides where it listens and what it serves. */
export const accepterOptionShapes = {
  protocol: described(
    'What its clients speak; auto, which is what it is unless said otherwise, finds out for each.',
    oneOf(accessProtocols),
  ),
  settings: described(
    'What the line is set to when a client gets control; as the port is set unless said otherwise.',
    lineSettingsShape,
  ),
  onBusy: described(
    'What becomes of a client while another controls the port: refuse (unless said otherwise), monitor, share or replace.',
    oneOf(busyRules),
  ),
  allow: described(
    'Which addresses may connect: networks as 192.168.7.0/24, and addresses; everybody unless said otherwise.',
    oneOrSeveral(networkShape),
  ),
  maxSessions: described(
    'Clients at once; 1 unless said otherwise, 16 where onBusy is monitor or share.',
    wholeNumber(1, mostSessions, 'sessions'),
  ),
  idleMs: described(
    'After how long without a byte in either direction a client is disconnected, in milliseconds; 0 is never.',
    wholeNumber(0, longestMs, 'milliseconds'),
  ),
  pulseDtrMs: described(
    'For how long DTR is off when a client connects that controls the port, in milliseconds, before its first byte.',
    wholeNumber(0, 60_000, 'milliseconds'),
  ),
  paceBytesPerSecond: described(
    'How many bytes a second go to the device at most.',
    wholeNumber(1, highestBytesPerSecond, 'bytes a second'),
  ),
  remoteControl: described(
    'Whether clients may set the line and its modem lines; true unless said otherwise, false where protocol is telnet.',
    flag(),
  ),
  breakOnSync: described('Whether the synch signal of telnet sends a break.', flag()),
  signature: described(
    'What RFC 2217 clients are told that they are connected to.',
    text('text of at most 256 characters', /^.{1,256}$/s),
  ),
  banner: described("What a client is sent when it connects, with ser2net's escapes.", templateShape),
  openText: described('What the device is sent when the first client connects.', templateShape),
  closeText: described('What the device is sent when the last client leaves.', templateShape),
  enabled: described('Whether it listens; true unless said otherwise.', flag()),
  advertise: described('As what other software finds it by mDNS; as nothing unless said otherwise.', advertiseShape),
};

type SaidOptions = ValuesOf<typeof accepterOptionShapes>;

const longShape: Shape<AccepterConfig> = refined(
  mapping({
    listen: described(
      'Where it listens, one place or several: TCPPORT on the loopback interface, ADDRESS:TCPPORT, or :TCPPORT on all interfaces.',
      oneOrSeveral(listenShape),
    ),
    ...accepterOptionShapes,
  }),
  ({ listen, ...said }, node) => {
    if (listen === undefined || listen.length === 0) return void node.report('has no listen; add one, as listen: 3333');
    return checkedAccepter(listen, said, node);
  },
  { required: ['listen'] },
);

const shortShape: Shape<AccepterConfig> = refined(
  parsedText('[ADDRESS:]TCPPORT[,PROTOCOL]', parseAccepterPlace, {
    allowsNumber: true,
    examples: [3333, '192.168.1.7:3333,rfc2217', ':3333,raw'],
  }),
  ({ listen, protocol }) => accepterOf(listen, protocol === undefined ? {} : { protocol }),
);

/** One accepter or several: text, or a mapping. */
export const acceptersShape: Shape<readonly AccepterConfig[]> = oneOrSeveral(either(shortShape, 'mapping', longShape));

/** An accepter of what was said; reports what does not go together. */
export function checkedAccepter(
  listen: AccepterConfig['listen'],
  said: SaidOptions,
  node: ConfigNode,
): AccepterConfig | undefined {
  const config = accepterOf(listen, said);
  if (config.protocol === 'nullmodem' && config.advertise !== undefined) {
    return void node.report('is advertised, and no software that looks for such services speaks nullmodem');
  }
  return config;
}
