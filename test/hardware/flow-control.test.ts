import type { LineSettings } from '@sercli/protocol';
import type { LinkApplication } from '@sercli/testkit';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { loopBack } from '../testbed/loop-back.ts';
import { requiresGuest } from '../testbed/requires-guest.ts';
import { SerialHost } from '../testbed/serial-host.ts';
import type { UsbAdapter } from '../testbed/usb-adapter.ts';

/** As many as Node has threads for operations that wait: were one of them used for each, nothing would go on. */
const heldPorts = ['ttyS0', 'ttyS1', 'ttyS4', 'ttyS5'];

const config = `
name: SerialMachine
ports:
  ttyS0: /dev/ttyS0
  ttyS1: /dev/ttyS1
  ttyS4: /dev/ttyS4
  ttyS5: /dev/ttyS5
  adapter: { match: { serial: A50285BI } }
`;
const [xon, xoff] = [0x11, 0x13];

/** A hundred times what a round trip of a byte takes in the guest; one that waited for a held port would take 30 s. */
const roundTripLimitMs = 2_000;

requiresGuest('flow control', () => {
  let host: SerialHost;
  let adapter: UsbAdapter;
  beforeAll(async () => {
    host = await SerialHost.start(config);
    adapter = await host.guest.makeAdapter('A50285BI');
    await adapter.plug();
    await host.portIs('adapter', ({ state }) => state === 'idle');
  });
  afterAll(() => host?.close());

  const open = async (port: string, flowControl: LineSettings['flowControl']): Promise<LinkApplication> => {
    const application = await host.open(port, { settings: { flowControl } });
    onTestFinished(() => application.link.close());
    return application;
  };
  const bytesSince = (mark: number): number[] =>
    host.guest.trace.since(mark).flatMap((event) => (event.kind === 'byte' ? [event.value] : []));
  /** Resolves when the driver has what is written: changes follow bytes. A UART that nothing holds has sent it by then. */
  const write = async (application: LinkApplication, text: string): Promise<void> => {
    await application.send(Buffer.from(text));
    await application.link.configure({});
  };
  const roundTrip = async (application: LinkApplication): Promise<void> => {
    const [there, back] = [adapter.far.receivedBytes, application.received.length];
    await application.send(Buffer.from('?'));
    await adapter.far.received(there, 1);
    adapter.far.send(Buffer.from('!'));
    await application.until(() => application.received.length > back);
  };

  it('XOFF from the far end holds what a UART sends until XON; the application sees neither', async () => {
    const application = await open('ttyS0', 'software');
    const far = host.guest.far('ttyS0');
    const [mark, start] = [host.guest.trace.mark(), far.receivedBytes];
    far.send(Buffer.from([xoff, ...Buffer.from('now')]));
    await application.until(() => application.received.length === 3);
    await write(application, 'held');
    far.send(Buffer.from('still'));
    await application.until(() => application.received.length === 8);
    expect(bytesSince(mark)).toEqual([]);
    far.send(Buffer.from([xon]));
    expect(Buffer.from(await far.received(start, 4)).toString()).toBe('held');
    await application.link.drain();
    expect(Buffer.from(application.received.from()).toString()).toBe('nowstill');
  });

  it('without it XOFF and XON are bytes like others', async () => {
    const application = await open('ttyS0', 'none');
    const far = host.guest.far('ttyS0');
    const start = far.receivedBytes;
    far.send(Buffer.from([xoff]));
    await application.until(() => application.received.length === 1);
    await write(application, 'free');
    expect(Buffer.from(await far.received(start, 4)).toString()).toBe('free');
    far.send(Buffer.from([xon]));
    await application.until(() => application.received.length === 2);
    expect([...application.received.from()]).toEqual([xoff, xon]);
  });

  it(`${heldPorts.length} ports whose CTS is off, with bytes to be drained, do not delay a fifth`, async () => {
    const fifth = await open('adapter', 'none');
    const held: LinkApplication[] = [];
    for (const port of heldPorts) {
      const application = await open(port, 'none');
      held.push(application);
      // Looped, RTS is CTS.
      await loopBack(host.guest, port);
      await application.link.runSequence([{ rts: false }]);
      await application.link.configure({ flowControl: 'hardware' });
    }
    const mark = host.guest.trace.mark();
    const drained: string[] = [];
    await Promise.all(held.map((application) => write(application, 'held')));
    const waiting = held.map(async ({ link }, index) => {
      await link.drain();
      drained.push(heldPorts[index] ?? '');
    });
    for (let trip = 0; trip < 20; trip += 1) {
      const start = performance.now();
      await roundTrip(fifth);
      expect(performance.now() - start).toBeLessThan(roundTripLimitMs);
    }
    expect(bytesSince(mark)).toEqual([]);
    expect(drained).toEqual([]);
    // Nothing holds them any more.
    for (const { link } of held) await link.configure({ flowControl: 'none' });
    await Promise.all(waiting);
    expect(Buffer.from(bytesSince(mark)).toString()).toBe('held'.repeat(heldPorts.length));
  });
});
