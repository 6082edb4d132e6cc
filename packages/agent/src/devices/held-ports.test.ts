import { performance } from 'node:perf_hooks';
import { defaultLineSettings, SercliError } from '@sercli/protocol';
import { LinkApplication, PtyFarEnd, patternBytes, VirtualClock, VirtualUart } from '@sercli/testkit';
import { KernelTty, makeRaw, openTty, readTermios, writeTermios } from '@sercli/tty';
import { afterEach, expect, it } from 'vitest';
import { TtyLink } from './tty-link.ts';

/** As many as the thread pool has threads: operations that wait in it would stop the whole agent. */
const heldPorts = 4;

const farEnds: PtyFarEnd[] = [];
afterEach(() => {
  for (const farEnd of farEnds.splice(0)) farEnd.close();
});

function openPort(): { readonly farEnd: PtyFarEnd; readonly application: LinkApplication } {
  const farEnd = new PtyFarEnd();
  farEnds.push(farEnd);
  const fd = openTty(farEnd.path);
  writeTermios(fd, makeRaw(readTermios(fd)), 'now');
  const link = new TtyLink({ info: { name: 'pts', device: farEnd.path }, tty: new KernelTty(fd) });
  farEnd.start();
  return { farEnd, application: new LinkApplication(link) };
}

/** The longest of a hundred round trips of one byte, in milliseconds. */
async function slowestRoundTrip({ farEnd, application }: ReturnType<typeof openPort>): Promise<number> {
  farEnd.onBytes((bytes) => farEnd.write(bytes));
  let slowest = 0;
  for (let trip = 0; trip < 100; trip += 1) {
    const start = performance.now();
    const { length } = application.received;
    application.link.write(Uint8Array.of(trip));
    await application.until(() => application.received.length > length);
    slowest = Math.max(slowest, performance.now() - start);
  }
  return slowest;
}

it('ports whose bytes are held delay no other one, whatever waits for them, and close in time', async () => {
  const held = Array.from({ length: heldPorts }, openPort);
  const waiting = held.map(({ farEnd, application: { link } }) => {
    farEnd.pause();
    while (link.write(patternBytes(4096)) > 0);
    return Promise.allSettled([link.drain(), link.configure({ baudRate: 300 }), link.drain()]);
  });
  expect(await slowestRoundTrip(openPort())).toBeLessThan(100);
  const start = performance.now();
  for (const { application } of held) application.link.abort(new SercliError('aborted', { what: 'the test' }));
  await Promise.all(held.map(({ application }) => application.link.closed));
  await Promise.all(waiting);
  expect(performance.now() - start).toBeLessThan(1000);
});

it('a UART whose CTS holds everything delays nothing on its clock, and is drained when CTS lets it go', async () => {
  const clock = new VirtualClock();
  const settings = { ...defaultLineSettings, flowControl: 'hardware' } as const;
  const uart = new VirtualUart({ clock, settings });
  const link = new TtyLink({ info: { name: 'ttyS0', device: '/dev/ttyS0' }, tty: uart, clock });
  uart.setInputs({ cts: false });
  link.write(Buffer.from('held'));
  let isDrained = false;
  const drained = link.drain().then(() => {
    isDrained = true;
  });
  await clock.advance(60_000);
  expect(isDrained).toBe(false);
  uart.setInputs({ cts: true });
  await clock.advance(100);
  await drained;
  expect(uart.log).toEqual(['h', 'e', 'l', 'd']);
});
