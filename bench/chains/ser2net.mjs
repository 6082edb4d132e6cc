import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { articleSocat, gensiot, socat, startClients } from './clients.mjs';
import { freeTcpPorts, untilListening } from './listening.mjs';
import { startProgram } from './program.mjs';

/** What makes ser2net fast: no Nagle's algorithm, no waiting for more characters, large buffers. */
const tunedOptions = {
  accepterOptions: '(nodelay)',
  connectionOptions: { chardelay: false, 'dev-to-net-bufsize': 16384, 'net-to-dev-bufsize': 16384 },
};

/** ser2net and a socat for each port, as in the article and with every default. */
export const article = {
  name: 'article',
  title: 'ser2net + socat, as in the article',
  needs: ['ser2net', 'socat'],
  start: (place) => startChain(place, articleSocat, {}),
};

/** The same with what makes it fast. */
export const tuned = {
  name: 'tuned',
  title: 'ser2net tuned + socat',
  needs: ['ser2net', 'socat'],
  start: (place) => startChain(place, socat, tunedOptions),
};

/** The same by RFC 2217, with a client that speaks it. */
export const rfc2217 = {
  name: 'rfc2217',
  title: 'ser2net tuned + gensiot, by RFC 2217',
  needs: ['ser2net', 'gensiot'],
  start: (place) => startChain(place, gensiot, { ...tunedOptions, accepterProtocol: 'telnet(rfc2217),' }),
};

async function startChain({ folder, devices }, client, options) {
  const tcpPorts = await freeTcpPorts(devices.length);
  const agent = await startSer2net({ folder, devices }, tcpPorts, options);
  return { agents: [agent], ...(await startClients(folder, tcpPorts, client)) };
}

/** Starts ser2net, which listens on a TCP port for each device. */
export async function startSer2net(place, tcpPorts, options = {}) {
  const [file, ...args] = ser2netCommand(place, tcpPorts, options);
  const program = await startProgram(file, args);
  await untilListening(tcpPorts);
  return program;
}

/** The command line of a ser2net whose configuration it writes. In the foreground: a daemon would be nobody's child. */
export function ser2netCommand({ folder, devices }, tcpPorts, options = {}) {
  const file = join(folder, 'ser2net.yaml');
  writeFileSync(file, configuration(devices, tcpPorts, options));
  return ['ser2net', '-n', '-d', '-c', file];
}

function configuration(devices, tcpPorts, { accepterProtocol = '', accepterOptions = '', connectionOptions = {} }) {
  const connections = devices.map((device, index) =>
    [
      `connection: &port${index}`,
      `  accepter: ${accepterProtocol}tcp${accepterOptions},127.0.0.1,${tcpPorts[index]}`,
      `  connector: serialdev(nouucplock=true),${device},115200n81`,
      '  options:',
      ...Object.entries({ 'max-connections': 1, ...connectionOptions }).map(([name, value]) => `    ${name}: ${value}`),
    ].join('\n'),
  );
  return ['%YAML 1.1', '---', ...connections, ''].join('\n');
}
