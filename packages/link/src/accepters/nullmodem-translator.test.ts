import { describe, expect, it } from 'vitest';
import { AccepterBench, settled } from '../testing/accepter-bench.ts';
import { MemoryLink } from '../testing/memory-link.ts';

describe('a nullmodem session', () => {
  it('lets the outputs and the break of DOSBox act on the port, in their place', async () => {
    const bench = new AccepterBench('nullmodem');
    await bench.send('0xff 00 ff 00 ff 00', '0xff 03', 'a', '0xff 07', '0xff 03', 'b', '0xff 02');
    expect(bench.link.log).toEqual([
      'step {"rts":false,"dtr":false}',
      'step {"rts":true,"dtr":true}',
      '"a"',
      'step {"break":true}',
      'step {"break":false}',
      '"b"',
      'step {"rts":false}',
    ]);
  });

  it('lets CTS and DSR of the port act in DOSBox', async () => {
    const link = new MemoryLink();
    link.setInputs({ cts: true });
    const bench = new AccepterBench('nullmodem', { link });
    link.setInputs({ dsr: true });
    link.setInputs({ dsr: true, dcd: true, ri: true });
    link.setInputs({ cts: false });
    await settled();
    expect(bench.received).toBe('ff 01 ff 03 ff 02');
  });

  it('gives what the device sends a break and nothing besides', async () => {
    const link = new MemoryLink();
    link.setInputs({ cts: true, dsr: true });
    const bench = new AccepterBench('nullmodem', { link });
    bench.link.receive('a');
    bench.link.receiveBreak();
    bench.link.receive(Uint8Array.of(255, 98));
    await settled();
    expect(bench.received).toBe('ff 03 61 ff 07 ff 03 ff ff 62');
  });

  it('says that CTS and DSR are on where the device has none, so that programs send', async () => {
    const bench = new AccepterBench('nullmodem', { link: new MemoryLink({ hasLines: false }) });
    await bench.send('0xff 03', 'x');
    expect(bench.received).toBe('ff 00 ff 03');
    expect(bench.link.written.toString()).toBe('x');
  });

  it('says that they are off while the device is away', async () => {
    const link = new MemoryLink();
    link.setInputs({ cts: true, dsr: true });
    const bench = new AccepterBench('nullmodem', { link });
    link.setState({ kind: 'lost', reason: 'unplugged' });
    link.setState({ kind: 'up' });
    await settled();
    expect(bench.received).toBe('ff 03 ff 00 ff 03');
  });

  it('says that they are off while a device without lines is away, so that programs wait for it', async () => {
    const bench = new AccepterBench('nullmodem', { link: new MemoryLink({ hasLines: false }) });
    await settled();
    bench.link.setState({ kind: 'lost', reason: 'unplugged' });
    bench.link.setState({ kind: 'up' });
    await settled();
    expect(bench.received).toBe('ff 00 ff 03 ff 00 ff 03');
  });

  it('never tears an escape, however much it sends', async () => {
    const bench = new AccepterBench('nullmodem');
    bench.link.receive(Buffer.alloc(100_000, Buffer.of(0, 255, 255)));
    await settled();
    const longest = Math.max(...bench.portions.map((portion) => portion.length / 2));
    const escapesOf = (portion: string): number => Buffer.from(portion, 'hex').filter((byte) => byte === 255).length;
    // The opening is `ff 00`; in what follows each escaped byte is a pair.
    expect(bench.portions.slice(1).every((portion) => escapesOf(portion) % 2 === 0)).toBe(true);
    expect(longest).toBeLessThanOrEqual(1024);
  });

  it('applies nothing of a client who may set nothing', async () => {
    const bench = new AccepterBench('nullmodem', { allowsSettings: false });
    await bench.send('0xff 03', 'x');
    expect(bench.link.log).toEqual(['"x"']);
  });
});
