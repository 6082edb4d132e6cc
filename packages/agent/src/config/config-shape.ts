import { parseListenAddress } from '@sercli/protocol';
import { defaultPortPolicy } from '../ports/port-policy.ts';
import { attachmentsShape } from './attachments-shape.ts';
import { logLevels } from './config.ts';
import { reportOversizedLogs } from './log-sizes.ts';
import { byteSize, largestLogBytes, policyShapes } from './policy-shape.ts';
import { portsShape } from './ports-shape.ts';
import { rotatorsShape } from './rotators-shape.ts';
import { flag, oneOf, parsedText, text } from './scalar-shapes.ts';
import { sequencesShape } from './sequences-shape.ts';
import { described, either, type JsonSchema, list, mapping, refined } from './shape.ts';

const listenShape = parsedText('where to listen, as 192.168.1.7:7372', parseListenAddress, {
  examples: ['192.168.1.7:7372', '[::1]:7372', ':7372'],
});

/** A host in addresses, and one label of a DNS name: 63 bytes at most (RFC 1035 section 2.3.4). */
const agentName = text(
  'a name without spaces, colons, slashes, brackets, at signs and percent signs',
  /^[^\s:/[\]@%]{1,63}$/,
);

/** RFC 1123 section 2.1. */
const dnsName = text('a host name as serial.example.org', /^(?!-)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*$/);

const keys = mapping({
  name: described('What the agent is called; the host name unless said otherwise.', agentName),
  listen: described(
    'Where to listen: one or several of ADDRESS:TCPPORT. An address alone has TCP port 7372, :TCPPORT is all interfaces.',
    either(
      refined(listenShape, (place) => [place]),
      'sequence',
      refined(list(listenShape), (places) => places.map(({ value }) => value)),
    ),
  ),
  hostNames: described(
    'Names by which clients reach this machine, besides its own and that of the agent, with and without .local: those of DNS, as serial.example.org. Requests to other names are refused; IP addresses always work.',
    refined(list(dnsName), (names) => names.map(({ value }) => value)),
  ),
  open: described('Whether to serve everybody on private networks, on all interfaces, without authorisation.', flag()),
  all: described('Whether to serve every free port of the machine besides those named in ports.', flag()),
  log: described('The least that is logged.', oneOf(logLevels)),
  ...policyShapes,
  logMemory: described(
    'How much the logs of all ports together may keep, as 128MiB (unless said otherwise) or a number of bytes.',
    byteSize(defaultPortPolicy.logBytes, largestLogBytes),
  ),
  sequences: described(
    'Line sequences for sercli reset at every port, by name: mychip: "dtr=off,rts=on 100ms rts=off".',
    sequencesShape,
  ),
  ports: described(
    'The ports to serve, by name: DEVICE[,SETTINGS], or a mapping. Without any, every free one.',
    portsShape,
  ),
  rotators: described('Accepters that give each client the first of several ports that is free.', rotatorsShape),
  attachments: described('What sercli attach --config makes local here.', attachmentsShape),
});

/** All of a sercli.yaml: the one place where its keys are named. */
export const configShape = refined(keys, (said, root) => {
  reportOversizedLogs(root, said);
  return said;
});

/** For editors: what is published as schema/sercli.schema.json. */
export const configSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://unpkg.com/@sercli/agent/schema/sercli.schema.json',
  title: 'sercli.yaml',
  ...configShape.schema,
};
