import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { SercliError } from '../errors.ts';
import { defaultLimits } from '../limits.ts';
import { cutBytes, joinBytes } from '../testing/byte-sequences.ts';
import { chunkSizes, frameItems } from '../testing/frame-arbitraries.ts';
import { encodeItem, encodeItems, FrameLog } from '../testing/frame-log.ts';
import { rawFrame } from '../testing/raw-frames.ts';
import { FrameDecoder } from './frame-decoder.ts';
import { messageTable, type Role } from './message-table.ts';

const roles = fc.constantFrom<Role>('connector', 'accepter');

function decode(chunks: readonly Uint8Array[], sender: Role): { log: FrameLog; decoder: FrameDecoder } {
  const log = new FrameLog();
  const decoder = new FrameDecoder(log, sender, defaultLimits);
  for (const chunk of chunks) decoder.push(chunk);
  return { log, decoder };
}

/** The largest array that is made while `action` runs, in elements. */
function largestArrayMadeIn(action: () => void): number {
  let largest = 0;
  const counting = new Proxy(Uint8Array, {
    construct(target, args, newTarget) {
      if (typeof args[0] === 'number') largest = Math.max(largest, args[0]);
      return Reflect.construct(target, args, newTarget) as object;
    },
  });
  vi.stubGlobal('Uint8Array', counting);
  try {
    action();
  } finally {
    vi.unstubAllGlobals();
  }
  return largest;
}

describe('FrameDecoder', () => {
  it('reads every sequence of frames in any chunking', () => {
    const streams = roles.chain((sender) => fc.tuple(fc.constant(sender), fc.array(frameItems(sender))));
    fc.assert(
      fc.property(streams, chunkSizes, ([sender, items], sizes) => {
        const { log, decoder } = decode(cutBytes(encodeItems(items), sizes), sender);
        expect(log.items).toEqual(FrameLog.of(items).items);
        expect(decoder.isBetweenFrames).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('knows that a frame is unfinished, wherever it is cut', () => {
    const frames = roles.chain((sender) => fc.tuple(fc.constant(sender), frameItems(sender)));
    fc.assert(
      fc.property(frames, fc.nat(), ([sender, item], at) => {
        const bytes = encodeItem(item);
        const cut = 1 + (at % (bytes.length - 1));
        const { decoder, log } = decode([bytes.subarray(0, cut)], sender);
        expect(decoder.isBetweenFrames).toBe(false);
        expect(log.messages(item.kind === 'message' ? item.message.type : 'hello')).toEqual([]);
        decoder.push(bytes.subarray(cut));
        expect(decoder.isBetweenFrames).toBe(true);
      }),
    );
  });

  it('hands data on in the memory of the chunk, as soon as it comes', () => {
    const parts: { offset: number; bytes: Uint8Array }[] = [];
    const handlers = {
      message: () => undefined,
      skipped: () => undefined,
      data: (_channel: number, offset: number, bytes: Uint8Array) => parts.push({ offset, bytes }),
    };
    const decoder = new FrameDecoder(handlers, 'accepter', defaultLimits);
    const frame = encodeItem({ kind: 'data', channel: 3, offset: 100, bytes: Uint8Array.of(1, 2, 3, 4, 5) });
    const [first, second] = [frame.slice(0, 18), frame.slice(18)];
    decoder.push(first);
    expect(parts).toEqual([{ offset: 100, bytes: Uint8Array.of(1, 2) }]);
    decoder.push(second);
    expect(parts[1]).toEqual({ offset: 102, bytes: Uint8Array.of(3, 4, 5) });
    expect(parts.map(({ bytes }) => bytes.buffer)).toEqual([first.buffer, second.buffer]);
    expect(parts[0]?.bytes.buffer).toBe(first.buffer);
    expect(parts[1]?.bytes.buffer).toBe(second.buffer);
  });

  it('hands on the place of an empty DATA frame, so that it is checked', () => {
    const { log } = decode(
      [encodeItem({ kind: 'data', channel: 3, offset: 100, bytes: new Uint8Array(0) })],
      'accepter',
    );
    expect(log.items).toEqual([{ kind: 'data', channel: 3, offset: 100, bytes: new Uint8Array(0) }]);
  });

  it('skips and counts optional frames that it does not know, in any chunking', () => {
    const types = fc.integer({ min: 0x80, max: 0xff });
    const bodies = fc.uint8Array({ maxLength: 100 });
    fc.assert(
      fc.property(fc.array(fc.tuple(types, bodies)), chunkSizes, (frames, sizes) => {
        const hello = { kind: 'message', channel: 0, message: { type: 'ping', number: 7 } } as const;
        const bytes = joinBytes([...frames.map(([type, body]) => rawFrame({ type, body })), encodeItem(hello)]);
        const { log } = decode(cutBytes(bytes, sizes), 'connector');
        expect(log.skippedTypes).toEqual(frames.map(([type]) => type));
        expect(log.items).toEqual([hello]);
      }),
    );
  });

  it.each([0x01, 0x12, 0x14, 0x80])('refuses 4 GiB of type %i by its header alone', (type) => {
    const header = rawFrame({ type, channel: type === 0x01 ? 0 : 1, length: 0xffffffff });
    const largest = largestArrayMadeIn(() => {
      expect(() => decode([header], 'connector')).toThrowError('frame of 4294967295 bytes');
    });
    expect(largest).toBeLessThan(64);
  });

  it('says nothing but SercliError to any bytes, and keeps no more than a message', () => {
    const knownTypes = fc.constantFrom(0x12, 0x80, ...Object.values(messageTable).map(({ byte }) => byte));
    const nearlyFrames = fc
      .record({
        type: fc.oneof(knownTypes, fc.nat(255)),
        flags: fc.constantFrom(0, 0, 0, 1),
        channel: fc.constantFrom(0, 1, 65_535),
        length: fc.oneof(fc.nat(40), fc.nat(0xffffffff)),
        body: fc.uint8Array({ maxLength: 40 }),
        isLengthTrue: fc.boolean(),
      })
      .map(({ isLengthTrue, length, ...frame }) => rawFrame(isLengthTrue ? frame : { ...frame, length }));
    const streams = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.array(nearlyFrames).map(joinBytes));
    fc.assert(
      fc.property(streams, chunkSizes, roles, (bytes, sizes, sender) => {
        const chunks = cutBytes(bytes, sizes);
        const largest = largestArrayMadeIn(() => {
          try {
            decode(chunks, sender);
          } catch (error) {
            expect(error).toBeInstanceOf(SercliError);
            expect((error as SercliError).code).toMatch(/^frame-/);
          }
        });
        expect(largest).toBeLessThanOrEqual(defaultLimits.messageBytes);
      }),
      { numRuns: 2000 },
    );
  });
});
