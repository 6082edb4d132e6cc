import type { AccessProtocol, SpokenProtocol } from '@sercli/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccepterBench, settled } from '../testing/accepter-bench.ts';
import { MemoryLink } from '../testing/memory-link.ts';
import { type ReferenceClient, referenceClient } from '../testing/reference-client.ts';

/** An accepter, and what its client speaks. */
const pairs: readonly (readonly [AccessProtocol, SpokenProtocol])[] = [
  ['raw', 'raw'],
  ['telnet', 'telnet'],
  ['rfc2217', 'rfc2217'],
  ['nullmodem', 'nullmodem'],
  ['auto', 'raw'],
  ['auto', 'rfc2217'],
  ['auto', 'nullmodem'],
];

const bytes = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(255, 255, 240, 250, 251, 0, 3, 7)), {
    minLength: 1,
    maxLength: 120,
  })
  .map((values) => Uint8Array.from(values));
const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 });

/** Cuts into pieces of these sizes, in turn and over again. */
function cut(whole: Uint8Array, pieceSizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < whole.length; turn += 1) {
    const size = pieceSizes[turn % pieceSizes.length] ?? whole.length;
    pieces.push(whole.slice(at, at + size));
    at += size;
  }
  return pieces;
}

/** Carries on until neither side has more to say. */
async function converse(bench: AccepterBench, client: ReferenceClient): Promise<void> {
  for (let seen = -1; seen !== bench.bytes.length; ) {
    seen = bench.bytes.length;
    const answers = client.takeAnswers();
    if (answers.length > 0) bench.client.write(answers);
    await settled();
  }
}

describe.each(pairs)('any bytes through %s to a client that speaks %s', (protocol, spoken) => {
  it('arrive as they were sent, in both directions and in any chunking', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, bytes, sizes, sizes, async (toDevice, toClient, clientSizes, deviceSizes) => {
        const link = new MemoryLink();
        const bench = new AccepterBench(protocol, { link, isDeaf: true });
        const client = referenceClient(spoken);
        bench.listen((chunk) => client.receive(chunk));
        // Of what looks like another protocol, nobody can know that it is raw.
        const begin = protocol === 'auto' && spoken === 'raw' ? Uint8Array.of(65) : client.opening;
        for (const piece of cut(begin, clientSizes)) await bench.send(piece);
        await bench.clock.advance(250);
        link.room = 0;
        for (const piece of cut(client.encode(toDevice), clientSizes)) bench.client.write(piece);
        for (const piece of cut(toClient, deviceSizes)) link.receive(piece);
        for (let turn = 0; turn < 200 && link.written.length < toDevice.length + 1; turn += 1) {
          link.makeRoom(deviceSizes[turn % deviceSizes.length] ?? 1);
          if (turn % 16 === 0) await settled();
        }
        await converse(bench, client);
        expect(link.written.subarray(begin[0] === 65 ? 1 : 0).toString('hex')).toBe(
          Buffer.from(toDevice).toString('hex'),
        );
        expect(client.data.toString('hex')).toBe(Buffer.from(toClient).toString('hex'));
        bench.client.end();
        expect(await bench.session.closed).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });
});

describe('a fuzzer', () => {
  it('ends no session and breaks no other one', async () => {
    for (const protocol of ['auto', 'telnet', 'rfc2217', 'nullmodem'] as const) {
      await fc.assert(
        fc.asyncProperty(fc.array(bytes, { maxLength: 8 }), async (pieces) => {
          const bench = new AccepterBench(protocol);
          await bench.send(...pieces);
          await bench.clock.advance(1000);
          expect(bench.link.state.kind).toBe('up');
          bench.client.end();
          expect(await bench.session.closed).toBeUndefined();
        }),
        { numRuns: 100 },
      );
    }
  });
});
