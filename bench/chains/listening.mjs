import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const stepMs = 5;
const patienceMs = 30_000;
/** TCP_LISTEN, as /proc/net/tcp writes it (proc(5)). */
const listening = '0A';

/** TCP ports of the loopback interface that nobody listens on. */
export async function freeTcpPorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const tcpPorts = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return tcpPorts;
}

/** Waits until somebody listens on all of them. Nobody is called: socat would take that for its one client. */
export function untilListening(tcpPorts) {
  return until(() => {
    const open = listeningTcpPorts();
    return tcpPorts.every((tcpPort) => open.has(tcpPort));
  }, `somebody listens on ${tcpPorts}`);
}

/** Waits for what another program does and nothing tells. */
export async function until(isSo, what) {
  const deadline = performance.now() + patienceMs;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`it takes longer than ${patienceMs} ms until ${what}`);
    await wait(stepMs);
  }
}

function listeningTcpPorts() {
  const rows = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1);
  const fields = rows.map((row) => row.trim().split(/\s+/));
  return new Set(
    fields.filter(([, , , state]) => state === listening).map(([, local]) => Number.parseInt(local.split(':')[1], 16)),
  );
}
