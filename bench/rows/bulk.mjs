import { processorSeconds } from '../machine/processor-time.mjs';

/** Everything as fast as it goes, and the processor time that it takes. */
export const bulk = {
  ports: 1,
  rows: [
    {
      name: 'bulk-in',
      title: 'bulk, device to application',
      measure: (chain, effort) => transfer(chain, ['in'], effort),
    },
    {
      name: 'bulk-out',
      title: 'bulk, application to device',
      measure: (chain, effort) => transfer(chain, ['out'], effort),
    },
    {
      name: 'bulk-both',
      title: 'bulk, both ways at once',
      measure: (chain, effort) => transfer(chain, ['in', 'out'], effort),
    },
  ],
};

/** Moves bytes in each of the directions at once: how fast, and what it costs. */
export async function transfer(chain, directions, { bulkBytes }) {
  const usedBefore = used(chain);
  const ends = await Promise.all(directions.map((direction) => stream(chain, direction, bulkBytes)));
  const usedAfter = used(chain);
  const startedNs = Math.min(...ends.map((end) => end.startedNs));
  const endedNs = Math.max(...ends.map((end) => end.endedNs));
  const bytes = directions.length * bulkBytes;
  const perHundredMegabytes = (part) => ((usedAfter[part] - usedBefore[part]) * 100e6) / bytes;
  return {
    values: {
      rate: (bytes * 1000) / (endedNs - startedNs),
      agentCpu: perHundredMegabytes('agent'),
      clientCpu: perHundredMegabytes('client'),
    },
  };
}

async function stream({ application, device }, direction, bytes) {
  const [from, to, seed] = direction === 'in' ? [device, application, 3] : [application, device, 4];
  const receiver = to.start('receive', 0, seed, 0, bytes);
  const { startedNs } = await from.run('send', 0, seed, 0, bytes);
  const { endedNs } = await receiver.result();
  return { startedNs, endedNs };
}

function used(chain) {
  return { agent: processorSeconds(chain.agentPids), client: processorSeconds(chain.clientPids) };
}
