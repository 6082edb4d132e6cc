import { decodePacketStatus, type PacketStatus, type PolledFd, TtyError } from '@sercli/tty';

/** The kernel hands over 4,095 bytes at a time (n_tty's buffer), and the status byte. */
const packetBytes = 4096;

/** What is read of an application that writes faster than its bytes are consumed: the rest stays in the kernel. */
const stalledPacketBytes = 512;

/** What one read of a ptmx in packet mode gave. */
export type PacketRead =
  /** `isLast`: no more data waited behind it. */
  | { readonly kind: 'data'; readonly isLast: boolean }
  | { readonly kind: 'status'; readonly status: PacketStatus }
  /** Nothing waits. */
  | { readonly kind: 'none' }
  /** Nothing waits, and nobody holds the far end open. */
  | { readonly kind: 'hang-up' };

/**
 * Reads packets (TIOCPKT, ioctl_tty(2)) and keeps the data of one until it is consumed: of small ones while whoever
 * consumes is slow, for what is kept here is still to be sent when the user presses Ctrl-C.
 */
export class PtyPackets {
  readonly #memory = new Uint8Array(packetBytes);
  readonly #polled: PolledFd;
  #start = 0;
  #end = 0;
  #nextBytes = packetBytes;

  constructor(polled: PolledFd) {
    this.#polled = polled;
  }

  get hasData(): boolean {
    return this.#start < this.#end;
  }

  peek(maxBytes: number): Uint8Array {
    return this.hasData ? this.#memory.subarray(this.#start, Math.min(this.#end, this.#start + maxBytes)) : noBytes;
  }

  consume(bytes: number): void {
    const waiting = this.#end - this.#start;
    if (bytes > waiting) throw new RangeError(`${bytes} bytes consumed of ${waiting}`);
    this.#start += bytes;
  }

  /** What was read is not consumed at once: the next packet is a small one. */
  stall(): void {
    this.#nextBytes = stalledPacketBytes;
  }

  discard(): void {
    this.#start = this.#end;
  }

  /** Reads the next packet; while data is kept, only a status, which the kernel hands over ahead of data. */
  readNext(): PacketRead {
    if (this.hasData) return this.readStatus();
    const packet = this.#read(
      this.#nextBytes === packetBytes ? this.#memory : this.#memory.subarray(0, this.#nextBytes),
    );
    if (packet.kind === 'data') this.#nextBytes = Math.min(packetBytes, 2 * this.#nextBytes);
    return packet;
  }

  /** Reads a status if one waits. A read of one byte takes no data: it is used up by the byte that announces it. */
  readStatus(): PacketRead {
    return this.#read(new Uint8Array(1));
  }

  #read(into: Uint8Array): PacketRead {
    const bytes = readUnlessHungUp(this.#polled, into);
    if (bytes === undefined) return { kind: 'hang-up' };
    const byte = into[0] ?? 0;
    if (bytes > 0 && byte !== 0) return { kind: 'status', status: decodePacketStatus(byte) };
    if (into.buffer !== this.#memory.buffer) return bytes > 0 ? { kind: 'data', isLast: false } : { kind: 'none' };
    if (bytes <= 1) return { kind: 'none' };
    this.#start = 1;
    this.#end = bytes;
    return { kind: 'data', isLast: bytes < into.length };
  }
}

const noBytes = new Uint8Array(0);

function readUnlessHungUp(polled: PolledFd, into: Uint8Array): number | undefined {
  try {
    return polled.read(into);
  } catch (error) {
    if (error instanceof TtyError && error.code === 'EIO') return undefined;
    throw error;
  }
}
