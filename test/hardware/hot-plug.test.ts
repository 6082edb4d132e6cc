import { type ByteRange, CounterSink, CounterStream, type LinkApplication, totalBytes, within } from '@sercli/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { requiresGuest } from '../testbed/requires-guest.ts';
import { SerialHost } from '../testbed/serial-host.ts';
import type { UsbAdapter } from '../testbed/usb-adapter.ts';

const config = `
name: SerialMachine
ports:
  adapter: { match: { serial: A50285BI } }
  other: { match: { serial: FT0OTHER } }
`;

/** How often the adapter is pulled out. */
const rounds = 50;
/** Sent in each direction between two of them. */
const roundBytes = 4000;

/** How long each step of a round may take, and the last bytes. All rounds take as long as a busy machine needs. */
const stepTimeoutMs = 40_000;
const reachTimeoutMs = 30_000;

requiresGuest('USB adapters that come and go', () => {
  let host: SerialHost;
  let adapter: UsbAdapter;
  beforeAll(async () => {
    host = await SerialHost.start(config);
    adapter = await host.guest.makeAdapter('A50285BI');
    await adapter.plug();
    await host.portIs('adapter', ({ state }) => state === 'idle');
  });
  afterAll(() => host?.close());

  it(`${rounds} times with a session open: what is missing was told`, { timeout: 900_000 }, async () => {
    const application = await host.open('adapter');
    const fromDevice = new CounterStream(1);
    const toDevice = new CounterStream(2);
    let position = 0;
    const exchange = async (): Promise<void> => {
      adapter.far.send(fromDevice.bytes(position, roundBytes));
      const start = position;
      position += roundBytes;
      await application.send(toDevice.bytes(start, roundBytes));
    };
    for (let round = 0; round < rounds; round += 1) {
      const inTime = async (done: Promise<unknown>, what: string): Promise<void> => {
        try {
          await within(done, stepTimeoutMs, `round ${round}: ${what}`);
        } catch (error) {
          const state = JSON.stringify(application.link.state);
          const agentSays = host.agent.output.text.slice(-3000);
          throw new Error(`the link is ${state}, and the agent said at last:\n${agentSays}`, { cause: error });
        }
      };
      const start = application.link.readOffset;
      const exchanged = exchange();
      // The other half is on its way when the adapter goes.
      const half = application.until(() => application.link.readOffset >= start + roundBytes / 2);
      await inTime(half, 'half of the bytes come');
      await inTime(adapter.unplug(), 'the adapter goes');
      await inTime(
        application.until(() => application.link.state.kind === 'lost'),
        'the port is lost',
      );
      await inTime(adapter.plug(), 'the adapter comes');
      await inTime(
        application.until(() => application.link.state.kind === 'up'),
        'the port is back',
      );
      await inTime(exchanged, 'all bytes are taken');
    }
    const atDevice = new CounterSink('the device', toDevice);
    const atClient = new CounterSink('the client', fromDevice);
    adapter.far.tee(atDevice);
    let taken = 0;
    const isAllHere = (): boolean => {
      atClient.take(application.received.from(taken));
      taken = application.received.length;
      return atClient.position === position;
    };
    await exchange();
    await Promise.all([application.until(isAllHere), atDevice.reached(position, reachTimeoutMs)]);

    const lostByDevice = atDevice.report(position);
    const lostByClient = atClient.report(position);
    for (const { doubled, outOfOrder, foreign } of [lostByDevice, lostByClient]) {
      expect({ doubled, outOfOrder, foreign }).toEqual({ doubled: [], outOfOrder: [], foreign: [] });
    }
    const { gaps, inDoubtBytes } = toldTo(application);
    expect(gaps).toHaveLength(rounds);
    expect(totalBytes(lostByDevice.lost)).toBeLessThanOrEqual(inDoubtBytes);
    for (const place of placesOf(lostByClient.lost)) {
      // A hole is seen some bytes late when those behind it happen to be those that are expected.
      expect(gaps.some((gap) => place - gap >= 0 && place - gap < 8)).toBe(true);
    }
    await application.link.close();
  });

  it('come back by their serial number under another name of the kernel', async () => {
    const before = await host.portIs('adapter', ({ state }) => state === 'idle' || state === 'open');
    expect(before.device).toBe('/dev/ttyUSB0');
    await adapter.unplug();
    await host.portIs('adapter', ({ state }) => state === 'lost');
    const other = await host.guest.makeAdapter('FT0OTHER');
    await other.plug();
    await host.portIs('other', ({ state, device }) => state === 'idle' && device === '/dev/ttyUSB0');
    await adapter.plug();
    await host.portIs('adapter', ({ state, device }) => state === 'idle' && device === '/dev/ttyUSB1');
    const application = await host.open('adapter');
    const start = adapter.far.receivedBytes;
    await application.send(Buffer.from('to the same adapter'));
    expect(Buffer.from(await adapter.far.received(start, 19)).toString()).toBe('to the same adapter');
    await application.link.close();
  });
});

/** What was told to be missing: where in the received bytes, and how many of the written ones. */
function toldTo({ events }: LinkApplication): { gaps: number[]; inDoubtBytes: number } {
  return {
    gaps: events.flatMap((event) => (event.kind === 'gap' ? [event.offset] : [])),
    inDoubtBytes: events.reduce((sum, event) => sum + (event.kind === 'in-doubt' ? event.bytes : 0), 0),
  };
}

/** Where in the received bytes the holes are. */
function placesOf(holes: readonly ByteRange[]): number[] {
  let lost = 0;
  return holes.map(({ offset, length }) => {
    const place = offset - lost;
    lost += length;
    return place;
  });
}
