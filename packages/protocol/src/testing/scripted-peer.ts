import type { SercliError } from '../errors.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import type { AccepterSession } from '../native/accepter-session.ts';
import { Connection } from '../native/connection.ts';
import { FrameDecoder } from '../native/frame-decoder.ts';
import { encodeMessage } from '../native/frame-encoder.ts';
import { type Message, type MessageOf, newestWire, oldestWire, type Role } from '../native/message-table.ts';
import type { Hello } from '../native/messages/hello.ts';
import { encodeItem, FrameLog } from './frame-log.ts';

/** A connection under test whose peer says, byte for byte, what the test lets it say. */
export class ScriptedPeer {
  readonly connection: Connection;
  /** What the connection sent. */
  readonly heard = new FrameLog();
  readonly greetings: Hello[] = [];
  readonly opened: AccepterSession[] = [];
  readonly endings: (SercliError | undefined)[] = [];
  /** Sessions that are kept for a client that comes back, by their tokens. */
  readonly resumable = new Map<string, AccepterSession>();
  now = 0;

  /** @param role of the connection under test */
  constructor(role: Role, limits: Limits = defaultLimits) {
    const decoder = new FrameDecoder(this.heard, role, limits);
    this.connection = new Connection(
      { role, name: 'tested', software: 'test/1', limits },
      {
        send: (head, body) => {
          decoder.push(head);
          if (body !== undefined) decoder.push(body);
        },
        greeted: (hello) => void this.greetings.push(hello),
        open: (session) => void this.opened.push(session),
        resume: (token) => this.resumable.get(token),
        // The test looks at nextTickAt itself.
        wake: () => undefined,
        ended: (error) => void this.endings.push(error),
      },
      this.now,
    );
  }

  /** A peer that has introduced itself. */
  static greeted(role: Role, limits?: Limits): ScriptedPeer {
    const peer = new ScriptedPeer(role, limits);
    peer.say(0, { type: 'hello', wire: oldestWire, newest: newestWire, name: 'scripted', software: 'test/1' });
    return peer;
  }

  /** A peer that knows wire version 1 and no other. */
  static ofWire1(role: Role, limits?: Limits): ScriptedPeer {
    const peer = new ScriptedPeer(role, limits);
    peer.say(0, { type: 'hello', wire: 1, name: 'scripted', software: 'test/1' });
    return peer;
  }

  say(channel: number, message: Message): void {
    this.sayBytes(encodeMessage(channel, message));
  }

  sayData(channel: number, offset: number, bytes: Uint8Array): void {
    this.sayBytes(encodeItem({ kind: 'data', channel, offset, bytes }));
  }

  sayBytes(bytes: Uint8Array): void {
    this.connection.receive(bytes, this.now);
  }

  /** Lets the connection's own deadlines pass until then. */
  passTo(now: number): void {
    for (let at = this.connection.nextTickAt; at <= now; at = this.connection.nextTickAt) {
      this.now = at;
      this.connection.tick(at);
      if (this.connection.nextTickAt <= at) throw new Error(`the tick at ${at} did nothing`);
    }
    this.now = now;
  }

  /** The CLOSE of the connection, if that was the last it said. */
  get lastWords(): MessageOf<'close'> | undefined {
    const last = this.heard.items.at(-1);
    if (last?.kind !== 'message' || last.channel !== 0 || last.message.type !== 'close') return undefined;
    return last.message;
  }
}
