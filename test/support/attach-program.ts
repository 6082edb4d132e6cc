import type { ChildProgram } from '@sercli/testkit';

/** A line that `sercli attach --json` prints; what it has besides depends on `event`. */
export interface AttachEvent {
  readonly event: string;
  /** `ready` and `up`: the device's next byte, and the run of the port's log that this counts in. */
  readonly offset?: number;
  readonly epoch?: string;
  /** `lost`, `key-changed` and `error`. */
  readonly code?: string;
  readonly message?: string;
  readonly inDoubtBytes?: number;
  /** `first-use`: of the agent's key and of this client's; `waiting-for-authorization`: of this client's. */
  readonly fingerprint?: string;
  readonly own?: string;
  /** `refused`. */
  readonly bytes?: number;
  /** `link-event`. */
  readonly detail?: { readonly kind: string; readonly offset?: number; readonly bytes?: number };
}

/** A gap that was told; `bytes` is undefined when nobody knows how many are missing. */
export interface ToldGap {
  readonly offset: number;
  readonly bytes: number | undefined;
}

/** A running `sercli attach --json`. */
export class AttachProgram {
  readonly program: ChildProgram;
  /** The virtual port's link. */
  readonly link: string;

  constructor(program: ChildProgram, link: string) {
    this.program = program;
    this.link = link;
  }

  /** All so far. */
  get events(): AttachEvent[] {
    const lines = this.program.stdout.text.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as AttachEvent);
  }

  get gaps(): ToldGap[] {
    return this.#details('gap').map(({ offset = Number.NaN, bytes }) => ({ offset, bytes }));
  }

  /** Bytes to the device of which it was said that they may not have arrived. */
  get inDoubtBytes(): number {
    const ofDevices = this.#details('in-doubt').map(({ bytes = 0 }) => bytes);
    const ofSessions = this.events.map(({ inDoubtBytes = 0 }) => inDoubtBytes);
    return [...ofDevices, ...ofSessions].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Waits for the next event of this kind, behind the one that was waited for last. */
  async next(event: string, timeoutMs?: number): Promise<AttachEvent> {
    const [line] = await this.program.stdout.waitFor(new RegExp(`\\{"event":"${event}".*\\}\n`), timeoutMs);
    return JSON.parse(line) as AttachEvent;
  }

  /** Waits until it asks to be let in; resolves to the fingerprint that it is to be let in by, as people compare it. */
  async waits(): Promise<string> {
    return (await this.next('waiting-for-authorization')).fingerprint ?? '';
  }

  #details(kind: string): NonNullable<AttachEvent['detail']>[] {
    return this.events.flatMap(({ detail }) => (detail?.kind === kind ? [detail] : []));
  }
}
