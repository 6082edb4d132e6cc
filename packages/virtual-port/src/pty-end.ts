import {
  closeFd,
  enablePacketMode,
  flushQueues,
  inputQueueBytes,
  isHungUp,
  openPeer,
  openPty,
  PolledFd,
  type PolledFdHandlers,
  setExclusive,
  setExtproc,
  TtyError,
} from '@sercli/tty';
import { grantAccess, type PortAccess } from './port-access.ts';
import { PtyPackets } from './pty-packets.ts';

/** Our end of a pseudo terminal in packet mode, and what is done to the other end while nobody has it open. */
export class PtyEnd {
  /** `/dev/pts/<number>` */
  readonly path: string;
  readonly polled: PolledFd;
  readonly packets: PtyPackets;

  /** Throws TtyError or SercliError. */
  constructor(access: PortAccess, handlers: PolledFdHandlers) {
    const { ptmx, path } = openPty();
    this.path = path;
    this.polled = new PolledFd(ptmx, handlers);
    this.packets = new PtyPackets(this.polled);
    try {
      enablePacketMode(ptmx);
      grantAccess(path, access);
    } catch (error) {
      this.polled.close();
      throw error;
    }
  }

  /** Whether an application holds the other end open. Not known before the first `tidy`. */
  get isHeldOpen(): boolean {
    return !isHungUp(this.polled.fd);
  }

  /**
   * Makes the other end as if it had never been used: bytes that nobody read are discarded, exclusive use is ended,
   * settings are told again (EXTPROC).
   * The first two outlive the last close, and can only be done by opening that end for a moment.
   *
   * @returns false when that is refused: it was left in exclusive use, and the caller is not root (ioctl_tty(2) TIOCEXCL)
   */
  tidy(): boolean {
    const isDone = this.#withPeer((peer) => {
      setExclusive(peer, false);
      flushQueues(peer, 'received');
    });
    setExtproc(this.polled.fd, true);
    // Both are told to us as if an application had done them.
    while (this.packets.readStatus().kind === 'status');
    return isDone;
  }

  /** Bytes written that the application has not read; undefined when the other end cannot be asked. */
  unreadBytes(): number | undefined {
    let bytes: number | undefined;
    this.#withPeer((peer) => {
      bytes = inputQueueBytes(peer);
    });
    return bytes;
  }

  #withPeer(action: (peer: number) => void): boolean {
    let peer: number;
    try {
      peer = openPeer(this.polled.fd);
    } catch (error) {
      if (error instanceof TtyError && error.code === 'EBUSY') return false;
      throw error;
    }
    try {
      action(peer);
    } finally {
      closeFd(peer);
    }
    return true;
  }
}
