import { once } from 'node:events';
import { join } from 'node:path';
import type { Transform } from 'node:stream';
import { parseConfig } from '@sercli/agent';
import { type RemoteBindingInterface, type RemoteOpenOptions, remoteBinding } from '@sercli/client';
import { ChildProgram, FaultProxy, patternBytes } from '@sercli/testkit';
import type { BindingInterface } from '@serialport/bindings-interface';
import { ByteLengthParser } from '@serialport/parser-byte-length';
import { DelimiterParser } from '@serialport/parser-delimiter';
import { InterByteTimeoutParser } from '@serialport/parser-inter-byte-timeout';
import { ReadlineParser } from '@serialport/parser-readline';
import { RegexParser } from '@serialport/parser-regex';
import { SerialPortStream } from '@serialport/stream';
import { client as modbusClient } from 'jsmodbus';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClientBench } from './support/client-bench.ts';
import { modbusDevice } from './support/modbus-device.ts';
import { until } from './support/until.ts';

/** How a port of node-serialport says that it was disconnected. */
const disconnection = { disconnected: true, message: expect.any(String) };

describe('a SerialPortStream on a port of an agent', () => {
  let bench: ClientBench;
  let binding: RemoteBindingInterface;
  const streams: SerialPortStream[] = [];
  beforeEach(async () => {
    bench = await ClientBench.create();
    binding = remoteBinding(bench.client('anna'));
  });
  afterEach(async () => {
    for (const each of streams.splice(0)) {
      if (!each.isOpen) continue;
      const closed = once(each, 'close');
      each.close();
      await closed;
    }
    await bench.close();
  });
  const open = async (path: string, options: Partial<RemoteOpenOptions> = {}): Promise<SerialPortStream> => {
    // Its type is that of node-serialport's own bindings, and so is whatever takes one.
    const own: BindingInterface = binding;
    const port = new SerialPortStream({ binding: own, path, baudRate: 115_200, ...options });
    streams.push(port);
    await once(port, 'open');
    return port;
  };

  it.each<[string, () => Transform, string[], string[]]>([
    ['readline', () => new ReadlineParser({ delimiter: '\r\n' }), ['one\r\ntw', 'o\r\nthree'], ['one', 'two']],
    ['delimiter', () => new DelimiterParser({ delimiter: Buffer.of(0x7e) }), ['a~b', 'c~'], ['a', 'bc']],
    ['byte length', () => new ByteLengthParser({ length: 4 }), ['abcde', 'fgh'], ['abcd', 'efgh']],
    ['inter-byte timeout', () => new InterByteTimeoutParser({ interval: 200 }), ['to', 'gether'], ['together']],
    ['regular expressions', () => new RegexParser({ regex: /[;\n]/ }), ['x=1;y=', '2\n'], ['x=1', 'y=2']],
  ])('is parsed: %s', async (_name, parser, pieces, expected) => {
    const port = await open(bench.address('dut'));
    const parsed: string[] = [];
    port.pipe(parser()).on('data', (part: Buffer | string) => parsed.push(part.toString()));
    for (const piece of pieces) bench.device.send(piece);
    await until('all is parsed', () => parsed.length >= expected.length);
    expect(parsed).toEqual(expected);
  });

  it('has settings, lines, flush and drain', async () => {
    const port = await open(bench.address('dut'), { baudRate: 4800, stopBits: 2, rtscts: true });
    expect(bench.device.settings).toMatchObject({ baudRate: 4800, stopBits: 2, flowControl: 'hardware' });
    await new Promise((resolve) => port.update({ baudRate: 9600 }, resolve));
    expect(bench.device.settings.baudRate).toBe(9600);
    expect(port.baudRate).toBe(9600);
    port.write('out');
    await new Promise((resolve) => port.drain(resolve));
    await bench.device.receiveText('out');
    await new Promise((resolve) => port.flush(resolve));

    // A loop-back plug: DTR is wired to DSR and DCD, RTS to CTS.
    const plug = await open(bench.address('echo'));
    const linesAfter = async (flags: { dtr: boolean; rts: boolean }): Promise<unknown> => {
      await new Promise<void>((resolve, reject) => {
        plug.set(flags, (error: Error | null) => (error ? reject(error) : resolve()));
      });
      return new Promise((resolve) => plug.get((_error: Error | null, lines: unknown) => resolve(lines)));
    };
    expect(await linesAfter({ dtr: true, rts: false })).toEqual({ cts: false, dsr: true, dcd: true });
    expect(await linesAfter({ dtr: false, rts: true })).toEqual({ cts: true, dsr: false, dcd: false });
    expect(await open(bench.address('program')).then((program) => setError(program))).toMatchObject({
      code: 'no-modem-lines',
    });
  });

  it('refuses a speed that no port can have, and goes on', async () => {
    const path = bench.address('dut');
    const refusal = { code: 'bad-settings' };
    await expect(binding.open({ path, baudRate: -5 })).rejects.toMatchObject(refusal);
    const port = await binding.open({ path, baudRate: 4800 });
    await expect(port.update({ baudRate: -1 })).rejects.toMatchObject(refusal);
    await port.update({ baudRate: 300 });
    expect(bench.device.settings.baudRate).toBe(300);
    await port.close();
  });

  it('speaks Modbus to a device, through a library', async () => {
    bench.device.answer(modbusDevice({ unit: 7, registers: [11, 22, 33, 44] }));
    const port = new SerialPortStream({ binding, path: bench.address('dut'), baudRate: 9600 });
    streams.push(port);
    const modbus = new modbusClient.RTU(port, 7, 5_000);
    await once(port, 'open');
    const { response } = await modbus.readHoldingRegisters(1, 2);
    expect(response.body.valuesAsArray).toEqual([22, 33]);
  });

  it('pauses while the connection is cut', async () => {
    const proxy = await FaultProxy.start(bench.agent.tcpPort);
    const port = await open(bench.address('dut', proxy.tcpPort));
    bench.device.echo();
    const read: Buffer[] = [];
    port.on('data', (chunk: Buffer) => read.push(chunk));
    const sent = patternBytes(300_000);
    port.write(sent.subarray(0, 100_000));
    await until('some is back', () => read.length > 0);
    proxy.cut();
    port.write(sent.subarray(100_000));
    await until('all is back', () => Buffer.concat(read).length === sent.length);
    expect(Buffer.concat(read).equals(Buffer.from(sent))).toBe(true);
    expect(proxy.acceptedConnections).toBe(2);
    port.close();
    await once(port, 'close');
    await proxy.close();
  });

  it('is disconnected when another takes control, and can be opened again', async () => {
    const port = await open(bench.address('dut'));
    port.resume();
    const closed = once(port, 'close');
    const bob = await bench.client('bob').connect(bench.address('dut'), { takes: true });
    const [error] = await closed;
    expect(error).toMatchObject({
      ...disconnection,
      message: expect.stringMatching(/control of dut was taken by bob/),
    });
    expect(port.isOpen).toBe(false);
    await bob.close();
    port.open();
    await once(port, 'open');
    port.write('again');
    await bench.device.receiveText('again');
  });

  it('is disconnected when its agent is gone for good', async () => {
    const port = await open(bench.address('dut'), { remote: { graceMs: 1 } });
    port.resume();
    const closed = once(port, 'close');
    await bench.agent.close();
    expect(await closed).toMatchObject([disconnection]);
  });

  it('only reads where it is opened to watch', async () => {
    const controller = await open(bench.address('dut'));
    const monitor = await open(bench.address('dut'), { remote: { role: 'monitor' } });
    bench.device.send('seen');
    expect(String(await once(monitor, 'data'))).toBe('seen');
    const failed = once(monitor, 'error');
    monitor.write('x');
    expect(await failed).toMatchObject([{ code: 'not-controller' }]);
    expect(controller.isOpen).toBe(true);
  });
});

