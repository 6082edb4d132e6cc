import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccessDetector } from './access-detector.ts';
import { chunkSizes, escapeRichNoise, feed, randomSource } from './testing/chunks.ts';

/** What is decided at once, or `waits` and what then. */
function decide(...bytes: number[]): string {
  const detector = new AccessDetector();
  return detector.receive(Uint8Array.from(bytes)) ?? `waits, then ${detector.timeUp()}`;
}

describe('AccessDetector', () => {
  it.each([
    ['nothing', [], 'waits, then raw'],
    ['a letter', [0x41], 'raw'],
    ['a letter before a negotiation', [0x41, 0xff, 0xfb, 1], 'raw'],
    ['a negotiation', [0xff, 0xfd, 0x01], 'telnet'],
    ['the end of an option', [0xff, 0xfe, 0x2c], 'telnet'],
    ['a subnegotiation', [0xff, 0xfa, 0x2c, 0], 'telnet'],
    ['a negotiation whose option is still to come', [0xff, 0xfb], 'waits, then telnet'],
    ['a byte FF', [0xff], 'waits, then raw'],
    ['two bytes FF', [0xff, 0xff], 'raw'],
    ['a negotiation about FF', [0xff, 0xfb, 0xff], 'raw'],
    ['what no client says first', [0xff, 0xf3], 'raw'],
    ['one pair', [0xff, 0x03], 'waits, then raw'],
    ['two pairs', [0xff, 0, 0xff, 3], 'waits, then nullmodem'],
    ['DOSBox', [0xff, 0, 0xff, 0, 0xff, 0], 'waits, then nullmodem'],
    ['DOSBox, and half of its next pair', [0xff, 0, 0xff, 0, 0xff, 0, 0xff], 'waits, then nullmodem'],
    ['DOSBox whose program begins at once', [0xff, 0, 0xff, 0, 0xff, 0, 0xff, 3, 0x41], 'nullmodem'],
    ['DOSBox whose program begins with FF', [0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0xff], 'nullmodem'],
    ['a run that breaks', [0xff, 0, 0xff, 3, 0x41], 'raw'],
    ['a state that DOSBox does not have', [0xff, 8], 'raw'],
  ])('%s', (_, bytes, expected) => {
    expect(decide(...bytes)).toBe(expected);
  });

  it('decides the same however the bytes are cut', () => {
    const bytes = fc.array(fc.constantFrom(0xff, 0xff, 0, 1, 3, 7, 8, 0xfa, 0xfb, 0xfe, 0x2c, 0x41), { maxLength: 12 });
    fc.assert(
      fc.property(bytes, chunkSizes, (sent, sizes) => {
        const detector = new AccessDetector();
        let decided: string | undefined;
        feed(Uint8Array.from(sent), sizes, (chunk) => {
          decided ??= detector.receive(chunk);
        });
        expect(decided ?? `waits, then ${detector.timeUp()}`).toBe(decide(...sent));
      }),
    );
  });

  it('takes a negotiation for telnet and what begins with anything but FF for raw', () => {
    fc.assert(
      fc.property(fc.integer({ min: 250, max: 254 }), fc.nat(254), fc.uint8Array(), (verb, option, rest) => {
        expect(decide(0xff, verb, option, ...rest)).toBe('telnet');
        expect(decide(option, ...rest)).toBe('raw');
      }),
    );
  });

  it('decides about whatever comes', () => {
    const random = randomSource(3);
    const decisions = new Set<string>();
    for (let turn = 0; turn < 100_000; turn += 1) {
      const detector = new AccessDetector();
      decisions.add(detector.receive(escapeRichNoise(random)) ?? detector.timeUp());
    }
    expect([...decisions].sort()).toEqual(['nullmodem', 'raw', 'telnet']);
  });

  it('keeps no endless run', () => {
    const detector = new AccessDetector();
    const run = new Uint8Array(100_000).map((_, at) => (at % 2 === 0 ? 0xff : 3));
    expect(detector.receive(run)).toBe('nullmodem');
  });
});
