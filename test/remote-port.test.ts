import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parsePortSpec } from '@sercli/agent';
import type { RemotePort } from '@sercli/client';
import { FaultProxy, patternBytes } from '@sercli/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClientBench } from './support/client-bench.ts';
import { until } from './support/until.ts';

const manyBytes = 16 * 1024 * 1024;

let bench: ClientBench;
beforeEach(async () => {
  bench = await ClientBench.create();
});
afterEach(() => bench.close());

/** Reads so many bytes, and leaves the rest. */
async function read(port: RemotePort, bytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let rest = bytes; rest > 0; ) {
    const part = port.read(Math.min(rest, port.readableLength)) as Buffer | null;
    if (part === null) await once(port, 'readable');
    else {
      parts.push(part);
      rest -= part.length;
    }
  }
  return Buffer.concat(parts);
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('bytes', () => {
  it('go both ways, 16 MB each, however late they are read', async () => {
    const port = await bench.connect('dut');
    const [sent, written] = [patternBytes(manyBytes, 1), patternBytes(manyBytes, 2)];
    const heard = createHash('sha256');
    let heardBytes = 0;
    const reading = (async () => {
      for await (const chunk of port.iterator({ destroyOnReturn: false })) {
        heard.update(chunk);
        heardBytes += chunk.length;
        // A reader that has other things to do now and then.
        if (heardBytes % 7 === 0) await new Promise(setImmediate);
        if (heardBytes >= manyBytes) return;
      }
    })();
    bench.device.send(sent);
    const received = bench.device.receive(manyBytes);
    for (let at = 0; at < manyBytes; at += 100_000) {
      if (!port.write(written.subarray(at, at + 100_000))) await once(port, 'drain');
    }
    expect(hashOf(await received)).toBe(hashOf(written));
    await reading;
    expect(heard.digest('hex')).toBe(hashOf(sent));
  });

  it('wait at the device while the stream is paused', async () => {
    const port = await bench.connect('dut');
    const gaps: unknown[] = [];
    port.on('gap', (gap) => gaps.push(gap));
    const witness = await bench.client('bob').connect(bench.address('dut'), { role: 'monitor' });
    const held = once(witness.resume(), 'hold');
    port.read(0);
    const sent = patternBytes(manyBytes);
    bench.device.send(sent);
    expect(await held).toEqual([{ isHeld: true }]);
    expect(port.readableLength).toBeGreaterThan(0);
    expect(port.readableLength).toBeLessThanOrEqual(2 * 65_536);
    expect(hashOf(await read(port, manyBytes))).toBe(hashOf(sent));
    expect(gaps).toEqual([]);
    await witness.close();
  });

  it('wait in the program while the device takes none', async () => {
    const port = await bench.connect('dut');
    bench.device.pause();
    let writtenBytes = 0;
    const chunk = patternBytes(50_000);
    while (port.write(chunk)) writtenBytes += chunk.length;
    writtenBytes += chunk.length;
    expect(writtenBytes).toBeLessThan(1_000_000);
    const drained = once(port, 'drain');
    bench.device.resume();
    await drained;
    expect((await bench.device.receive(writtenBytes)).length).toBe(writtenBytes);
  });

  it('come through a pipeline into the port, which then is still open', async () => {
    const port = await bench.connect('dut');
    await pipeline(Readable.from([Buffer.from('one '), Buffer.from('two')]), port);
    expect(String(await bench.device.receive(7))).toBe('one two');
    bench.device.send('three');
    expect((await read(port, 5)).toString()).toBe('three');
    await port.close();
  });
});

