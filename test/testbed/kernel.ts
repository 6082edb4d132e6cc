import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { decompressKernel } from './vmlinux.ts';

const execute = promisify(execFile);

/** The distribution's name for its newest stock kernel: a package that depends on it. */
const kernelPackage = 'linux-image-amd64';

/** A stock kernel of Debian, unpacked. */
export interface GuestKernel {
  /** What QEMU starts. */
  readonly vmlinux: string;
  /** The root of the unpacked package: modules are in lib/modules/`release`. */
  readonly root: string;
  readonly release: string;
}

/** Outside of the repository: 70 MB to fetch, and nothing of it changes with the code. */
const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sercli-testbed', 'kernel');
const vmlinux = join(folder, 'vmlinux');

export function isKernelCached(): boolean {
  return existsSync(vmlinux);
}

/** The cached kernel; fetched from Debian's archive when there is none. Needs the archive's lists (`apt-get update`). */
export async function guestKernel(): Promise<GuestKernel> {
  if (!isKernelCached()) await fetchKernel();
  const [release] = await readdir(join(folder, 'lib/modules'));
  if (release === undefined) throw new Error(`${folder} has no modules; remove it, and the kernel is fetched again`);
  return { vmlinux, root: folder, release };
}

/** Takes its place only when it is whole. */
async function fetchKernel(): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}-`);
  try {
    const { stdout } = await execute('apt-cache', ['depends', '--important', kernelPackage]);
    const [, name] = /Depends: (linux-image-\S+)/.exec(stdout) ?? [];
    if (name === undefined) throw new Error(`${kernelPackage} is not in the archive's lists; run apt-get update`);
    await execute('apt-get', ['download', name], { cwd: draft });
    const packageFile = (await readdir(draft)).find((file) => file.endsWith('.deb')) ?? '';
    await execute('dpkg', ['-x', packageFile, '.'], { cwd: draft });
    await rm(join(draft, packageFile));
    await unpack(draft);
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function unpack(root: string): Promise<void> {
  const boot = join(root, 'boot');
  const image = (await readdir(boot)).find((file) => file.startsWith('vmlinuz-')) ?? '';
  // The package leaves modules.dep to its installation.
  await execute('depmod', ['--basedir', root, image.replace('vmlinuz-', '')]);
  await writeFile(join(root, 'vmlinux'), decompressKernel(await readFile(join(boot, image))));
  await rm(boot, { recursive: true });
}
