import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { RunningChain } from '../chains/running-chain.mjs';
import { bytesPerSecond } from './line-rate.mjs';

const run = promisify(execFile);
const seed = 5;
/** The others hold what the first does: what fits into the kernel's sockets. */
const chains = ['article', 'sercli'];
/** How long a flush may take to reach the device, and bytes in kernel buffers to come up, in milliseconds. */
const flushMs = 500;
const settleMs = 50;

/** An application that writes all it can at 115200: what of it the chain holds, and what tcflush(3) discards. */
export const heldBytes = {
  rows: [
    {
      name: 'held',
      title: 'bytes held while an application writes all it can at 115200',
      chains,
      isSlow: true,
      measure: held,
    },
    { name: 'flush', title: 'bytes that reach the device after tcflush', chains, isSlow: true, measure: late },
  ],
};

/** Written, and neither at the device nor in one of the kernel's pseudo terminals. */
function held(definition, { fillMs }, place) {
  return withFullChain(definition, fillMs, place, async ({ chain, sender, receiver }) => {
    // Nothing moves any more, so that the numbers are of one moment.
    stopAll([...chain.clientPids, ...chain.agentPids]);
    const written = (await sender.stop()).bytes;
    const arrived = (await receiver.stop()).bytes;
    const inDriver = await emptyDriver(chain);
    const inTerminal = await terminalContent(chain, place.programs);
    const bytes = written - arrived - inDriver - inTerminal;
    return { values: { heldTime: (1000 * bytes) / bytesPerSecond, heldBytes: bytes / 1000, inTerminal, inDriver } };
  });
}

/** What the driver had taken when the flush was over cannot be called back, all else can. */
function late(definition, { fillMs }, place) {
  return withFullChain(definition, fillMs, place, async ({ chain, sender, receiver }) => {
    await sender.stop();
    await receiver.stop();
    await chain.application.run('flush', 0);
    await wait(flushMs);
    stopAll(chain.agentPids);
    const inDriver = await emptyDriver(chain);
    for (const pid of chain.agentPids) process.kill(pid, 'SIGCONT');
    return { values: { lateBytes: (await emptyChain(chain)) / 1000, inDriver } };
  });
}

async function withFullChain(definition, fillMs, place, look) {
  const chain = await RunningChain.start(definition, 1, place);
  try {
    const receiver = chain.device.start('receive', 0, seed, bytesPerSecond, 0);
    const sender = chain.application.start('send', 0, seed, 0, 0);
    await wait(fillMs);
    return await look({ chain, sender, receiver });
  } finally {
    await chain.close();
  }
}

function stopAll(pids) {
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
}

/** The kernel moves bytes from buffer to buffer as they are read: empty is what stays empty. */
async function emptyDriver({ device }) {
  let total = 0;
  for (let isEmpty = false; !isEmpty; ) {
    const { bytes } = await device.run('empty', 0);
    total += bytes;
    isEmpty = bytes === 0;
    await wait(settleMs);
  }
  return total;
}

async function emptyChain(chain) {
  const first = await emptyDriver(chain);
  await wait(flushMs);
  return first + (await emptyDriver(chain));
}

async function terminalContent({ clientPids, links }, programs) {
  const outputs = await Promise.all(clientPids.map((pid) => run(programs['pty-content'], [String(pid), links[0]])));
  const [content] = outputs.flatMap(({ stdout }) => (stdout === '' ? [] : [Number(stdout)]));
  if (content === undefined) throw new Error('no client has the pseudo terminal of the link');
  return content;
}
