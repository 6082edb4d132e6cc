import { setTimeout as delay } from 'node:timers/promises';
import { defaultLineSettings, SercliError } from '@sercli/protocol';
import { LinkApplication, PtyFarEnd, patternBytes, VirtualClock } from '@sercli/testkit';
import {
  KernelTty,
  makeRaw,
  openTty,
  type PolledFdHandlers,
  readTermios,
  type SerialTty,
  writeTermios,
} from '@sercli/tty';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { receiveQueueBytes } from './local-link.ts';
import { TtyLink, type TtyLinkOptions } from './tty-link.ts';

let farEnd: PtyFarEnd;
beforeEach(() => {
  farEnd = new PtyFarEnd();
});
afterEach(() => farEnd.close());

function open(options: Partial<TtyLinkOptions> = {}): TtyLink {
  const fd = openTty(farEnd.path);
  writeTermios(fd, makeRaw(readTermios(fd)), 'now');
  const link = new TtyLink({ info: { name: 'pts', device: farEnd.path }, tty: new KernelTty(fd), ...options });
  farEnd.start();
  return link;
}

/** Milliseconds of processor time that `idle` costs. */
async function processorMs(idle: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await idle();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe('TtyLink', () => {
  it('stops reading when its queue is full', async () => {
    const link = open();
    farEnd.write(patternBytes(1_000_000));
    await delay(200);
    link.abort(new SercliError('aborted', { what: 'the test' }));
    const application = new LinkApplication(link);
    expect(application.received.length).toBeGreaterThanOrEqual(receiveQueueBytes);
    expect(application.received.length).toBeLessThan(receiveQueueBytes + 4096);
    await link.closed;
  });

  it('stops gathering too when its queue is full, and goes on when there is room', async () => {
    const stream = new EndlessTty();
    const link = new TtyLink({ info: { name: 'stream', device: 'stream' }, tty: stream.tty, clock: stream.clock });
    await stream.run(10_000);
    expect(stream.isWatched).toBe(false);
    const application = new LinkApplication(link);
    expect(application.received.length).toBeGreaterThanOrEqual(receiveQueueBytes);
    expect(application.received.length).toBeLessThan(receiveQueueBytes + 4096);
    expect(stream.isWatched).toBe(true);
    await link.close();
  });

  it('is not watched while it gathers, not even for the moment of a read', async () => {
    const stream = new EndlessTty();
    const link = new TtyLink({ info: { name: 'stream', device: 'stream' }, tty: stream.tty, clock: stream.clock });
    const application = new LinkApplication(link);
    await stream.run(100);
    const { changes } = stream;
    const before = application.received.length;
    await stream.run(1000);
    expect(application.received.length).toBeGreaterThan(before + 10_000);
    expect(stream.changes).toBe(changes);
    await link.close();
  });

  it('costs next to nothing while it is idle, stalled in either direction, or hung up', async () => {
    const link = open();
    farEnd.pause();
    while (link.write(patternBytes(4096)) > 0);
    farEnd.write(patternBytes(200_000));
    await delay(100);
    expect(await processorMs(() => delay(1000))).toBeLessThan(30);
    farEnd.close();
    expect(await processorMs(() => delay(500))).toBeLessThan(20);
    new LinkApplication(link);
    expect((await link.closed)?.code).toBe('device-lost');
  });

  it('lets its owner say what the end means, after the last byte, and give up the rest', async () => {
    const told: string[] = [];
    const link = open({
      explainLoss: async () => new SercliError('session-ended', { port: 'pts', reason: 'it was late' }),
      release: async () => {
        told.push('released');
      },
    });
    farEnd.hangUp();
    expect((await link.closed)?.code).toBe('session-ended');
    expect(told).toEqual(['released']);
  });

  it('names the device when it has no modem lines', async () => {
    const link = open();
    const error = await link.runSequence([{ dtr: true }]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'no-modem-lines' });
    expect(String(error)).toContain(farEnd.path);
    expect(link.lines).toEqual({ dtr: false, rts: false, cts: false, dsr: false, dcd: false, ri: false });
    await link.close();
  });
});

/** A device that always has 100 bytes, and the loop that asks for them. */
class EndlessTty {
  readonly clock = new VirtualClock();
  isWatched = false;
  /** How often that changed. */
  changes = 0;
  #handlers: PolledFdHandlers | undefined;
  readonly tty: SerialTty = {
    hasErrorMarks: false,
    listen: (given) => {
      this.#handlers = given;
    },
    setInterest: ({ readable }) => {
      if (readable !== this.isWatched) this.changes += 1;
      this.isWatched = readable;
    },
    read: () => 100,
    write: (bytes) => bytes.length,
    settings: defaultLineSettings,
    applySettings: () => defaultLineSettings,
    lines: undefined,
    setOutputs: () => undefined,
    setBreak: () => true,
    counters: undefined,
    unreadBytes: 100,
    unsentBytes: 0,
    isTransmitterEmpty: true,
    flush: () => undefined,
    close: async () => undefined,
  };

  async run(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 1) {
      if (this.isWatched) this.#handlers?.readable();
      await this.clock.advance(1);
    }
  }
}
