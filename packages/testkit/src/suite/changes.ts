import { SercliError } from '@sercli/protocol';
import { describe, expect, it } from 'vitest';
import { firstDifference, patternBytes } from '../byte-log.ts';
import type { Bench } from '../serial-link-suite.ts';
import { collectAtFarEnd } from './far-end.ts';

export function testChanges(bench: () => Bench): void {
  describe('settings, lines and drain', () => {
    testConfigure(bench);
    testSequences(bench);
    it('drains: every byte written before has been taken by the device', async () => {
      const { link, application } = bench();
      await application.send(patternBytes(3000));
      await link.drain();
      expect(link.takenOffset).toBe(3000);
    });
  });
}

/** Speeds that every source can drive fast enough for a test. */
const otherSpeeds = [921_600, 1_000_000, 1_500_000] as const;

function testConfigure(bench: () => Bench): void {
  it('answers with the settings in force, and tells of a change', async () => {
    const { link, application } = bench();
    const settings = await link.configure({ baudRate: otherSpeeds[0], stopBits: 2 });
    expect(settings).toMatchObject({ baudRate: otherSpeeds[0], stopBits: 2 });
    expect(link.settings).toEqual(settings);
    expect(application.events).toEqual([{ kind: 'settings', settings }]);
    expect(await link.configure({ baudRate: otherSpeeds[0] })).toEqual(settings);
    expect(application.events).toHaveLength(1);
  });

  it('makes changes in the order of the calls, and loses no byte around them', async () => {
    const { link, application } = bench();
    const atFarEnd = collectAtFarEnd(bench());
    const bytes = patternBytes(8000);
    const finished: number[] = [];
    const changes: Promise<unknown>[] = [];
    for (const [index, baudRate] of otherSpeeds.entries()) {
      await application.send(bytes.subarray(index * 2000, index * 2000 + 2000));
      changes.push(link.configure({ baudRate }).then((settings) => finished.push(settings.baudRate)));
    }
    await Promise.all(changes);
    await application.send(bytes.subarray(6000));
    const arrived = await atFarEnd.next(0, 8000);
    expect(finished).toEqual([...otherSpeeds]);
    expect(arrived.length).toBe(8000);
    expect(link.settings.baudRate).toBe(otherSpeeds[2]);
  });

  it('keeps a byte written after a change behind it', async () => {
    const { link, application } = bench();
    const atFarEnd = collectAtFarEnd(bench());
    const bytes = patternBytes(2000);
    await application.send(bytes.subarray(0, 1000));
    const change = link.configure({ baudRate: otherSpeeds[1] });
    const sent = application.send(bytes.subarray(1000));
    expect((await change).baudRate).toBe(otherSpeeds[1]);
    await sent;
    expect(firstDifference(await atFarEnd.next(0, 2000), bytes)).toBeUndefined();
  });
}

function testSequences(bench: () => Bench): void {
  it('runs a sequence of outputs and break, or refuses it with a coded error', async () => {
    const { link, hasLines } = bench();
    const steps = [
      { dtr: true, rts: false, waitMs: 5 },
      { break: true, waitMs: 5 },
      { break: false, rts: true },
    ];
    if (!hasLines) {
      await expect(link.runSequence(steps)).rejects.toBeInstanceOf(SercliError);
      return;
    }
    await link.runSequence(steps);
    expect(link.lines).toMatchObject({ dtr: true, rts: true });
    await link.runSequence([{ dtr: false }]);
    expect(link.lines).toMatchObject({ dtr: false, rts: true });
  });

  it('goes on after a sequence: bytes written behind it arrive', async () => {
    const { link, application } = bench();
    const atFarEnd = collectAtFarEnd(bench());
    const sequence = link.runSequence([{ rts: true, waitMs: 20 }]).catch((error: unknown) => error);
    await application.send(patternBytes(500));
    await sequence;
    expect(firstDifference(await atFarEnd.next(0, 500), patternBytes(500))).toBeUndefined();
  });
}
