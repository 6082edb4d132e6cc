import type { LinkListener, LinkState, SerialLink } from '@sercli/link';
import { ReceiveQueue } from '@sercli/link';
import { defaultLineSettings, type FlushQueue, type LineSettings, type LineSettingsChange } from '@sercli/protocol';
import type { ApplicationSide } from '../relay.ts';

/** The application's side of a virtual port, in memory. */
export class FakePort implements ApplicationSide {
  isOpen = true;
  settings: LineSettings = defaultLineSettings;
  /** Bytes that the application takes before it is full. */
  roomBytes = 1_000_000;
  readonly shown: LineSettings[] = [];
  readonly heard: number[] = [];
  readonly #said = new ReceiveQueue();

  say(text: string): void {
    this.#said.push(Buffer.from(text));
  }
  peek(maxBytes: number): Uint8Array {
    return this.#said.peek(maxBytes);
  }
  consume(bytes: number): void {
    this.#said.consume(bytes);
  }
  write(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.roomBytes);
    this.heard.push(...bytes.subarray(0, taken));
    this.roomBytes -= taken;
    return taken;
  }
  showSettings(settings: LineSettings): void {
    this.settings = settings;
    this.shown.push(settings);
  }
  lineBreak(): void {
    this.heard.push(...Buffer.from('<break>'));
  }
  lineError(): void {
    this.heard.push(...Buffer.from('<error>'));
  }
  get text(): string {
    return Buffer.from(this.heard).toString();
  }
}

/** A link to a device in memory. Changes of settings wait until the test answers them. */
export function fakeLink() {
  const received = new ReceiveQueue();
  const state = {
    listener: undefined as LinkListener | undefined,
    roomBytes: 1_000_000,
    written: '',
    settings: defaultLineSettings,
    state: { kind: 'up' } as LinkState,
    hasControl: true,
    flushes: [] as FlushQueue[],
    flushFailure: undefined as Error | undefined,
    configuring: [] as { change: LineSettingsChange; answer(settings: LineSettings): void; fail(error: Error): void }[],
  };
  const link: Partial<SerialLink> = {
    get settings() {
      return state.settings;
    },
    get state() {
      return state.state;
    },
    get hasControl() {
      return state.hasControl;
    },
    peek: (maxBytes) => received.peek(maxBytes),
    consume: (bytes) => received.consume(bytes),
    write: (bytes) => {
      const taken = Math.min(bytes.length, state.roomBytes);
      state.written += Buffer.from(bytes.subarray(0, taken)).toString();
      state.roomBytes -= taken;
      return taken;
    },
    configure: (change) =>
      new Promise((resolve, reject) => {
        const answer = (settings: LineSettings): void => {
          state.settings = settings;
          resolve(settings);
        };
        state.configuring.push({ change, answer, fail: reject });
      }),
    flush: async (queue) => {
      state.flushes.push(queue);
      if (state.flushFailure !== undefined) throw state.flushFailure;
    },
    listen: (listener) => {
      state.listener = listener;
      received.listen(listener);
    },
  };
  return { link: link as SerialLink, state, received };
}
