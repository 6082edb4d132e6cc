import type { SpokenProtocol } from '@sercli/protocol';
import { describe, expect, it } from 'vitest';
import { AccepterBench, settled } from '../testing/accepter-bench.ts';
import { MemoryLink } from '../testing/memory-link.ts';

/** A session whose device has sent something already. */
function openAuto(banner?: Uint8Array) {
  const decisions: SpokenProtocol[] = [];
  const link = new MemoryLink();
  link.receive(Uint8Array.of(0x64, 0xff));
  const options = { link, onDecided: (protocol: SpokenProtocol) => void decisions.push(protocol) };
  const bench = new AccepterBench('auto', banner === undefined ? options : { ...options, banner });
  return { bench, decisions, link };
}

describe('an auto session', () => {
  it('holds back what the device sends until it has decided', async () => {
    const { bench, decisions } = openAuto(Buffer.from('hello'));
    await settled();
    await bench.clock.advance(249);
    expect(bench.received).toBe('');
    expect(bench.session.protocol).toBe('auto');
    await bench.clock.advance(1);
    await settled();
    expect(decisions).toEqual(['raw']);
    expect(bench.session.protocol).toBe('raw');
    expect(bench.received).toBe('68 65 6c 6c 6f 64 ff');
  });

  it('decides for raw with the first byte that is nothing else', async () => {
    const { bench, decisions, link } = openAuto();
    await bench.send('AT\r');
    expect(decisions).toEqual(['raw']);
    expect(link.written.toString()).toBe('AT\r');
    expect(bench.received).toBe('64 ff');
  });

  it('decides for telnet with a negotiation, and tells when it becomes RFC 2217', async () => {
    const { bench, decisions, link } = openAuto();
    await bench.send('0xff fd 01');
    expect(decisions).toEqual(['telnet']);
    expect(bench.session.protocol).toBe('telnet');
    expect(bench.received).toBe('ff fb 03 ff fd 03 ff fb 01 ff fe 01 ff fd 00 ff fb 00 ff fd 2c 64 ff ff');
    await bench.send('0xff fb 2c', 'x', '0xff ff');
    expect(decisions).toEqual(['telnet', 'rfc2217']);
    expect(bench.session.protocol).toBe('rfc2217');
    expect(link.written.toString('hex')).toBe('78ff');
  });

  it('tells the decision before the agreement when both come at once', async () => {
    const { bench, decisions } = openAuto();
    await bench.send('0xff fb 2c ff fd 01');
    expect(decisions).toEqual(['telnet', 'rfc2217']);
  });

  it('decides for nullmodem with a run of pairs', async () => {
    const { bench, decisions, link } = openAuto();
    await bench.send('0xff 00', '0xff 00 ff', '0x00 ff 03');
    expect(decisions).toEqual([]);
    await bench.clock.advance(250);
    await bench.send('0xff ff 41');
    expect(decisions).toEqual(['nullmodem']);
    expect(bench.received).toBe('ff 00 64 ff ff');
    expect(link.log).toEqual(['step {"rts":false,"dtr":false}', 'step {"rts":true,"dtr":true}', '"\u00ffA"']);
  });

  it('keeps what came before a run broke', async () => {
    const { bench, decisions, link } = openAuto();
    await bench.send('0xff 00 ff 03', '0x41');
    expect(decisions).toEqual(['raw']);
    expect(link.written.toString('hex')).toBe('ff00ff0341');
  });

  it('decides when the client sends no more', async () => {
    const { bench, decisions, link } = openAuto();
    bench.client.end(Uint8Array.of(0xff));
    expect(await bench.session.closed).toBeUndefined();
    expect(decisions).toEqual(['raw']);
    expect(link.written.toString('hex')).toBe('ff');
    expect(bench.clock.pending).toBe(0);
  });
});
