import { setTimeout as wait } from 'node:timers/promises';
import { RunningChain } from '../chains/running-chain.mjs';
import { memoryOf } from '../machine/process-memory.mjs';

const ports = 256;
const usedBytes = 1000;
const seed = 6;

/** What processes need for many ports that are open at both ends. No port has a log: nothing has come. */
export const memory = {
  rows: [{ name: 'memory', title: `memory with ${ports} ports`, chains: ['article', 'sercli'], isSlow: true, measure }],
};

async function measure(definition, { settleMs: longest }, place) {
  const settleMs = definition.isCompiledAsItRuns === true ? longest : 0;
  const one = await withChain(definition, 1, place, async (chain) => {
    await wait(settleMs);
    return memoryOf(chain.agentPids);
  });
  return withChain(definition, ports, place, async (chain) => {
    await wait(settleMs);
    const agent = memoryOf(chain.agentPids);
    const client = memoryOf(chain.clientPids);
    await useAllPorts(chain);
    const perFurtherPort = (now) => (now.own - one.own) / (ports - 1);
    return {
      values: {
        clientMemory: client.proportional / 1e6,
        clientResident: client.resident / 1e6,
        agentPerPort: perFurtherPort(agent) / 1000,
        agentPerUsedPort: perFurtherPort(memoryOf(chain.agentPids)) / 1000,
      },
    };
  });
}

async function withChain(definition, portCount, place, look) {
  const chain = await RunningChain.start(definition, portCount, place);
  try {
    return await look(chain);
  } finally {
    await chain.close();
  }
}

/** Some bytes each way on each port: buffers that are made when they are needed are there then, and so are logs. */
async function useAllPorts({ device, application }) {
  const ways = [
    [device, application],
    [application, device],
  ];
  for (let port = 0; port < ports; port += 1) {
    for (const [from, to] of ways) {
      const receiver = to.start('receive', port, seed, 0, usedBytes);
      await from.run('send', port, seed, 0, usedBytes);
      await receiver.result();
    }
  }
}
