import { SercliError } from '@sercli/protocol';
import { describe, expect, it } from 'vitest';
import { firstDifference, patternBytes } from '../byte-log.ts';
import type { Bench, FarEndKind } from '../serial-link-suite.ts';
import { collectAtFarEnd, sendFromFarEnd } from './far-end.ts';

export function testEnd(bench: () => Bench, { isWire, canHangUp }: FarEndKind): void {
  describe('the end', () => {
    testClose(bench);
    if (isWire) testLastBytes(bench);
    testAbort(bench);
    testUseAfterClose(bench);
    if (canHangUp) testHangUp(bench);
  });
}

function testClose(bench: () => Bench): void {
  it('closes on purpose without an error, and only once', async () => {
    const { link, application } = bench();
    await Promise.all([link.close(), link.close()]);
    await link.close();
    expect(await link.closed).toBeUndefined();
    expect(link.state).toEqual({ kind: 'closed' });
    expect(application.events.filter((event) => event.kind === 'state')).toEqual([
      { kind: 'state', state: { kind: 'closed' } },
    ]);
  });
}

function testLastBytes(bench: () => Bench): void {
  it('closes after everything written has been handed over', async () => {
    const { link, application } = bench();
    const atFarEnd = collectAtFarEnd(bench());
    const bytes = patternBytes(3000);
    const arrived = atFarEnd.next(0, bytes.length);
    await application.send(bytes);
    await link.close();
    expect(firstDifference(await arrived, bytes)).toBeUndefined();
  });
}

function testAbort(bench: () => Bench): void {
  it('aborts at once, with the error that was given', async () => {
    const { link } = bench();
    const error = new SercliError('device-lost', { device: link.info.device, reason: 'the test says so' });
    link.write(patternBytes(1000));
    link.abort(error);
    expect(await link.closed).toBe(error);
    expect(link.state).toEqual({ kind: 'closed', error });
    link.abort(new SercliError('closed', { what: 'it' }));
    await link.close();
    expect(link.state).toEqual({ kind: 'closed', error });
  });

  it('settles what is under way when it is aborted', async () => {
    const { link } = bench();
    const under = [
      link.configure({ baudRate: 1_000_000 }),
      link.drain(),
      link.runSequence([{ dtr: true, waitMs: 60_000 }]),
    ];
    link.abort(new SercliError('device-lost', { device: link.info.device, reason: 'the test says so' }));
    for (const outcome of await Promise.allSettled(under)) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(SercliError);
    }
  });
}

function testUseAfterClose(bench: () => Bench): void {
  it('answers with coded errors after it was closed, and never throws from write', async () => {
    const { link } = bench();
    await link.close();
    expect(link.write(patternBytes(10))).toBe(0);
    for (const late of [
      link.configure({ baudRate: 9600 }),
      link.runSequence([{ dtr: true }]),
      link.drain(),
      link.flush('both'),
    ]) {
      await expect(late).rejects.toBeInstanceOf(SercliError);
    }
    expect(() => link.peek(10)).not.toThrow();
    expect(link.settings.baudRate).toBeGreaterThan(0);
  });
}

function testHangUp(bench: () => Bench): void {
  it('tells that the other end is gone, after the bytes it sent last', async () => {
    const { link, application, farEnd } = bench();
    const bytes = patternBytes(2000);
    sendFromFarEnd(bench(), bytes);
    await application.until(() => application.received.length === bytes.length);
    farEnd.hangUp?.();
    const error = await link.closed;
    expect(error).toBeInstanceOf(SercliError);
    expect(link.state).toEqual({ kind: 'closed', error });
    expect(application.events.at(-1)).toEqual({ kind: 'state', state: { kind: 'closed', error } });
    application.startReading();
    expect(firstDifference(application.received.from(), bytes)).toBeUndefined();
    expect(link.write(bytes)).toBe(0);
    await expect(link.configure({ baudRate: 9600 })).rejects.toBeInstanceOf(SercliError);
  });

  it('keeps received bytes readable for an application that reads them after the end', async () => {
    const { link, application, farEnd } = bench();
    application.stopReading();
    const bytes = patternBytes(2000);
    sendFromFarEnd(bench(), bytes);
    await application.until(() => link.peek(1).length > 0);
    const waiting = new Uint8Array(link.peek(2000));
    farEnd.hangUp?.();
    await link.closed;
    application.startReading();
    const received = application.received.from();
    expect(received.length).toBeGreaterThanOrEqual(waiting.length);
    expect(firstDifference(received, bytes.subarray(0, received.length))).toBeUndefined();
  });
}
