import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatLineSettings } from '@sercli/protocol';
import { requires, type TerminalProgram } from '@sercli/testkit';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { AccepterMachine, type AccepterName } from './support/accepter-machine.ts';
import { until } from './support/until.ts';

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

/** What the device says first. A telnet client that has read it has read all that is negotiated before. */
const prompt = 'login: ';

const programs = ['nc', 'plink', 'telnet', 'kermit', 'gensiot', 'socat'];

requires({ programs })('network programs', () => {
  let machine: AccepterMachine;
  beforeAll(async () => {
    machine = await AccepterMachine.start();
  });
  afterEach(() => machine.endPrograms());
  afterAll(() => machine?.close());

  const piped: readonly (readonly [string, AccepterName, (tcpPort: string) => string[]])[] = [
    ['nc', 'raw', (tcpPort) => ['127.0.0.1', tcpPort]],
    ['nc', 'auto', (tcpPort) => ['127.0.0.1', tcpPort]],
    ['plink', 'raw', (tcpPort) => ['-raw', '-P', tcpPort, '127.0.0.1']],
    ['plink', 'telnet', (tcpPort) => ['-telnet', '-P', tcpPort, '127.0.0.1']],
    ['plink', 'rfc2217', (tcpPort) => ['-telnet', '-P', tcpPort, '127.0.0.1']],
    ['gensiot', 'raw', (tcpPort) => [`tcp,127.0.0.1,${tcpPort}`]],
    ['gensiot', 'telnet', (tcpPort) => [`telnet,tcp,127.0.0.1,${tcpPort}`]],
    ['gensiot', 'rfc2217', (tcpPort) => [`telnet(rfc2217),tcp,127.0.0.1,${tcpPort}`]],
  ];
  it.each(piped)('%s by %s: every byte value to the device and back', async (name, accepter, args) => {
    const got = join(machine.folder, `got-by-${name}-from-${accepter}`);
    await writeFile(got, '');
    const toFile = 'file=$1; shift; exec "$@" >"$file"';
    const isAttached = machine.nextSession('terminal');
    const program = await machine.run('sh', '-c', toFile, 'sh', got, name, ...args(machine.tcpPort(accepter)));
    await isAttached;
    machine.device.send(prompt);
    const read = () => readFile(got, 'latin1');
    await until('the device is heard', async () => (await read()) === prompt);
    program.stdin.write(everyByte);
    await until('all has come back', async () => (await read()).length >= prompt.length + everyByte.length);
    expect(await read()).toBe(prompt + everyByte.toString('latin1'));
  });

  const typed: readonly (readonly [string, AccepterName, (tcpPort: string) => string[]])[] = [
    ['telnet', 'telnet', (tcpPort) => ['127.0.0.1', tcpPort]],
    ['telnet', 'rfc2217', (tcpPort) => ['-8', '127.0.0.1', tcpPort]],
    ['plink', 'telnet', (tcpPort) => ['-telnet', '-P', tcpPort, '127.0.0.1']],
  ];
  it.each(typed)('%s at a terminal by %s: each key when it is typed, and no other', async (name, accepter, args) => {
    const isAttached = machine.nextSession('terminal');
    const program = machine.runOnTerminal(name, ...args(machine.tcpPort(accepter)));
    await isAttached;
    machine.device.send(prompt);
    await program.screen.waitFor(/login: /);
    await machine.device.receive(0);
    // One by one: a program that waits for the end of the line sends nothing.
    for (const key of keys) {
      program.type(key);
      expect(String(await machine.device.receive(Buffer.byteLength(key)))).toBe(key);
    }
  });

  it('C-Kermit sets the line by com-port control', async () => {
    const kermit = await startKermit('rfc2217');
    await machine.device.receiveText('is anybody there');
    expect(machine.device.settings.baudRate).toBe(9600);
    machine.device.send(goodbye);
    expect(await kermit.expectExit()).toEqual({ code: 0, signal: null });
  });

  it('C-Kermit is told of the modem lines', async () => {
    const kermit = await startKermit('plug');
    await kermit.screen.waitFor(/Signature +: sercli\s/);
    await kermit.screen.waitFor(/Speed +: 9600\s[\s\S]*CTS Signal On\s+DSR Signal On\s/);
    // The plug answers itself.
    await kermit.screen.waitFor(/the device has answered/);
  });

  /** Sets and shows what it is told, says something, and ends when the device has said goodbye. */
  async function startKermit(accepter: AccepterName): Promise<TerminalProgram> {
    const script = join(machine.folder, 'script.ksc');
    await writeFile(script, kermitScript(machine.tcpPort(accepter)));
    return machine.runOnTerminal('kermit', '+', script);
  }

  it('gensiot sets the line, and tells what it is told', async () => {
    const place = `telnet(rfc2217),tcp,127.0.0.1,${machine.tcpPort('plug')}`;
    const gensiot = await machine.run('gensiot', '-e', '0x1c', '-i', 'stdio(self)', place);
    gensiot.stdin.write('is anybody there');
    await gensiot.stdout.waitFor(/is anybody there/);
    gensiot.stdin.write('\x1cs19200\n\x1c7\x1ce\x1c2\x1cb');
    const isSet = async () => formatLineSettings((await machine.port('plug')).settings) === '19200 7E2';
    await until('the line is set', isSet);
    gensiot.stdin.write('\x1cd');
    await gensiot.stdout.waitFor(/Signature: sercli\s+Speed: 19200E72/);
  });

  it.each(['telnet', 'rfc2217'] as const)('gensiot makes a terminal of %s, which programs use', async (accepter) => {
    const link = join(machine.folder, `terminal-of-${accepter}`);
    const stack = accepter === 'rfc2217' ? 'telnet(rfc2217)' : 'telnet';
    const isAttached = machine.nextSession('terminal');
    await machine.run('gensiot', '-i', `pty(link=${link},raw)`, `${stack},tcp,127.0.0.1,${machine.tcpPort(accepter)}`);
    await isAttached;
    const socat = await machine.run('socat', '-t5', '-,ignoreeof', `${link},raw,echo=0`);
    socat.stdin.write('there and back');
    await socat.stdout.waitFor(/^there and back$/);
  });
});

/** Letters, ends of lines, what terminals and telnet make something of, and more than ASCII. */
const keys = ['a', 'Z', '\r', '\t', '\b', '\x7f', '\x03', '\x04', '\x11', '\x13', '\x1a', '\0', '\x1b', 'é', '€'];

const goodbye = 'goodbye';

function kermitScript(tcpPort: string): string {
  return `set quiet on
set command more-prompting off
set exit warning off
set carrier-watch off
set telopt com-port-control requested
set host 127.0.0.1 ${tcpPort} /telnet
if fail exit 3
set speed 9600
show communications
lineout is anybody there
input 5 is anybody there
if fail exit 4
echo the device has answered
input 30 ${goodbye}
if fail exit 5
exit 0
`;
}
