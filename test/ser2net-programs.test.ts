import { access, chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requires, systemPython } from '@sercli/testkit';
import type { LineSettings } from '@sercli/tty';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freeTcpPort } from './support/free-tcp-port.ts';
import { PtyDevice } from './support/pty-device.ts';
import { everyByte, isListening, Ser2netBench } from './support/ser2net-bench.ts';
import { sercliProgram } from './support/sercli-program.ts';
import { until } from './support/until.ts';

let bench: Ser2netBench;
beforeEach(async () => {
  bench = await Ser2netBench.create();
});
afterEach(() => bench.close());

requires({ programs: ['ser2net', 'socat'] })('ser2net and sercli ser2net', () => {
  it('do the same with the same file: texts through a chain of socat, every byte over TCP, settings of the line', async () => {
    const other = new PtyDevice();
    for (const device of [bench.device, other]) device.echo();
    const otherPort = await freeTcpPort();
    const file = await bench.file(
      'ser2net.conf',
      'BANNER:b:\\x41\\102 \\\\ \\N\\r\\n',
      `${bench.articleLine} 2STOPBITS b`,
      `${otherPort}:raw:0:${other.path}:57600,8DATABITS,NONE,1STOPBIT`,
    );
    const seen: object[] = [];
    for (const server of [['ser2net'], [process.execPath, sercliProgram, 'ser2net']]) {
      const [program = '', ...args] = server;
      const serving = await bench.run(program, [...args, '-n', '-d', '-c', file]);
      await until('the server listens', () => isListening(otherPort));
      const bytes = await bench.echoed(otherPort);
      seen.push({ bytes, ...(await throughSocat()) });
      await serving.end();
    }
    other.close();
    expect(seen[1]).toEqual(seen[0]);
    const text = `AB \\ ${bench.tcpPort}\r\nevery byte and no other`;
    expect(seen[1]).toMatchObject({ bytes: everyByte, text, settings: { baudRate: 115_200, stopBits: 2 } });
  });
});

/** What an application reads on the link of the article's socat, when the device sends back what it writes; and the line. */
async function throughSocat(): Promise<{ text: string; settings: LineSettings }> {
  const link = join(bench.folder, 'vttyS0');
  const socat = await bench.run('socat', [`pty,raw,echo=0,link=${link},waitslave`, `tcp:127.0.0.1:${bench.tcpPort}`]);
  const application = await bench.run('socat', ['-t5', '-,ignoreeof', `${await linked(link)},raw,echo=0`]);
  application.stdin.write('every byte and no other');
  await application.stdout.waitFor(/every byte and no other$/);
  // ser2net puts them back when it closes the device.
  const settings = { ...bench.device.settings };
  for (const program of [application, socat]) await program.end();
  return { text: application.stdout.text, settings };
}

const yes = (): boolean => true;
const no = (): boolean => false;

async function linked(link: string): Promise<string> {
  await until(`${link} is there`, () => access(link).then(yes, no));
  return link;
}

const labgridProgram = fileURLToPath(new URL('./support/labgrid-export.py', import.meta.url));

requires({ python: ['labgrid', 'serial'] })("labgrid's exporter", () => {
  it('starts sercli under the name of ser2net, and a client of pyserial works', async () => {
    bench.device.echo();
    const wrapper = join(bench.folder, 'ser2net');
    await writeFile(wrapper, `#!/bin/sh\nexec "${process.execPath}" "${sercliProgram}" ser2net "$@"\n`);
    await chmod(wrapper, 0o755);
    const environment = { PATH: `${bench.folder}:${process.env.PATH}` };
    const exporter = await bench.run(systemPython, [labgridProgram, bench.device.path], environment);
    await exporter.expectExit(0, 30_000);
    expect(exporter.stdout.text).toContain('echoed 256 bytes at 57600');
    expect(bench.device.settings.baudRate).toBe(57_600);
  });
});
