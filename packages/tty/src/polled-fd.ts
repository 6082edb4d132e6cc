import { close } from 'node:fs';
import { promisify } from 'node:util';
import { acquirePoller, type Poller, pollEvents } from './native-poller.ts';
import { closeFd, isLater, lastError, libc } from './system-calls.ts';
import { TtyError } from './tty-error.ts';

/** What a descriptor is watched for. `priority`: a packet-mode status byte waits (EPOLLPRI, ioctl_tty(2) TIOCPKT). */
export interface Interest {
  readonly readable: boolean;
  readonly writable: boolean;
  readonly priority?: boolean;
}

/** A read that fills this much, and all that was asked for, was not the last: its descriptor is a busy one. */
const busyBytes = 2_048;

/** Called synchronously from the event loop; each may call any method of the PolledFd, `close` included. */
export interface PolledFdHandlers {
  readable(): void;
  writable(): void;
  priority?(): void;
  /** The descriptor failed, or a handler let a TtyError through. Nothing is watched any more until `setInterest`. */
  failed(error: Error): void;
}

/**
 * A nonblocking descriptor whose readiness is told by the event loop, and which is read and written directly.
 *
 * As long as an interest is set, its handler is called again while the condition holds. A hung-up descriptor counts as
 * readable and writable. A read or write that throws ends all interests, so that a hang-up costs no processor time. One
 * that has much to say is called after all others of a turn of the event loop.
 * Main thread only. Close it by `close`: a polled descriptor that is closed in another way ends the process when its
 * number is used again.
 */
export class PolledFd {
  readonly fd: number;
  readonly #handlers: PolledFdHandlers;
  readonly #poller: Poller;
  #state: 'waiting' | 'deferred' | 'in-callback' | 'closed' = 'waiting';
  #mask = 0;
  #isBusy = false;

  /** Takes over `fd`, which must be nonblocking. Throws TtyError. */
  constructor(fd: number, handlers: PolledFdHandlers) {
    this.fd = fd;
    this.#handlers = handlers;
    this.#poller = acquirePoller(fd, (error, events) => this.#onEvents(error, events));
  }

  /** Says what is watched for from now on; nothing at first. */
  setInterest({ readable, writable, priority = false }: Interest): void {
    this.#setMask(
      (readable ? pollEvents.readable : 0) |
        (writable ? pollEvents.writable : 0) |
        (priority ? pollEvents.priority : 0),
    );
  }

  /** Bytes read; 0 when none wait. Throws TtyError: `EIO` after a hang-up, `EOF` where read(2) says end of file. */
  read(into: Uint8Array): number {
    const bytes = libc().read(this.fd, into, into.length);
    this.#isBusy = bytes === into.length && bytes >= busyBytes;
    if (bytes > 0 || into.length === 0) return bytes;
    if (bytes < 0 && isLater()) return 0;
    const error = bytes < 0 ? lastError('read') : new TtyError('EOF', 'read', 'end of file');
    this.#setMask(0);
    throw error;
  }

  /** Bytes taken by the kernel, which may be fewer than given; 0 when it takes none now. Throws TtyError. */
  write(bytes: Uint8Array): number {
    const taken = libc().write(this.fd, bytes, bytes.length);
    if (taken >= 0) return taken;
    if (isLater()) return 0;
    const error = lastError('write');
    this.#setMask(0);
    throw error;
  }

  /** Stops watching and closes the descriptor. Idempotent. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#poller.release();
    closeFd(this.fd);
  }

  /**
   * As `close`, in the thread pool: a UART is closed when its FIFO is empty, an adapter when it has answered. Throws what
   * close(2) fails with.
   */
  async closeInPool(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#poller.release();
    await promisify(close)(this.fd);
  }

  #setMask(mask: number): void {
    const before = this.#mask;
    this.#mask = mask;
    if (this.#state === 'waiting' && mask !== before) this.#poller.wait(mask);
  }

  /**
   * The native side has by now set a mask of its own (everything ever asked for, less what fired), so the exact one is
   * set at the end; and what is thrown here would abort the process.
   */
  #onEvents(error: Error | null, events: number): void {
    if (this.#state === 'closed') return;
    if (!this.#isBusy) return this.#handle(error, events);
    // What others were told in this turn, and say for it, leaves before all that a busy one has to say.
    this.#isBusy = false;
    this.#state = 'deferred';
    setImmediate(() => this.#handle(error, events));
  }

  #handle(error: Error | null, events: number): void {
    if (this.#isClosed()) return;
    this.#state = 'in-callback';
    try {
      if (error !== null) throw new TtyError('EIO', 'poll', 'the device is gone', { cause: error });
      this.#tell(events);
    } catch (thrown) {
      this.#fail(thrown);
    }
    if (this.#isClosed()) return;
    this.#state = 'waiting';
    this.#poller.wait(this.#mask);
  }

  /** Each handler may have changed the interests, or closed, before the next is called. */
  #tell(events: number): void {
    if (events & this.#mask & pollEvents.priority) this.#handlers.priority?.();
    if (events & this.#mask & pollEvents.readable && !this.#isClosed()) this.#handlers.readable();
    if (events & this.#mask & pollEvents.writable && !this.#isClosed()) this.#handlers.writable();
  }

  #fail(thrown: unknown): void {
    this.#mask = 0;
    try {
      if (!(thrown instanceof TtyError)) throw thrown;
      if (!this.#isClosed()) this.#handlers.failed(thrown);
    } catch (defect) {
      // Thrown again where Node's uncaughtException sees it.
      setImmediate(() => {
        throw defect;
      });
    }
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }
}
