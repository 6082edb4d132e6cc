import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ChildProgram } from '@sercli/testkit';
import type { GuestNetwork } from './guest-network.ts';
import { commandPort } from './guest-program.ts';
import { makeInitramfs } from './initramfs.ts';
import { guestKernel } from './kernel.ts';
import { UartTrace } from './uart-trace.ts';

/** Mounted in the guest at the same place. */
const project = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** 6 s on an idle machine with two cores. */
const bootTimeoutMs = 120_000;

/** UARTs whose far ends are sockets in the emulator's folder, by the names that they have in the guest. */
const uarts = {
  ttyS0: 'isa-serial,index=0',
  ttyS1: 'isa-serial,index=1',
  ttyS4: 'pci-serial',
  ttyS5: 'pci-serial',
} as const;
export type UartName = keyof typeof uarts;
export const uartNames = Object.keys(uarts) as UartName[];

/** Starts QEMU and waits until the guest takes commands. */
export async function startEmulator(folder: string, network: GuestNetwork): Promise<ChildProgram> {
  const kernel = await guestKernel();
  const system = ['-kernel', kernel.vmlinux, '-initrd', await makeInitramfs(folder, kernel)];
  // setpriv(1): the kernel ends the guest when this process is gone, even if that was killed.
  const command = ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...machine(folder, network), ...system];
  const emulator = await ChildProgram.start('setpriv', command, { namespace: network.switchboard });
  try {
    await emulator.stdout.waitFor(/guest is ready/, bootTimeoutMs);
    return emulator;
  } catch (error) {
    await emulator.end('SIGKILL');
    const console = await readFile(join(folder, 'console'), 'utf8').catch(() => '');
    throw new Error(`the guest does not boot; its console says: ${console}`, { cause: error });
  }
}

/** QEMU's options. Software emulation: a stock kernel does not run under every KVM that a test machine may have. */
function machine(folder: string, { tap, guestAddress }: GuestNetwork): string[] {
  return [
    ...['-machine', 'pc', '-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', '512'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-append', kernelOptions(guestAddress)],
    ...['-qmp', `unix:${folder}/qmp,server=on,wait=off`],
    ...['-D', `${folder}/trace`, '-msg', 'timestamp=on', ...UartTrace.events.flatMap((event) => ['-trace', event])],
    ...device('virtio-serial-pci'),
    // The guest says on hvc0 that it is ready, so that the UARTs stay free.
    ...deviceOn('stdio,signal=off', 'hvc0', 'virtconsole'),
    ...device('virtio-rng-pci'),
    ...device('qemu-xhci,id=xhci'),
    ...folderOfHost('host', '/'),
    ...folderOfHost('project', project),
    ...['-netdev', `tap,id=network,ifname=${tap},script=no,downscript=no`, ...device('virtio-net-pci,netdev=network')],
    ...uartNames.flatMap((name) => deviceOn(`socket,path=${folder}/${name},server=on,wait=off`, name, uarts[name])),
    // The kernel's console has a UART like the others.
    ...deviceOn(`file,path=${folder}/console`, 'ttyS2', 'isa-serial,index=2'),
  ];
}

/** One UART more than there are: ttyS3 has no hardware. */
function kernelOptions(address: string): string {
  return `quiet panic=-1 console=ttyS2 8250.nr_uarts=6 project=${project} address=${address} command_port=${commandPort}`;
}

function device(text: string): string[] {
  return ['-device', text];
}

/** A character device of the guest, and what it is joined to here. */
function deviceOn(backend: string, id: string, driver: string): string[] {
  return ['-chardev', `${backend},id=${id}`, ...device(`${driver},chardev=${id}`)];
}

function folderOfHost(tag: string, path: string): string[] {
  const backend = `local,id=${tag},path=${path},security_model=none,readonly=on,multidevs=remap`;
  return ['-fsdev', backend, ...device(`virtio-9p-pci,fsdev=${tag},mount_tag=${tag}`)];
}
