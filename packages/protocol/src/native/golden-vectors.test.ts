import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits.ts';
import { encodeItem, FrameLog } from '../testing/frame-log.ts';
import { fromHex, type GoldenVector, itemOf } from '../testing/golden-vectors.ts';
import { FrameDecoder } from './frame-decoder.ts';
import { messageTable, newestWire, oldestWire } from './message-table.ts';
import { isSinceWire2, type PortEvent } from './messages/event.ts';
import type { Open } from './messages/open.ts';

/** The frames that this wire version added to those of the versions before it. */
function goldenVectors(wire: number): readonly GoldenVector[] {
  const file = new URL(`../../vectors/wire-${wire}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as GoldenVector[];
}

const wires = Array.from({ length: newestWire - oldestWire + 1 }, (_, index) => oldestWire + index);
const allVectors = wires.flatMap(goldenVectors);

describe.each(wires)('golden vectors of wire version %i', (wire) => {
  it.each(goldenVectors(wire))('$name is written as ever', (vector) => {
    expect(Buffer.from(encodeItem(itemOf(vector))).toString('hex')).toBe(vector.hex);
  });

  it.each(goldenVectors(wire))('$name is read as ever', (vector) => {
    const log = new FrameLog();
    const decoder = new FrameDecoder(log, vector.sender, defaultLimits);
    decoder.push(fromHex(vector.hex));
    expect(log.items).toEqual([itemOf(vector)]);
    expect(decoder.isBetweenFrames).toBe(true);
  });
});

describe('the golden vectors', () => {
  const messages = allVectors.map(({ message }) => message);
  const kinds = (wire: number) =>
    goldenVectors(wire).flatMap(({ message }) => (message.type === 'event' ? [message.event.kind] : []));

  it('have every message and DATA', () => {
    expect([...new Set(messages.map(({ type }) => type))].sort()).toEqual(
      [...Object.keys(messageTable), 'data'].sort(),
    );
  });

  it('have every event in the version that it came with', () => {
    const since: Record<PortEvent['kind'], 1 | 2> = {
      ...{ break: 1, gap: 1, 'line-error': 1, inputs: 1, settings: 1 },
      ...{ lost: 2, back: 2, drained: 2, 'in-doubt': 2, control: 2, hold: 2 },
    };
    const names = Object.keys(since) as PortEvent['kind'][];
    // Version 2 has more to say in some events of version 1.
    const newKinds = { 1: kinds(1), 2: kinds(2).filter((kind) => !kinds(1).includes(kind)) };
    for (const wire of [1, 2] as const) {
      expect([...new Set(newKinds[wire])].sort()).toEqual(names.filter((name) => since[name] === wire).sort());
    }
    for (const { message } of allVectors) {
      if (message.type === 'event') expect(isSinceWire2(message.event)).toBe(since[message.event.kind] === 2);
    }
  });

  it('have every place where reading can begin', () => {
    const starts = messages.flatMap((message) => (message.type === 'open' && message.start ? [message.start] : []));
    const places: Record<NonNullable<Open['start']>['kind'], true> = {
      ...{ now: true, offset: true, last: true, since: true, all: true },
    };
    expect([...new Set(starts.map(({ kind }) => kind))].sort()).toEqual(Object.keys(places).sort());
  });

  it('have names of their own', () => {
    expect(new Set(allVectors.map(({ name }) => name)).size).toBe(allVectors.length);
  });
});
