import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './listening.mjs';
import { startProgram } from './program.mjs';

/** The article's client: `socat pty,link=LINK,rawer tcp:HOST:PORT`. */
export function articleSocat(link, tcpPort) {
  return ['socat', `pty,link=${link},rawer`, `tcp:127.0.0.1:${tcpPort}`];
}

/** The same without Nagle's algorithm. */
export function socat(link, tcpPort) {
  return ['socat', `pty,link=${link},rawer`, `tcp:127.0.0.1:${tcpPort},nodelay`];
}

/** ser2net's own library as a client, which speaks RFC 2217. */
export function gensiot(link, tcpPort) {
  return ['gensiot', '-i', `pty(raw,link=${link})`, `telnet(rfc2217),tcp(nodelay),127.0.0.1,${tcpPort}`];
}

/** Starts a client for each TCP port. `{ clients, links, tcpPorts }` is the client's part of a running chain. */
export async function startClients(folder, tcpPorts, commandOf) {
  const links = tcpPorts.map((_, index) => join(folder, `link-${index}`));
  const clients = await Promise.all(
    tcpPorts.map((tcpPort, index) => {
      const [file, ...args] = commandOf(links[index], tcpPort);
      return startProgram(file, args);
    }),
  );
  await until(() => links.every((link) => existsSync(link)), 'the clients have made their links');
  return { clients, links, tcpPorts };
}
