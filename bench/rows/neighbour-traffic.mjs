import { setTimeout as wait } from 'node:timers/promises';

/** How long it runs before anything is measured beside it, in milliseconds. */
const leadMs = 200;
const seed = 2;

/** A stream from device to application on another port, at so many bytes per second or as fast as it can (0). */
export async function startNeighbour(chain, port, rate) {
  const receiver = chain.application.start('receive', port, seed, 0, 0);
  const sender = chain.device.start('send', port, seed, rate, 0);
  await wait(leadMs);
  return {
    /** Ends it when all that was sent has come; resolves to its rate in MB/s. */
    async stop() {
      const { bytes, startedNs, endedNs } = await sender.stop();
      await receiver.expect(bytes);
      return (bytes * 1000) / (endedNs - startedNs);
    },
  };
}
