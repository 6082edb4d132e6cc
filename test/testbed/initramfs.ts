import { execFile, execFileSync } from 'node:child_process';
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { GuestKernel } from './kernel.ts';

const execute = promisify(execFile);

/** What the guest's hardware needs besides what is built into Debian's kernel, in the order of loading. */
const drivers = [
  ...['virtio_pci', 'virtio_console', 'virtio_net', 'virtio_rng', '9pnet_virtio', '9p'],
  ...['xhci_pci', 'usbmon', 'ftdi_sio', 'cdc_acm', 'dummy_hcd', 'usb_f_acm', 'g_serial'],
];

/** Written into `folder`; returns the path of the archive. All it does is to make the host's file system the guest's. */
export async function makeInitramfs(folder: string, kernel: GuestKernel): Promise<string> {
  const root = join(folder, 'initramfs');
  for (const name of ['bin', 'modules', 'proc', 'sys', 'dev', 'root']) {
    await mkdir(join(root, name), { recursive: true });
  }
  await copyFile('/bin/busybox', join(root, 'bin/busybox'));
  await copyFile(new URL('init.sh', import.meta.url), join(root, 'init'));
  await chmod(join(root, 'init'), 0o755);
  const modules = await modulesOf(drivers, kernel);
  for (const path of modules) await copyFile(path, join(root, 'modules', basename(path)));
  await writeFile(join(root, 'modules/order'), modules.map((path) => `${basename(path)}\n`).join(''));
  return pack(root, join(folder, 'initramfs.cpio'));
}

/** Files of modules, each behind those that it depends on. */
async function modulesOf(names: readonly string[], { root, release }: GuestKernel): Promise<readonly string[]> {
  const question = ['--dirname', root, '--set-version', release, '--show-depends', '--all', ...names];
  const { stdout } = await execute('modprobe', question);
  return [...new Set([...stdout.matchAll(/^insmod (\S+)/gm)].map(([, path = '']) => path))];
}

async function pack(root: string, archive: string): Promise<string> {
  const { stdout: names } = await execute('find', ['.'], { cwd: root });
  execFileSync('cpio', ['--quiet', '--create', '--format=newc', '--owner=0:0', '--file', archive], {
    cwd: root,
    input: names,
  });
  return archive;
}
