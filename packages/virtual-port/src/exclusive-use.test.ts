import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const nobody = 65534;

/**
 * A port whose application leaves TIOCEXCL, which only root may pass: it opens twice in a row, in a process without root.
 * The program prints what happened to the port's path and link.
 */
const program = `
  import { execFileSync } from 'node:child_process';
  import { readlinkSync } from 'node:fs';
  const { VirtualPort } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
  const port = await VirtualPort.create({ link: process.argv[1] });
  const first = port.path;
  const run = (code) => execFileSync('/usr/bin/python3', ['-c', 'import os,sys,fcntl\\nf=os.open(sys.argv[1],os.O_RDWR)\\n' + code, port.link]);
  let sessions = 0;
  port.listen({ opened() {}, readable() {}, closed() {
    sessions++;
    if (sessions === 1) {
      run('os.write(f,b"x")');
      console.log(port.path !== first && readlinkSync(port.link) === port.path ? 'renewed' : 'kept');
    }
    port.close();
  } });
  run('fcntl.ioctl(f,0x540c)');`;

it.runIf(process.getuid?.() === 0)(
  'is ended by a new pseudo terminal where the caller is not root',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'exclusive-use-'));
    chmodSync(directory, 0o1777);
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, join(directory, 'ttyS0')], {
      uid: nobody,
      gid: nobody,
      env: { ...process.env, XDG_RUNTIME_DIR: directory },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    await once(child, 'close');
    rmSync(directory, { recursive: true });
    expect(output).toBe('renewed\n');
  },
  20_000,
);
