import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { doubleEscapes } from '../telnet/double-escapes.ts';
import { joinBytes } from '../testing/byte-sequences.ts';
import { chunkSizes, escapeRichBytes, escapeRichNoise, feed, randomSource } from '../testing/chunks.ts';
import { encodeNullmodemState, NullmodemDecoder, type NullmodemState } from './nullmodem-codec.ts';

const off: NullmodemState = { rts: false, dtr: false, break: false };

function decoderLog() {
  const log: (number | NullmodemState)[] = [];
  const decoder = new NullmodemDecoder({
    data: (bytes) => void log.push(...bytes),
    state: (state) => void log.push(state),
  });
  return { log, decoder };
}

describe('NullmodemDecoder', () => {
  it('reads what DOSBox 0.74-3 sends', () => {
    const { log, decoder } = decoderLog();
    decoder.receive(Uint8Array.of(0xff, 0, 0xff, 0, 0xff, 0, 0xff, 3, 0x78, 0xff, 0xff, 0x79, 0xff, 7, 0xff, 2));
    expect(log).toEqual([
      ...[off, off, off, { ...off, rts: true, dtr: true }],
      ...[0x78, 0xff, 0x79],
      ...[
        { rts: true, dtr: true, break: true },
        { ...off, dtr: true },
      ],
    ]);
  });

  it('finds data and states as they were encoded, however they are cut', () => {
    const state = fc.record({ rts: fc.boolean(), dtr: fc.boolean(), break: fc.boolean() });
    fc.assert(
      fc.property(fc.array(fc.oneof(escapeRichBytes, state), { maxLength: 12 }), chunkSizes, (sent, sizes) => {
        const { log, decoder } = decoderLog();
        const parts = sent.map((part) =>
          part instanceof Uint8Array ? doubleEscapes(part) : encodeNullmodemState(part),
        );
        feed(joinBytes(parts), sizes, (chunk) => decoder.receive(chunk));
        const expected: (number | NullmodemState)[] = [];
        for (const part of sent) expected.push(...(part instanceof Uint8Array ? part : [part]));
        expect(log).toEqual(expected);
      }),
    );
  });

  it('takes the other bits of a state for nothing', () => {
    const { log, decoder } = decoderLog();
    decoder.receive(Uint8Array.of(0xff, 0xf9));
    expect(log).toEqual([{ ...off, rts: true }]);
  });

  it('survives whatever comes, and reads on behind it', () => {
    const random = randomSource(2);
    const { log, decoder } = decoderLog();
    for (let turn = 0; turn < 100_000; turn += 1) {
      decoder.receive(escapeRichNoise(random));
      if (turn % 100 > 0) continue;
      decoder.receive(Uint8Array.of(0));
      log.length = 0;
      decoder.receive(Uint8Array.of(79, 75));
      expect(log).toEqual([79, 75]);
    }
  });
});
