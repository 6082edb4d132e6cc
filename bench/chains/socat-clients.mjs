import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './listening.mjs';
import { startProgram } from './program.mjs';

/** The article's client for each port: `socat pty,link=LINK,rawer tcp:HOST:PORT`. */
export async function startSocatClients(folder, tcpPorts, tcpOptions = '') {
  const links = tcpPorts.map((_, index) => join(folder, `link-${index}`));
  const programs = await Promise.all(
    tcpPorts.map((tcpPort, index) =>
      startProgram('socat', [`pty,link=${links[index]},rawer`, `tcp:127.0.0.1:${tcpPort}${tcpOptions}`]),
    ),
  );
  await until(() => links.every((link) => existsSync(link)), 'socat has made its links');
  return { programs, links };
}
