import { systemPython } from '@sercli/testkit';
import type { Guest } from './guest.ts';

const TIOCMBIS = 0x5416;
const TIOCM_LOOP = 0x8000;

/**
 * TIOCM_LOOP of ioctl_tty(2): a UART's outputs come back as its inputs, DTR as DSR and RTS as CTS, and what it sends as what
 * it receives. Opening it for that raises its outputs.
 */
export async function loopBack(guest: Guest, device: string): Promise<void> {
  const open = `fd = os.open("/dev/${device}", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)`;
  const loop = `fcntl.ioctl(fd, ${TIOCMBIS}, struct.pack("I", ${TIOCM_LOOP}))`;
  await guest.run(`${systemPython} -c 'import fcntl, os, struct; ${open}; ${loop}'`);
}
