import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startProgram } from '../chains/program.mjs';
import { ping } from './round-trips.mjs';

const storm = fileURLToPath(new URL('../load/handshake-storm.mjs', import.meta.url));
const seed = 7;
/** How long a neighbour misbehaves before anything is measured, in milliseconds: an agent slows handshakes after the first 256. */
const leadMs = 1_000;
const startTimeoutMs = 30_000;

/** Port 0 is healthy, and somebody else is not. */
export const neighbours = {
  ports: 3,
  rows: [
    {
      name: 'stalled-neighbour',
      title: '1 byte there and back beside a port whose application does not read',
      chains: ['tuned', 'sercli'],
      measure: (chain, effort) => besides(chain, effort, stalledReader),
    },
    {
      name: 'held-neighbour',
      title: '1 byte there and back beside a port whose device takes nothing',
      chains: ['tuned', 'sercli'],
      measure: (chain, effort) => besides(chain, effort, heldDevice),
    },
    {
      name: 'handshake-storm',
      title: '1 byte there and back beside a client that does nothing but TLS handshakes',
      chains: ['sercli'],
      measure: (chain, effort) => besides(chain, effort, handshakeStorm),
    },
  ],
};

async function besides(chain, effort, misbehave) {
  const idle = await ping(chain, 1, effort);
  const neighbour = await misbehave(chain);
  await wait(leadMs);
  const { values, latencies } = await ping(chain, 1, effort);
  const told = await neighbour.end();
  return { values: { ...values, timesIdle: values.p99 / idle.values.p99, ...told }, latencies };
}

function stalledReader({ device, application }) {
  return unread(device, application, 1);
}

function heldDevice({ device, application }) {
  return unread(application, device, 2);
}

/** One end writes all it can and the other reads nothing; in the end it reads everything, and all of it has to be right. */
function unread(from, to, port) {
  const sender = from.start('send', port, seed, 0, 0);
  return {
    async end() {
      const { bytes } = await sender.stop();
      await to.start('receive', port, seed, 0, 0).expect(bytes);
    },
  };
}

async function handshakeStorm({ tcpPorts }) {
  const program = await startProgram(process.execPath, [storm, String(tcpPorts[0])]);
  // From the first handshake on; before it, Node starts.
  await program.stdout.waitFor(/begun/, startTimeoutMs);
  const startedMs = performance.now();
  return {
    async end() {
      program.stdin.end();
      await program.expectExit(0);
      const seconds = (performance.now() - startedMs) / 1000;
      return { handshakes: Number(/\d+/.exec(program.stdout.text)) / seconds };
    },
  };
}
