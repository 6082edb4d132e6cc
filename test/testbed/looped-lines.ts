import { systemPython } from '@sercli/testkit';

const TIOCMBIS = 0x5416;
const TIOCM_LOOP = 0x8000;

/** A command for the guest. TIOCM_LOOP of ioctl_tty(2): the UART's outputs come back as its inputs. */
export function loopLinesOf(device: string): string {
  const open = `fd = os.open("/dev/${device}", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)`;
  return `${systemPython} -c 'import fcntl, os, struct; ${open}; fcntl.ioctl(fd, ${TIOCMBIS}, struct.pack("I", ${TIOCM_LOOP}))'`;
}
