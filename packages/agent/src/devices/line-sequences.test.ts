import { type ModemOutputs, type SequenceStep, SercliError } from '@sercli/protocol';
import { VirtualClock } from '@sercli/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { LineSequences } from './line-sequences.ts';

const over = new SercliError('closed', { what: 'the session' });
const unplugged = new SercliError('device-lost', { device: '/dev/ttyS0', reason: 'it was unplugged' });

describe('line sequences', () => {
  let clock: VirtualClock;
  let outputs: ModemOutputs;
  let isGone: boolean;
  /** What was set when. */
  let log: string[];
  let sequences: LineSequences;
  beforeEach(() => {
    clock = new VirtualClock();
    outputs = { dtr: true, rts: true };
    isGone = false;
    log = [];
    sequences = new LineSequences(clock, {
      outputs: () => outputs,
      apply: ({ waitMs: _wait, ...step }) => {
        if (isGone) throw unplugged;
        const { dtr = outputs.dtr, rts = outputs.rts } = step;
        outputs = { dtr, rts };
        log.push(`${clock.now()} ${JSON.stringify(step)}`);
      },
      remember: (before) => {
        outputs = before;
      },
    });
  });

  const run = (steps: readonly SequenceStep[]) => {
    const running = sequences.run(steps, sequences.signalOf());
    running.catch(() => undefined);
    return running;
  };

  it('are timed step by step', async () => {
    const running = run([{ dtr: false, rts: false, waitMs: 100 }, { dtr: true }, { waitMs: 0.5 }, { rts: true }]);
    await clock.advance(200);
    await running;
    expect(log).toEqual(['0 {"dtr":false,"rts":false}', '100 {"dtr":true}', '100 {}', '100.5 {"rts":true}']);
  });

  it('that are cut short give the outputs back as they found them, in one step, and end the break', async () => {
    const running = run([{ dtr: false, waitMs: 10 }, { rts: false, break: true, waitMs: 50 }, { break: false }]);
    await clock.advance(20);
    sequences.cutShort(over);
    await expect(running).rejects.toBe(over);
    expect(log.slice(2)).toEqual(['20 {"dtr":true,"rts":true,"break":false}']);
    await clock.advance(100);
    expect(log).toHaveLength(3);
    expect(clock.pending).toBe(0);
  });

  it('that were asked for before a cut never begin, those after it do', async () => {
    const signal = sequences.signalOf();
    sequences.cutShort(over);
    await expect(sequences.run([{ dtr: false }], signal)).rejects.toBe(over);
    expect(log).toEqual([]);
    await run([{ dtr: false }]);
    expect(outputs).toEqual({ dtr: false, rts: true });
  });

  it('leave outputs as the last step set them, but no break to who comes next', async () => {
    await run([{ dtr: false, break: true }]);
    sequences.cutShort(over);
    sequences.cutShort(over);
    expect(log).toEqual(['0 {"dtr":false,"break":true}', '0 {"break":false}']);
    expect(outputs.dtr).toBe(false);
  });

  it('give the outputs back when a step fails', async () => {
    const running = run([{ dtr: false, waitMs: 10 }, { rts: false }]);
    await clock.advance(5);
    isGone = true;
    await clock.advance(5);
    await expect(running).rejects.toBe(unplugged);
    expect(outputs).toEqual({ dtr: true, rts: true });
  });

  it('remember for a device that is gone what its outputs were', async () => {
    const running = run([{ dtr: false, rts: false, break: true, waitMs: 10 }]);
    await clock.advance(5);
    isGone = true;
    sequences.cutShort(unplugged);
    await expect(running).rejects.toBe(unplugged);
    expect(outputs).toEqual({ dtr: true, rts: true });
    isGone = false;
    sequences.cutShort(over);
    expect(log).toHaveLength(1);
  });

  it('of one owner end, and those of another go on', async () => {
    const [anna, bob] = [{}, {}];
    const breaking = sequences.run([{ break: true }], sequences.signalOf(anna), anna);
    await breaking;
    const running = sequences.run([{ dtr: false, waitMs: 100 }, { dtr: true }], sequences.signalOf(bob), bob);
    sequences.cutShort(over, anna);
    expect(log.slice(2)).toEqual(['0 {"break":false}']);
    await clock.advance(100);
    await running;
    expect(log.slice(3)).toEqual(['100 {"dtr":true}']);
    sequences.cutShort(over, bob);
    expect(log).toHaveLength(4);
  });
});
