import type { LinkEvent } from '@sercli/link';
import { type LineSettings, type LineSettingsChange, noModemLines, SercliError } from '@sercli/protocol';
import { VirtualClock } from '@sercli/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { LocalLink } from './local-link.ts';

const settings: LineSettings = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1, flowControl: 'none' };

/** A port whose bytes leave when the test says so. */
class HeldLink extends LocalLink {
  readonly log: string[] = [];
  held = 0;
  isGone = false;
  looks = 0;

  constructor(clock: VirtualClock) {
    super({ info: { name: 'held', device: '/dev/held' }, settings, clock, lines: noModemLines });
  }

  leave(bytes: number): void {
    this.held -= bytes;
    this.roomAgain();
  }

  protected override take(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, 100 - this.held);
    this.held += taken;
    this.log.push(`take ${taken}`);
    return taken;
  }
  protected override unsentBytes(): number | undefined {
    this.looks += 1;
    return this.isGone ? undefined : this.held;
  }
  protected override applySettings(change: LineSettingsChange): LineSettings {
    this.log.push(`settings ${change.baudRate}`);
    return { ...this.settings, ...change };
  }
  protected override applyStep(step: { dtr?: boolean }) {
    this.log.push(`step ${step.dtr}`);
    return { ...this.lines, ...step };
  }
  protected override discardReceived(): void {
    this.log.push('discard received');
  }
  protected override discardUnsent(): void {
    this.held = 0;
  }
  protected override resumeReceiving(): void {
    this.log.push('resume');
  }
  protected override async release(): Promise<void> {
    this.log.push('release');
  }
}

