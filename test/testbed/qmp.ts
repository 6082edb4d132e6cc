import { EventEmitter, once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

interface Message {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
  readonly event?: string;
}

/** Commands to a running QEMU (QEMU Machine Protocol): what is plugged into the guest, and what its serial lines carry. */
export class Qmp {
  readonly #socket: Socket;
  readonly #events = new EventEmitter();
  readonly #waiting: ((answer: Message) => void)[] = [];

  static async connect(path: string): Promise<Qmp> {
    const socket = createConnection(path);
    await once(socket, 'connect');
    const qmp = new Qmp(socket);
    await qmp.execute('qmp_capabilities');
    return qmp;
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    createInterface({ input: socket }).on('line', (line) => {
      const message = JSON.parse(line) as Message;
      if (message.event !== undefined) this.#events.emit(message.event);
      // What is neither is the greeting.
      if ('return' in message || 'error' in message) this.#waiting.shift()?.(message);
    });
  }

  /** @throws Error when QEMU refuses */
  async execute(command: string, args: object = {}): Promise<unknown> {
    const answered = new Promise<Message>((resolve) => this.#waiting.push(resolve));
    this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    const { error, return: value } = await answered;
    if (error !== undefined) throw new Error(`QEMU refuses ${command}: ${error.desc}`);
    return value;
  }

  /** Resolves when QEMU tells of an event of this name the next time. */
  async nextEvent(name: string): Promise<void> {
    await once(this.#events, name);
  }

  close(): void {
    this.#socket.destroy();
  }
}
