import { afterAll, beforeAll, expect, it } from 'vitest';
import { PyserialConsole } from '../support/pyserial-console.ts';
import { until } from '../support/until.ts';
import { loopBack } from '../testbed/loop-back.ts';
import { requiresGuest } from '../testbed/requires-guest.ts';
import { SerialHost } from '../testbed/serial-host.ts';

const config = `
name: SerialMachine
ports:
  ttyS0:
    device: /dev/ttyS0
    tcp:
      - { listen: '*:3333', protocol: rfc2217, onBusy: share }
      - { listen: '*:3335', protocol: telnet, onBusy: share }
  ttyS4: { device: /dev/ttyS4, tcp: { listen: '*:3334', protocol: raw, pulseDtrMs: 100 } }
`;

const allOutputs = ['True', 'False'].flatMap((dtr) => ['False', 'True'].map((rts) => ({ dtr, rts })));

/** What is promised of a changed input on its way to a client, in milliseconds. */
const promisedInputMs = 100;

requiresGuest('pyserial on a UART of another machine', () => {
  let host: SerialHost;
  let python: PyserialConsole;
  beforeAll(async () => {
    host = await SerialHost.start(config);
    python = await PyserialConsole.start(host.guest.laptop);
    await open('port');
  });
  afterAll(async () => {
    await python?.end();
    await host?.close();
  });

  const open = (name: string): Promise<unknown> =>
    python.run(`${name} = serial.serial_for_url("rfc2217://${host.guest.address}:3333", timeout=10)`);
  /** How long the first break behind a mark was. */
  const breakMs = (mark: number): number | undefined => {
    const [on, off] = host.guest.trace.since(mark).filter(({ kind }) => kind === 'break');
    return on === undefined || off === undefined ? undefined : off.atMs - on.atMs;
  };

  it.each([
    { baudRate: 9600, dataBits: 7, parity: 'even', stopBits: 1, letter: 'E' },
    { baudRate: 300, dataBits: 8, parity: 'odd', stopBits: 2, letter: 'O' },
    { baudRate: 115_200, dataBits: 8, parity: 'none', stopBits: 1, letter: 'N' },
  ])(
    'sets the line to $baudRate baud, $dataBits data bits, parity $parity, $stopBits stop bits',
    async ({ letter, ...settings }) => {
      const mark = host.guest.trace.mark();
      const { baudRate, dataBits, stopBits } = settings;
      await python.run(
        `port.apply_settings({"baudrate": ${baudRate}, "bytesize": ${dataBits}, "parity": "${letter}", "stopbits": ${stopBits}})`,
      );
      const isSet = (): boolean => JSON.stringify(host.guest.trace.settingsSince(mark)) === JSON.stringify(settings);
      await until('the UART is set', isSet);
    },
  );

  it('sends breaks: by hand, and of a length', async () => {
    const byHand = host.guest.trace.mark();
    await python.run('port.break_condition = True');
    await python.run('time.sleep(0.1)');
    await python.run('port.break_condition = False');
    await until('the break is over', () => breakMs(byHand) !== undefined);
    expect(breakMs(byHand)).toBeGreaterThan(50);
    const ofLength = host.guest.trace.mark();
    await python.run('port.send_break(0.25)');
    await until('the break is over', () => breakMs(ofLength) !== undefined);
    expect(breakMs(ofLength)).toBeGreaterThan(200);
  });

  it("has a break of telnet's sent", async () => {
    const mark = host.guest.trace.mark();
    await python.run(`telnet = serial.serial_for_url("socket://${host.guest.address}:3335")`);
    // IAC BRK of RFC 854.
    await python.run('telnet.write(bytes([255, 243]))');
    await until('the break is over', () => breakMs(mark) !== undefined);
    await python.run('telnet.close()');
  });

  // The speed is the last that was set: what is set after this waits until a line of that speed has sent everything.
  it('exchanges every byte value with the far end', async () => {
    const far = host.guest.far('ttyS0');
    far.tee({ take: (bytes) => far.send(bytes) });
    expect(await python.run('echoed(port, pattern(1000))')).toBe(1000);
  });

  it('sets DTR and RTS, and reads them where they are looped to the inputs', async () => {
    await loopBack(host.guest, 'ttyS0');
    for (const { dtr, rts } of allOutputs) {
      const mark = host.guest.trace.mark();
      await python.run(`port.dtr = ${dtr}; port.rts = ${rts}`);
      await python.run(`until(lambda: (port.dsr, port.cts) == (${dtr}, ${rts}))`);
      const outputs = host.guest.trace.outputsSince(mark).at(-1);
      expect(outputs).toMatchObject({ dtr: dtr === 'True', rts: rts === 'True' });
    }
  });

  it('sees an input change, whoever has caused it', async () => {
    await open('other');
    for (const level of ['False', 'True', 'False', 'True']) {
      const change = `change_seen(assign(other, "rts", ${level}), lambda: port.cts == ${level})`;
      expect(await python.milliseconds(change)).toBeLessThan(10 * promisedInputMs);
    }
    await python.run('other.close()');
  });

  it('resets a board by connecting, where DTR is to have a pulse then', async () => {
    const mark = host.guest.trace.mark();
    await python.run(`raw = serial.serial_for_url("socket://${host.guest.address}:3334")`);
    const pulses = (): string =>
      host.guest.trace
        .outputsSince(mark)
        .map(({ dtr }) => (dtr ? 'on' : 'off'))
        .join(' ');
    await until('DTR is on again', () => pulses().endsWith('off on'));
    await python.run('raw.close()');
  });
});