describe('a port of this machine', () => {
  let clock: VirtualClock;
  let link: HeldLink;
  beforeEach(() => {
    clock = new VirtualClock();
    link = new HeldLink(clock);
  });

  it('changes settings when the bytes before have left', async () => {
    link.write(new Uint8Array(50));
    const change = link.configure({ baudRate: 1200 });
    await clock.advance(30);
    expect(link.log).toEqual(['take 50']);
    link.leave(50);
    await clock.advance(30);
    expect(link.log).toEqual(['take 50', 'settings 1200']);
    expect((await change).baudRate).toBe(1200);
  });

  it('changes them all the same when bytes are held, after one and a half times their time and 100 ms', async () => {
    link.write(new Uint8Array(96));
    const change = link.configure({ baudRate: 1200 });
    // 96 characters of 10 bits at 9600 bits per second are 100 ms.
    await clock.advance(245);
    expect(link.settings.baudRate).toBe(9600);
    await clock.advance(30);
    expect((await change).baudRate).toBe(1200);
  });

  it('takes no byte while a change is under way, and tells when it takes them again', async () => {
    let writable = 0;
    link.listen({ readable: () => undefined, writable: () => (writable += 1), event: () => undefined });
    const sequence = link.runSequence([{ dtr: true, waitMs: 100 }, { dtr: false }]);
    await clock.advance(50);
    expect(link.write(new Uint8Array(10))).toBe(0);
    await clock.advance(60);
    await sequence;
    expect(writable).toBe(1);
    expect(link.write(new Uint8Array(10))).toBe(10);
    expect(link.log).toEqual(['step true', 'step false', 'take 10']);
  });

  it('drains without a limit, and flush overtakes it', async () => {
    link.write(new Uint8Array(100));
    let isDrained = false;
    const drained = link.drain().then(() => {
      isDrained = true;
    });
    await clock.advance(60_000);
    expect(isDrained).toBe(false);
    await link.flush('unsent');
    await clock.advance(60);
    await drained;
  });

  it('tells once when all that was written has left, and then looks no more', async () => {
    const events: LinkEvent[] = [];
    link.listen({ readable: () => undefined, writable: () => undefined, event: (event) => void events.push(event) });
    expect(clock.pending).toBe(0);
    link.write(new Uint8Array(50));
    await clock.advance(99);
    expect(link.looks).toBe(0);
    expect(link.drainedOffset).toBe(0);
    link.leave(20);
    await clock.advance(1);
    expect(link.drainedOffset).toBe(20);
    expect(events).toEqual([]);
    link.leave(30);
    await clock.advance(200);
    expect(link.drainedOffset).toBe(50);
    expect(events).toEqual([{ kind: 'drained', offset: 50 }]);
    expect(clock.pending).toBe(0);
  });

  it('looks each 200 ms at most while bytes flow or are held', async () => {
    for (let ms = 0; ms < 2000; ms += 10) {
      link.write(new Uint8Array(10));
      link.leave(9);
      await clock.advance(10);
      link.leave(1);
    }
    expect(link.looks).toBeLessThanOrEqual(11);
    link.write(new Uint8Array(100));
    const before = link.looks;
    await clock.advance(2000);
    expect(link.looks - before).toBeLessThanOrEqual(11);
    link.leave(99);
    await clock.advance(200);
    link.leave(1);
    await clock.advance(200);
    expect(link.drainedOffset).toBe(link.writeOffset);
  });

  it('does not take the bytes for sent that were in a device that is gone', async () => {
    link.write(new Uint8Array(50));
    link.isGone = true;
    await clock.advance(1000);
    expect(link.drainedOffset).toBe(0);
    link.abort(new SercliError('device-lost', { device: '/dev/held', reason: 'it was unplugged or hung up' }));
    expect(clock.pending).toBe(0);
  });

  it('settles all that is under way with the error it was aborted with', async () => {
    const error = new SercliError('device-lost', { device: '/dev/held', reason: 'it was unplugged or hung up' });
    link.write(new Uint8Array(100));
    const under = [link.drain(), link.configure({ baudRate: 300 }), link.runSequence([{ dtr: true }])];
    const settled = Promise.allSettled(under);
    link.abort(error);
    for (const outcome of await settled) expect(outcome).toEqual({ status: 'rejected', reason: error });
    expect(link.log).toEqual(['take 100', 'release']);
    await expect(link.configure({})).rejects.toBe(error);
  });

  it('gives the outputs back before it gives up the device', async () => {
    const error = new SercliError('device-lost', { device: '/dev/held', reason: 'it was unplugged or hung up' });
    const events: LinkEvent[] = [];
    link.listen({ readable: () => undefined, writable: () => undefined, event: (event) => void events.push(event) });
    const sequence = link.runSequence([{ dtr: true, waitMs: 100 }]);
    const next = link.runSequence([{ dtr: true }]);
    const settled = Promise.allSettled([sequence, next]);
    await clock.advance(50);
    link.abort(error);
    for (const outcome of await settled) expect(outcome).toEqual({ status: 'rejected', reason: error });
    expect(link.log).toEqual(['step true', 'step false', 'release']);
    const levels = events.flatMap((event) => (event.kind === 'lines' ? [event.lines.dtr] : []));
    expect(levels).toEqual([true, false]);
    expect(link.lines).toMatchObject(noModemLines);
  });

  it('takes bytes and sequences again after sequences were ended', async () => {
    const ended = link.runSequence([{ dtr: true, waitMs: 60_000 }]).catch(({ code }: SercliError) => code);
    await clock.advance(50);
    link.endSequences(new SercliError('closed', { what: 'the session' }));
    expect(await ended).toBe('closed');
    expect(link.lines.dtr).toBe(false);
    await link.runSequence([{ dtr: true }]);
    expect(link.lines.dtr).toBe(true);
    expect(link.write(new Uint8Array(10))).toBe(10);
  });

  it('closes when the changes have ended and the bytes have left, or are overdue', async () => {
    link.write(new Uint8Array(96));
    const change = link.configure({ baudRate: 19_200 });
    const closing = link.close();
    expect(link.write(new Uint8Array(1))).toBe(0);
    await expect(link.drain()).rejects.toMatchObject({ code: 'closed' });
    await clock.advance(1000);
    await Promise.all([change, closing]);
    expect(link.log).toEqual(['take 96', 'settings 19200', 'release']);
    expect(clock.pending).toBe(0);
  });
});
