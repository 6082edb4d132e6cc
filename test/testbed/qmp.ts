import { EventEmitter, once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { within } from '@sercli/testkit';

/** QEMU answers at once, or never again. In milliseconds. */
const answerTimeoutMs = 20_000;

interface Message {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
  readonly event?: string;
}

/** QEMU itself has stopped: what runs in the guest has no part in it. */
export class EmulatorHung extends Error {}

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
    // QEMU was ended with a command unread: who waits for the answer hears of it.
    socket.on('error', () => undefined);
    createInterface({ input: socket }).on('line', (line) => {
      const message = JSON.parse(line) as Message;
      if (message.event !== undefined) this.#events.emit(message.event);
      // What is neither is the greeting.
      if ('return' in message || 'error' in message) this.#waiting.shift()?.(message);
    });
  }

  /** @throws Error when QEMU refuses, EmulatorHung when it does not answer */
  async execute(command: string, args: object = {}): Promise<unknown> {
    const answered = new Promise<Message>((resolve) => this.#waiting.push(resolve));
    this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    const { error, return: value } = await orHung(answered, command);
    if (error !== undefined) throw new Error(`QEMU refuses ${command}: ${error.desc}`);
    return value;
  }

  /**
   * Resolves when QEMU tells of an event of this name the next time, which has to be soon.
   *
   * @throws EmulatorHung when it answers nothing else either
   */
  async nextEvent(name: string): Promise<void> {
    const told = once(this.#events, name);
    try {
      await orHung(told, name);
    } catch (error) {
      await this.execute('query-status');
      throw new Error(`QEMU tells nothing of ${name}`, { cause: error });
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}

async function orHung<Told>(told: Promise<Told>, what: string): Promise<Told> {
  try {
    return await within(told, answerTimeoutMs, what);
  } catch (cause) {
    throw new EmulatorHung(`QEMU has stopped: ${what}`, { cause });
  }
}
