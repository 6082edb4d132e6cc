import type { FaultModes } from '@sercli/tty';
import { expect, it } from 'vitest';
import { ApplicationInput } from './application-input.ts';

const raw: FaultModes = { break: 'nul', error: 'byte', doublesMarks: false };
const marked: FaultModes = { break: 'mark', error: 'mark', doublesMarks: true };

/** A pseudo terminal with room for so many bytes at a time, and what stands on the other side of it. */
function makeInput(modes: FaultModes, roomBytes = Number.POSITIVE_INFINITY) {
  const read: number[] = [];
  const write = (bytes: Uint8Array): number => {
    const taken = bytes.subarray(0, roomBytes);
    read.push(...taken);
    return taken.length;
  };
  return { input: new ApplicationInput({ write }, () => modes), read };
}

const bytes = Uint8Array.of(1, 0xff, 0xff, 0, 2);

it('passes bytes as they are', () => {
  const { input, read } = makeInput(raw);
  expect(input.write(bytes)).toBe(5);
  expect(read).toEqual([...bytes]);
});

it.each([
  { modes: raw, reads: [0, 0x41] },
  { modes: { ...raw, error: 'nul' }, reads: [0, 0] },
  { modes: { ...raw, break: 'nothing', error: 'nothing' }, reads: [] },
  { modes: marked, reads: [0xff, 0, 0, 0xff, 0, 0x41] },
] as const)('has $reads for a break and a byte with an error', ({ modes, reads }) => {
  const { input, read } = makeInput(modes);
  input.write(Uint8Array.of(1));
  input.break();
  expect(input.flush()).toBe(true);
  input.error();
  expect(input.write(Uint8Array.of(0x41, 2))).toBe(2);
  expect(read).toEqual([1, ...reads, 2]);
});

it('writes ff twice where marks are read, and a byte with an error once', () => {
  const { input, read } = makeInput(marked);
  input.error();
  input.write(Uint8Array.of(0xff, 0xff));
  input.write(bytes);
  expect(read).toEqual([0xff, 0, 0xff, 0xff, 0xff, 1, 0xff, 0xff, 0xff, 0xff, 0, 2]);
});

it.each([1, 2, 3])('keeps the order where there is room for %i bytes at a time', (roomBytes) => {
  const { input, read } = makeInput(marked, roomBytes);
  const sent = [...bytes];
  const writeRest = (): void => {
    for (let tries = 0; sent.length > 0 && tries < 100; tries += 1) sent.splice(0, input.write(Uint8Array.from(sent)));
  };
  writeRest();
  input.break();
  sent.push(3);
  writeRest();
  expect(sent).toEqual([]);
  expect(read).toEqual([1, 0xff, 0xff, 0xff, 0xff, 0, 2, 0xff, 0, 0, 3]);
});

it('keeps a bounded number of breaks that nobody reads, and none that the application discards', () => {
  const { input, read } = makeInput(raw, 0);
  for (let count = 0; count < 5000; count += 1) input.break();
  expect(input.flush()).toBe(false);
  input.error();
  input.discard();
  expect(input.flush()).toBe(true);
  expect(read).toEqual([]);
});