async function setError(port: SerialPortStream): Promise<unknown> {
  return new Promise((resolve) => port.set({ dtr: true }, resolve));
}

describe('bytes that are missing', () => {
  it('disconnect a port, behind those that came before them', async () => {
    const small = 'ports: { dut: { device: DEVICE, logBytes: 256KiB, holdMs: 0 } }';
    const bench = await ClientBench.create();
    const config = parseConfig(small.replace('DEVICE', bench.device.path), 'sercli.yaml');
    await bench.agent.serve({ ports: config.ports });
    const binding = remoteBinding(bench.client('anna'));
    const port = await binding.open({ path: bench.address('dut'), baudRate: 9600 });
    const sent = patternBytes(2_000_000);
    bench.device.send(sent);
    await until('the agent has it all', async () => {
      const { ports } = await bench.agent.portList();
      return ports[0]?.counters?.receivedBytes === sent.length;
    });
    const buffer = Buffer.alloc(100_000);
    let at = 0;
    const failure = await (async () => {
      for (;;) {
        const { bytesRead } = await port.read(buffer, 0, buffer.length);
        expect(buffer.subarray(0, bytesRead).equals(sent.subarray(at, at + bytesRead))).toBe(true);
        at += bytesRead;
      }
    })().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      canceled: false,
      disconnect: true,
      message: expect.stringMatching(/\d+ bytes that it received are missing/),
      cause: { code: 'session-ended' },
    });
    expect(at).toBeGreaterThan(0);
    expect(at).toBeLessThan(sent.length);
    await expect(port.read(buffer, 0, 1)).rejects.toMatchObject({ disconnect: true });
    await port.close();
    await bench.close();
  });
});

describe('a program that uses RemoteBinding', () => {
  it('is as short as node-serialport makes it, and ends by itself', async () => {
    const bench = await ClientBench.create();
    const script = join(import.meta.dirname, 'support', 'client-program.mjs');
    const environment = { HOME: bench.folder, XDG_STATE_HOME: '' };
    const program = await ChildProgram.start(process.execPath, [script, 'serialport', bench.address('echo')], {
      environment,
    });
    await program.expectExit(0);
    expect(program.stdout.text).toBe('hello\ndone\n');
    await bench.close();
  });
});
