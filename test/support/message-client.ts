import type { Carrier } from '@sercli/link';
import {
  encodeDataHeader,
  encodeMessage,
  type Message,
  type MessageName,
  type MessageOf,
  newestWire,
  oldestWire,
} from '@sercli/protocol';
import { MessageQueue } from './message-queue.ts';

const window = 262_144;

/** A client of the native protocol, over whatever carries it, that says the messages a test wants on one channel. */
export class MessageClient {
  readonly #carrier: Carrier;
  readonly #messages = new MessageQueue();
  /** Resolves when the other side has ended the connection, or it was cut. */
  readonly ended: Promise<void>;

  constructor(carrier: Carrier) {
    this.#carrier = carrier;
    const ignore = (): void => undefined;
    this.ended = new Promise((resolve) => {
      carrier.listen({ received: (chunk) => this.#messages.push(chunk), drained: ignore, ended: () => resolve() });
    });
    this.#send(0, { type: 'hello', wire: oldestWire, newest: newestWire, name: 'test', software: 'test' });
  }

  say(message: Message): void {
    this.#send(1, message);
  }

  write(offset: number, text: string): void {
    const bytes = Buffer.from(text);
    this.#carrier.send(encodeDataHeader(1, offset, bytes.length), bytes);
  }

  next<Name extends MessageName>(...names: Name[]): Promise<MessageOf<Name>> {
    return this.#messages.next(...names);
  }

  /** Opens a session on the channel; resolves to the code it is refused with, or to nothing. */
  async open(request: Omit<MessageOf<'open'>, 'type' | 'window' | 'settings'> & Partial<MessageOf<'open'>>) {
    this.say({ settings: {}, ...request, type: 'open', window });
    const answer = await this.next('opened', 'close');
    return answer.type === 'close' ? answer.error?.code : undefined;
  }

  close(): void {
    this.#carrier.abort();
  }

  #send(channel: number, message: Message): void {
    this.#carrier.send(encodeMessage(channel, message));
  }
}
