import { defaultLimits, FrameDecoder, type Message, type MessageName, type MessageOf } from '@sercli/protocol';

/** The messages of an agent, taken from what it sends. */
export class MessageQueue {
  readonly #messages: Message[] = [];
  readonly #decoder = new FrameDecoder(
    { message: (_, message) => this.#take(message), data: () => undefined, skipped: () => undefined },
    'accepter',
    defaultLimits,
  );
  #arrived: (() => void) | undefined;

  push(chunk: Uint8Array): void {
    this.#decoder.push(chunk);
  }

  /** Resolves to the next message of one of these names, whatever comes before it. */
  async next<Name extends MessageName>(...names: Name[]): Promise<MessageOf<Name>> {
    for (;;) {
      const message = this.#messages.shift();
      if (message === undefined) {
        await new Promise<void>((resolve) => {
          this.#arrived = resolve;
        });
      } else if ((names as MessageName[]).includes(message.type)) return message as MessageOf<Name>;
    }
  }

  #take(message: Message): void {
    this.#messages.push(message);
    this.#arrived?.();
  }
}