describe('settings, lines and breaks', () => {
  it('are those of the device, and change behind the bytes written before', async () => {
    const port = await bench.connect('dut', { settings: { baudRate: 9600 } });
    expect(port.settings.baudRate).toBe(9600);
    const told = once(port, 'settings');
    bench.device.pause();
    // More than the link takes: the change has to wait in the stream too.
    const written = patternBytes(600_000);
    port.write(written);
    const changed = port.update({ baudRate: 19_200, stopBits: 2 });
    expect(bench.device.settings.baudRate).toBe(9600);
    bench.device.resume();
    expect(await changed).toMatchObject({ baudRate: 19_200, stopBits: 2 });
    expect(bench.device.settings).toMatchObject({ baudRate: 19_200, stopBits: 2 });
    // The kernel keeps some of it for a device that reads late.
    expect(bench.device.receivedBytes).toBeGreaterThan(500_000);
    expect((await bench.device.receive(written.length)).equals(Buffer.from(written))).toBe(true);
    expect(await told).toMatchObject([{ baudRate: 19_200 }]);
  });

  it('tell and set the modem lines, and send breaks', async () => {
    const port = await bench.connect('modem');
    expect(port.lines).toMatchObject({ dtr: true, rts: true, cts: true });
    const changed = once(port, 'lines');
    expect(await port.setLines({ rts: false })).toMatchObject({ dtr: true, rts: false });
    expect(await changed).toMatchObject([{ rts: false }]);
    const begun = performance.now();
    await port.sendBreak(120);
    expect(performance.now() - begun).toBeGreaterThan(115);
  });

  it('fail with a coded error where there are none, and the port goes on', async () => {
    const port = await bench.connect('program');
    await expect(port.setLines({ dtr: false })).rejects.toMatchObject({ name: 'SercliError', code: 'no-modem-lines' });
    port.write('still there\n');
    expect((await read(port, 11)).toString()).toBe('still there');
  });

  it('that no port can have are refused, and nobody but who asked for them is disturbed', async () => {
    const client = bench.client('anna');
    const [port, sibling] = await Promise.all(['dut', 'echo'].map((name) => client.connect(bench.address(name))));
    for (const baudRate of [0, -1, Number.NaN, 9600.5, 1e12]) {
      await expect(port?.update({ baudRate })).rejects.toMatchObject({ code: 'bad-settings' });
      const settings = { baudRate };
      await expect(client.connect(bench.address('modem'), { settings })).rejects.toMatchObject({
        code: 'bad-settings',
      });
    }
    expect(await port?.update({ baudRate: 300 })).toMatchObject({ baudRate: 300 });
    expect(sibling?.state).toBe('up');
    await Promise.all([port?.close(), sibling?.close()]);
  });

  it('drain waits for what was written, and flush discards what was not sent', async () => {
    const port = await bench.connect('dut');
    bench.device.pause();
    port.write(patternBytes(600_000));
    await port.flush('unsent');
    expect(port.writableLength).toBe(0);
    bench.device.resume();
    port.write('END');
    await port.drain();
    await bench.device.receiveText('END');
    expect(bench.device.receivedBytes).toBe(0);
  });

  it('flush discards what was received and not read', async () => {
    const port = await bench.connect('dut');
    port.read(0);
    bench.device.send(patternBytes(1_000_000));
    await until('the agent has it all, and the stream is full', async () => {
      const { ports } = await bench.agent.portList();
      const { receivedBytes } = ports.find(({ name }) => name === 'dut')?.counters ?? {};
      return receivedBytes === 1_000_000 && port.readableLength >= 65_536;
    });
    const keptBytes = port.readableLength;
    await port.flush('received');
    bench.device.send('fresh');
    const all = await read(port, keptBytes + 5);
    expect(all.subarray(keptBytes).toString()).toBe('fresh');
  });
});

describe('a connection that is cut', () => {
  it('is a pause: the bytes go on where they were', async () => {
    const proxy = await FaultProxy.start(bench.agent.tcpPort);
    const port = await bench.client('anna').connect(bench.address('dut', proxy.tcpPort));
    const events: string[] = [];
    port.on('lost', () => events.push('lost')).on('up', () => events.push('up'));
    port.on('gap', () => events.push('gap')).on('in-doubt', () => events.push('in-doubt'));
    bench.device.echo();
    const sent = patternBytes(2_000_000);
    const writing = pipeline(Readable.from(chunksOf(sent)), port, { end: false });
    const first = await read(port, 500_000);
    proxy.cut();
    const rest = await read(port, sent.length - first.length);
    await writing;
    expect(hashOf(Buffer.concat([first, rest]))).toBe(hashOf(sent));
    expect(events).toEqual(['lost', 'up']);
    await port.close();
    await proxy.close();
  });
});

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
}

