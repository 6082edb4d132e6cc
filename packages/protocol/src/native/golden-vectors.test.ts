import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits.ts';
import { encodeItem, type FrameItem, FrameLog } from '../testing/frame-log.ts';
import { FrameDecoder } from './frame-decoder.ts';
import { type Message, messageTable, type Role, wireVersion } from './message-table.ts';

/** One frame of the wire version, as other implementations may use it too. DATA has its bytes as hex in `data`. */
interface Vector {
  readonly name: string;
  readonly sender: Role;
  readonly channel: number;
  readonly hex: string;
  readonly message: Message | { readonly type: 'data'; readonly offset: number; readonly data: string };
}

const file = new URL(`../../vectors/wire-${wireVersion}.json`, import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vector[];

function itemOf({ channel, message }: Vector): FrameItem {
  if (message.type !== 'data') return { kind: 'message', channel, message };
  return { kind: 'data', channel, offset: message.offset, bytes: fromHex(message.data) };
}

function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

describe(`golden vectors of wire version ${wireVersion}`, () => {
  it.each(vectors)('$name is written as ever', (vector) => {
    expect(Buffer.from(encodeItem(itemOf(vector))).toString('hex')).toBe(vector.hex);
  });

  it.each(vectors)('$name is read as ever', (vector) => {
    const log = new FrameLog();
    const decoder = new FrameDecoder(log, vector.sender, defaultLimits);
    decoder.push(fromHex(vector.hex));
    expect(log.items).toEqual([itemOf(vector)]);
    expect(decoder.isBetweenFrames).toBe(true);
  });

  it('has a vector for every message and for DATA', () => {
    const covered = new Set(vectors.map(({ message }) => message.type));
    expect([...covered].sort()).toEqual([...Object.keys(messageTable), 'data'].sort());
  });

  it('has every vector under a name of its own', () => {
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
  });
});
