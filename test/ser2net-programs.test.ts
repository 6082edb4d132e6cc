import { access, chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requires, systemPython } from '@sercli/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isListening, Ser2netBench } from './support/ser2net-bench.ts';
import { sercliProgram } from './support/sercli-program.ts';
import { until } from './support/until.ts';

let bench: Ser2netBench;
beforeEach(async () => {
  bench = await Ser2netBench.create();
});
afterEach(() => bench.close());

requires({ programs: ['ser2net', 'socat'] })('ser2net and sercli ser2net', () => {
  it('do the same with the same file: bytes through a chain of socat, settings of the line', async () => {
    bench.device.echo();
    const file = await bench.file('ser2net.conf', 'BANNER:b:\\x41\\102 \\\\ \\N\\r\\n', `${bench.articleLine} b`);
    const seen: object[] = [];
    for (const server of [['ser2net'], [process.execPath, sercliProgram, 'ser2net']]) {
      const [program = '', ...args] = server;
      const serving = await bench.run(program, [...args, '-n', '-d', '-c', file]);
      await until('the server listens', () => isListening(bench.tcpPort));
      const link = join(bench.folder, 'vttyS0');
      const socat = await bench.run('socat', [
        `pty,raw,echo=0,link=${link},waitslave`,
        `tcp:127.0.0.1:${bench.tcpPort}`,
      ]);
      const banner = `AB \\ ${bench.tcpPort}\r\n`;
      const application = await bench.run('socat', ['-t5', '-,ignoreeof', `${await linked(link)},raw,echo=0`]);
      application.stdin.write('every byte and no other');
      await application.stdout.waitFor(/every byte and no other$/);
      seen.push({ text: application.stdout.text.replace(banner, 'BANNER '), settings: { ...bench.device.settings } });
      for (const one of [application, socat, serving]) await one.end();
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[1]).toMatchObject({ text: 'BANNER every byte and no other' });
  });
});

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
