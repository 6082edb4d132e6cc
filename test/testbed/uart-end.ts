import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { ByteLog } from '@sercli/testkit';

/** Milliseconds between two portions of paced bytes. */
const tickMs = 5;

/** The other end of the cable at one of the guest's UARTs. QEMU paces nothing: wire speed is this end's matter. */
export class UartEnd {
  readonly #socket: Socket;
  readonly #received = new ByteLog();
  #changed: () => void = () => undefined;

  static async connect(path: string): Promise<UartEnd> {
    const socket = createConnection(path);
    await once(socket, 'connect');
    return new UartEnd(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    // QEMU was ended with bytes unread.
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      this.#received.append(bytes);
      this.#changed();
    });
  }

  get receivedBytes(): number {
    return this.#received.length;
  }

  /** Resolves to all that came from `offset` on once it is at least `bytes`; bounded by the test's own time. */
  async received(offset: number, bytes: number): Promise<Uint8Array> {
    while (this.#received.length < offset + bytes) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    return this.#received.from(offset);
  }

  /** Gives `sink` all that came and all that will. */
  tee(sink: { take(bytes: Uint8Array): void }): void {
    sink.take(this.#received.from());
    this.#socket.on('data', (bytes) => sink.take(bytes));
  }

  /** As much at once as the UART takes. */
  send(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Sends no faster than a line of `baudRate` with ten bits a byte. Resolves when all is sent. */
  async sendPaced(bytes: Uint8Array, baudRate: number): Promise<void> {
    const bytesPerMs = baudRate / 10_000;
    const start = performance.now();
    let sent = 0;
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        const due = Math.min(bytes.length, Math.floor((performance.now() - start) * bytesPerMs));
        this.#socket.write(bytes.subarray(sent, due));
        sent = due;
        if (sent < bytes.length) return;
        clearInterval(timer);
        resolve();
      }, tickMs);
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}
