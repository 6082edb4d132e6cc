import type { LinkEvent, LinkListener, SerialLink } from '@sercli/link';
import { ByteLog } from './byte-log.ts';

/** A well-behaved consumer of a link: it reads all there is (unless told not to), and keeps writing until all is taken. */
export class LinkApplication implements LinkListener {
  readonly link: SerialLink;
  readonly received = new ByteLog();
  readonly events: LinkEvent[] = [];
  /** Bytes of the present `send` that the link has not taken. */
  #outgoing: Uint8Array = new Uint8Array(0);
  #writeBytes = 65_536;
  #peekBytes = 65_536;
  #isReading = true;
  readonly #waiting = new Set<() => void>();

  constructor(link: SerialLink) {
    this.link = link;
    link.listen(this);
  }

  readable(): void {
    if (this.#isReading) this.#readAll();
    this.#wake();
  }

  writable(): void {
    this.#writeAll();
    this.#wake();
  }

  event(event: LinkEvent): void {
    this.events.push(event);
    this.#wake();
  }

  stopReading(): void {
    this.#isReading = false;
  }

  /** Reads on, at most `peekBytes` with one peek. */
  startReading(peekBytes = 65_536): void {
    this.#peekBytes = peekBytes;
    this.#isReading = true;
    this.#readAll();
    this.#wake();
  }

  /** Resolves when the link has taken all of `bytes`, offered in pieces of `writeBytes`. */
  async send(bytes: Uint8Array, writeBytes = 65_536): Promise<void> {
    this.#outgoing = bytes;
    this.#writeBytes = writeBytes;
    this.#writeAll();
    await this.until(() => this.#outgoing.length === 0);
  }

  /** Resolves as soon as `condition` holds; it is looked at whenever something happens on the link. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  #readAll(): void {
    for (let bytes = this.link.peek(this.#peekBytes); bytes.length > 0; bytes = this.link.peek(this.#peekBytes)) {
      this.received.append(bytes);
      this.link.consume(bytes.length);
    }
  }

  #writeAll(): void {
    while (this.#outgoing.length > 0) {
      const offered = this.#outgoing.subarray(0, this.#writeBytes);
      const taken = this.link.write(offered);
      this.#outgoing = this.#outgoing.subarray(taken);
      if (taken < offered.length) return;
    }
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }
}
