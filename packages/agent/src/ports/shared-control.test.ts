import { VirtualClock } from '@sercli/testkit';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { WhenBusy } from './port-control.ts';
import { anna, bob, PortBench, type Reader } from './testing/port-bench.ts';

const carl = { name: 'carl@shed', address: '10.0.0.4:1' };

describe('a port that several control', () => {
  let bench: PortBench;
  let clock: VirtualClock;
  beforeEach(() => {
    clock = new VirtualClock();
    bench = new PortBench(clock);
  });

  it('takes bytes and settings from each of them, and tells each who else there is', async () => {
    const first = await bench.open();
    const watcher = await bench.open({ role: 'monitor', holder: carl });
    const second = await bench.open({ holder: bob, whenBusy: 'share' });
    expect([first.link.hasControl, second.link.hasControl, watcher.link.hasControl]).toEqual([true, true, false]);
    expect(first.told('control')).toMatchObject([{ hasControl: true, controller: bob }]);
    expect(watcher.told('control')).toMatchObject([{ hasControl: false, controller: { ...anna, others: [bob] } }]);
    expect(bench.port.controllerBeside(second.link)).toMatchObject(anna);
    first.write('one ');
    second.write('two ');
    first.write('three');
    expect(bench.device.written.join('')).toBe('one two three');
    await second.link.configure({ baudRate: 1200 });
    expect(bench.device.settings.baudRate).toBe(1200);
    await second.link.close();
    expect(first.told('control').at(-1)).toMatchObject({ hasControl: true, controller: undefined });
    expect(watcher.told('control').at(-1)).toMatchObject({ hasControl: false, controller: anna });
    first.write('!');
    expect(bench.device.written.at(-1)).toBe('!');
  });

  it('remains with those who stay, whoever came first', async () => {
    const first = await bench.open();
    const second = await bench.open({ holder: bob, whenBusy: 'share' });
    await first.link.close();
    expect(second.link.hasControl).toBe(true);
    expect(bench.port.controller).toMatchObject(bob);
    await expect(bench.open()).rejects.toMatchObject({
      code: 'port-busy',
      fields: { holder: 'bob@desk (10.0.0.3:1)' },
    });
  });

  it('is refused to others with the number of those who have it, and taken from all of them', async () => {
    const first = await bench.open();
    const second = await bench.open({ holder: bob, whenBusy: 'share' });
    await expect(bench.open({ holder: carl })).rejects.toMatchObject({
      code: 'port-busy',
      fields: { holder: 'anna@laptop (10.0.0.2:1234) and 1 other' },
    });
    const third = await bench.open({ holder: carl, whenBusy: 'take' });
    expect([first, second, third].map(({ link }) => link.hasControl)).toEqual([false, false, true]);
    await expect(second.link.drain()).rejects.toMatchObject({ code: 'control-taken' });
  });

  it('is watched by one who would rather watch than wait', async () => {
    const free = await bench.open({ holder: bob, whenBusy: 'monitor' });
    expect(free.link.hasControl).toBe(true);
    const watcher = await bench.open({ holder: carl, whenBusy: 'monitor', settings: { baudRate: 300 } });
    expect(watcher.link.hasControl).toBe(false);
    expect(bench.device.settings.baudRate).toBe(9600);
  });

  it('ends the sequences and breaks of the one who leaves, and no other', async () => {
    const first = await bench.open();
    const second = await bench.open({ holder: bob, whenBusy: 'share' });
    await first.link.runSequence([{ break: true }]);
    await second.link.close();
    expect(bench.device.endedFor).toEqual([second.link]);
    await first.link.close();
    expect(bench.device.endedFor).toEqual([second.link, first.link]);
  });

  it('keeps in the driver what others wrote when one discards', async () => {
    const first = await bench.open();
    const second = await bench.open({ holder: bob, whenBusy: 'share' });
    await first.link.flush('unsent');
    expect(bench.device.flushed).toEqual([]);
    await second.link.close();
    await first.link.flush('unsent');
    expect(bench.device.flushed).toEqual(['unsent']);
  });

  it('gives each its share of a slow device', async () => {
    const readers = [await bench.open(), await bench.open({ holder: bob, whenBusy: 'share' })];
    const written = [0, 0];
    for (const [index, { link }] of readers.entries()) {
      const write = (): void => {
        written[index] = (written[index] ?? 0) + link.write(Buffer.alloc(100));
      };
      link.listen({ readable: () => undefined, writable: write, event: () => undefined });
    }
    for (let round = 0; round < 10; round += 1) {
      bench.device.roomBytes = 100;
      bench.device.listener?.writable();
    }
    expect(written).toEqual([500, 500]);
  });

  it('is held back only if all of them read late: one that has stopped stops nobody else', async () => {
    const small = new PortBench(clock, { logBytes: 256 * 1024, holdMs: 1_000_000 });
    const stopped = await small.open({ endsOnOverflow: true });
    const healthy = await small.open({ holder: bob, whenBusy: 'share' });
    let bytes = 0;
    for (let round = 0; round < 64; round += 1) {
      small.device.send('x'.repeat(16_384));
      bytes += healthy.read();
    }
    expect(bytes).toBe(64 * 16_384);
    expect(healthy.told('gap')).toEqual([]);
    expect(await stopped.link.closed).toMatchObject({ code: 'reader-too-slow' });
  });

  it('is sent a farewell by the one who controls it, and by no monitor', async () => {
    const farewell = () => Buffer.from('bye');
    const first = await bench.open({ farewell });
    const watcher = await bench.open({ holder: bob, role: 'monitor', farewell });
    await watcher.link.close();
    expect(bench.device.written).toEqual([]);
    await first.link.close();
    expect(bench.device.written).toEqual(['bye']);
  });

  const rules: readonly WhenBusy[] = ['refuse', 'monitor', 'share', 'take'];
  const act = fc.oneof(
    fc.record({ kind: fc.constant('open' as const), whenBusy: fc.constantFrom(...rules) }),
    fc.record({ kind: fc.constant('write' as const), who: fc.nat(7), bytes: fc.integer({ min: 1, max: 20 }) }),
    fc.record({ kind: fc.constant('drain' as const), bytes: fc.nat(30) }),
    fc.record({ kind: fc.constant('close' as const), who: fc.nat(7) }),
  );

  it('counts for each what it wrote: never as gone what is not, and all when all is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
        const tested = new PortBench(new VirtualClock());
        const keeper = await tested.open({ role: 'monitor', holder: carl });
        const { device } = tested;
        const sessions: Reader[] = [];
        /** Whose each byte is that the device took. */
        const owners: Reader[] = [];
        for (const step of acts) {
          const one = 'who' in step ? sessions[step.who % Math.max(1, sessions.length)] : undefined;
          if (step.kind === 'open') {
            const opened = await tested.open({ whenBusy: step.whenBusy }).catch(() => undefined);
            if (opened !== undefined) sessions.push(opened);
          } else if (step.kind === 'write' && one !== undefined) {
            const hasControl = one.link.hasControl;
            const taken = one.write('x'.repeat(step.bytes));
            expect(taken).toBe(hasControl ? step.bytes : 0);
            for (let count = 0; count < taken; count += 1) owners.push(one);
          } else if (step.kind === 'drain') {
            device.drainedBytes = Math.min(device.writtenBytes, device.drainedBytes + step.bytes);
          } else if (step.kind === 'close') {
            await one?.link.close();
            sessions.splice(0, sessions.length, ...sessions.filter((session) => session !== one));
          }
          for (const session of sessions) {
            const gone = owners.slice(0, device.drainedBytes).filter((owner) => owner === session).length;
            expect(session.link.drainedOffset).toBeLessThanOrEqual(gone);
            if (device.drainedBytes === device.writtenBytes) expect(session.link.drainedOffset).toBe(gone);
            expect(session.link.writeOffset).toBe(owners.filter((owner) => owner === session).length);
            expect(session.link.takenOffset).toBe(session.link.writeOffset);
          }
          const controllers = sessions.filter(({ link }) => link.hasControl);
          expect(tested.port.controller?.others?.length ?? 0).toBe(Math.min(8, Math.max(0, controllers.length - 1)));
          expect(tested.port.controller === undefined).toBe(controllers.length === 0);
        }
        await keeper.link.close();
      }),
    );
  });
});