describe('two at once', () => {
  it('one controls and the other watches, until it takes over', async () => {
    const controller = await bench.connect('dut');
    const bob = bench.client('bob');
    await expect(bob.connect(bench.address('dut'))).rejects.toMatchObject({
      code: 'port-busy',
      message: expect.stringMatching(/controlled by anna/),
    });
    const monitor = await bob.connect(bench.address('dut'), { role: 'monitor' });
    expect(monitor.controller).toMatchObject({ name: 'anna' });
    bench.device.send('both');
    expect(String(await read(controller, 4))).toBe('both');
    expect(String(await read(monitor, 4))).toBe('both');

    const taken = once(controller, 'control');
    const other = await bob.connect(bench.address('dut'), { takes: true });
    expect(await taken).toMatchObject([{ hasControl: false, controller: { name: 'bob' } }]);
    const refused = once(controller, 'refused');
    controller.write('no');
    expect(await refused).toEqual([{ bytes: 2 }]);
    other.write('yes');
    await bench.device.receiveText('yes');

    const failed = once(monitor, 'error').catch((error: unknown) => error);
    monitor.write('no');
    expect(await once(monitor, 'error').catch((error: unknown) => error)).toMatchObject([{ code: 'not-controller' }]);
    await failed;
    await other.close();
  });
});

describe('the end', () => {
  it('hands over what was written, lets a reader finish, and closes once', async () => {
    const port = await bench.connect('dut');
    const read: Buffer[] = [];
    const reading = (async () => {
      for await (const chunk of port) read.push(chunk);
    })();
    bench.device.send('last words');
    await until('they are read', () => Buffer.concat(read).length === 10);
    const written = patternBytes(300_000);
    port.write(written);
    await Promise.all([port.close(), port.close()]);
    await reading;
    expect(port.destroyed).toBe(true);
    expect(port.errored).toBeNull();
    expect((await bench.device.receive(written.length)).equals(Buffer.from(written))).toBe(true);
    const sessions = bench.agent.sessionList().sessions;
    expect(sessions).toEqual([]);
    await expect(port.update({ baudRate: 9600 })).rejects.toMatchObject({ code: 'closed' });
  });

  it('comes also where nobody reads, and where the device takes nothing', async () => {
    const unread = await bench.connect('echo');
    unread.write('who reads this?');
    const closed = once(unread, 'close');
    await unread.close();
    await closed;

    const stuck = await bench.connect('dut');
    bench.device.pause();
    stuck.write(patternBytes(1_000_000));
    const told: { bytes: number }[] = [];
    stuck.on('in-doubt', (doubt) => told.push(doubt));
    // Nobody listens for errors: one would end the program.
    await stuck.close();
    expect(stuck.destroyed).toBe(true);
    expect(told).toHaveLength(1);
    bench.device.resume();
    // The kernel has some of it.
    const { bytes = 0 } = told[0] ?? {};
    expect(bytes).toBeGreaterThan(900_000);
    expect(bytes).toBeLessThanOrEqual(1_000_000);
  });

  it('is an error with a code where the agent ends it', async () => {
    const port = await bench.connect('dut', { reopens: false });
    const failed = once(port, 'error');
    await bench.agent.serve({ ports: [parsePortSpec('other=sim:echo')] });
    expect(await failed).toMatchObject([{ name: 'SercliError', code: expect.stringMatching(/session-ended|port-/) }]);
    expect(port.destroyed).toBe(true);
    await port.close();
  });
});
