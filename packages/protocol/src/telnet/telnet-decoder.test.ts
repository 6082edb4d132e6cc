import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinBytes } from '../testing/byte-sequences.ts';
import { chunkSizes, escapeRichBytes, escapeRichNoise, feed, randomSource } from '../testing/chunks.ts';
import { doubleEscapes } from './double-escapes.ts';
import { iac, telnetCommands } from './telnet-codes.ts';
import { subnegotiationBytes, TelnetDecoder } from './telnet-decoder.ts';
import { encodeNegotiation, encodeSubnegotiation } from './telnet-encoder.ts';

type Item =
  | { readonly kind: 'data'; readonly bytes: number[] }
  | { readonly kind: 'command'; readonly command: number }
  | { readonly kind: 'negotiation'; readonly verb: 'will' | 'wont' | 'do' | 'dont'; readonly option: number }
  | { readonly kind: 'subnegotiation'; readonly body: number[] };

/** What a decoder finds, neighbouring pieces of data joined. */
function itemLog() {
  const items: Item[] = [];
  const decoder = new TelnetDecoder({
    data: (bytes) => {
      const last = items.at(-1);
      if (last?.kind === 'data') items[items.length - 1] = { kind: 'data', bytes: [...last.bytes, ...bytes] };
      else items.push({ kind: 'data', bytes: [...bytes] });
    },
    command: (command) => void items.push({ kind: 'command', command }),
    negotiation: (verb, option) => void items.push({ kind: 'negotiation', verb, option }),
    subnegotiation: (body) => void items.push({ kind: 'subnegotiation', body: [...body] }),
  });
  return { items, decoder };
}

function decode(...bytes: number[]): Item[] {
  const { items, decoder } = itemLog();
  decoder.receive(Uint8Array.from(bytes));
  return items;
}

function encode(item: Item): Uint8Array {
  switch (item.kind) {
    case 'data':
      return doubleEscapes(Uint8Array.from(item.bytes));
    case 'command':
      return Uint8Array.of(iac, item.command);
    case 'negotiation':
      return encodeNegotiation(item.verb, item.option);
    case 'subnegotiation':
      return encodeSubnegotiation(Uint8Array.from(item.body));
    default:
      return item satisfies never;
  }
}

const byte = fc.integer({ min: 0, max: 255 });
const item: fc.Arbitrary<Item> = fc.oneof(
  escapeRichBytes.filter(({ length }) => length > 0).map((bytes) => ({ kind: 'data' as const, bytes: [...bytes] })),
  fc.integer({ min: 241, max: 249 }).map((command) => ({ kind: 'command' as const, command })),
  fc
    .tuple(fc.constantFrom('will' as const, 'wont' as const, 'do' as const, 'dont' as const), byte)
    .map(([verb, option]) => ({ kind: 'negotiation' as const, verb, option })),
  escapeRichBytes.map((bytes) => ({ kind: 'subnegotiation' as const, body: [...bytes] })),
);

function withJoinedData(items: readonly Item[]): Item[] {
  const joined: Item[] = [];
  for (const next of items) {
    const last = joined.at(-1);
    if (last?.kind === 'data' && next.kind === 'data') {
      joined[joined.length - 1] = { kind: 'data', bytes: [...last.bytes, ...next.bytes] };
    } else joined.push(next);
  }
  return joined;
}

describe('TelnetDecoder', () => {
  it('finds data and commands as they were encoded, however they are cut', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 12 }), chunkSizes, (sent, sizes) => {
        const { items, decoder } = itemLog();
        feed(joinBytes(sent.map(encode)), sizes, (chunk) => decoder.receive(chunk));
        expect(items).toEqual(withJoinedData(sent));
      }),
    );
  });

  it('passes on an empty subnegotiation and goes on', () => {
    expect(decode(iac, telnetCommands.sb, iac, telnetCommands.se, 65)).toEqual([
      { kind: 'subnegotiation', body: [] },
      { kind: 'data', bytes: [65] },
    ]);
  });

  it('keeps no more of a long subnegotiation than its limit', () => {
    const body = new Uint8Array(100_000).fill(iac);
    const { items, decoder } = itemLog();
    decoder.receive(encodeSubnegotiation(body));
    decoder.receive(Uint8Array.of(66));
    expect(items).toEqual([
      { kind: 'subnegotiation', body: Array.from({ length: subnegotiationBytes }, () => iac) },
      { kind: 'data', bytes: [66] },
    ]);
  });

  it('gives up a subnegotiation in which another command comes', () => {
    expect(decode(iac, telnetCommands.sb, 44, 1, iac, telnetCommands.will, 3, 65)).toEqual([
      { kind: 'negotiation', verb: 'will', option: 3 },
      { kind: 'data', bytes: [65] },
    ]);
    expect(decode(iac, telnetCommands.sb, 1, iac, telnetCommands.sb, 44, iac, telnetCommands.se)).toEqual([
      { kind: 'subnegotiation', body: [44] },
    ]);
  });

  it('gives a chunk full of escaped bytes as one piece', () => {
    const pieces: number[] = [];
    const ignore = (): void => undefined;
    const decoder = new TelnetDecoder({
      data: (bytes) => void pieces.push(bytes.length),
      ...{ command: ignore, negotiation: ignore, subnegotiation: ignore },
    });
    decoder.receive(new Uint8Array(2000).fill(iac));
    expect(pieces).toEqual([1000]);
  });

  it('keeps an FF that was not doubled, when no command can be meant', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 235 })), chunkSizes, (bytes, sizes) => {
        const { items, decoder } = itemLog();
        const sent = Uint8Array.from([1, ...bytes.flatMap((byte) => [iac, byte, byte])]);
        feed(sent, sizes, (chunk) => decoder.receive(chunk));
        expect(items).toEqual([{ kind: 'data', bytes: [...sent] }]);
      }),
    );
  });

  it('survives whatever comes, and reads on behind it', () => {
    const random = randomSource(1);
    const { items, decoder } = itemLog();
    for (let turn = 0; turn < 100_000; turn += 1) {
      decoder.receive(escapeRichNoise(random));
      if (turn % 100 > 0) continue;
      // Ends whatever was begun: a verb takes the first byte, a subnegotiation the rest.
      decoder.receive(Uint8Array.of(0, iac, telnetCommands.se));
      items.length = 0;
      decoder.receive(Uint8Array.of(79, 75));
      expect(items).toEqual([{ kind: 'data', bytes: [79, 75] }]);
    }
  });
});
