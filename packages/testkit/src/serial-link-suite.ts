import type { SerialLink } from '@sercli/link';
import { SercliError } from '@sercli/protocol';
import { afterEach, beforeEach, describe } from 'vitest';
import { LinkApplication } from './link-application.ts';
import { testBackPressure } from './suite/back-pressure.ts';
import { testBytes } from './suite/bytes.ts';
import { testChanges } from './suite/changes.ts';
import { testEnd } from './suite/end.ts';
import { testFlush } from './suite/flush.ts';

/** The other end of the wire, in the hands of the suite. */
export interface WireEnd {
  readonly kind: 'wire';
  /** Sends all of `bytes`, in order after what was given before, as fast as the link takes them. */
  write(bytes: Uint8Array): void;
  /** Sets who gets the bytes that the link wrote. */
  onBytes(callback: (bytes: Uint8Array) => void): void;
  /** Stops and starts reading what the link writes. */
  pause(): void;
  resume(): void;
  /** Goes away for good, as a device that is unplugged; bytes that the link has received stay readable. */
  hangUp?(): void;
}

/** The other end returns every byte to the link. */
export interface EchoEnd {
  readonly kind: 'echo';
  hangUp?(): void;
}

export interface LinkUnderTest {
  readonly link: SerialLink;
  readonly farEnd: WireEnd | EchoEnd;
  /** Whether outputs and break can be set; if not, a sequence must be refused with a coded error. */
  readonly hasLines: boolean;
  /** Releases what the setup made besides the link; the suite closes the link itself. */
  cleanup(): Promise<void> | void;
}

/** What the far end of a kind of link can do; tests of the rest are left out. */
export interface FarEndKind {
  /** It is a wire in the hands of the suite, not an echo. */
  readonly isWire: boolean;
  /** It can go away for good. */
  readonly canHangUp: boolean;
}

/** What one test of the suite works with. */
export interface Bench extends LinkUnderTest {
  readonly application: LinkApplication;
}

/**
 * What every SerialLink must do, as vitest tests. An implementation's test is a call of this function;
 * `setup` gives a link that is up, and what it is connected to.
 */
export function serialLinkSuite(
  name: string,
  setup: () => Promise<LinkUnderTest> | LinkUnderTest,
  kind: FarEndKind = { isWire: true, canHangUp: true },
): void {
  describe(`${name} keeps the contract of SerialLink`, () => {
    let present: Bench | undefined;
    const bench = (): Bench => {
      if (present === undefined) throw new Error('no link is set up');
      return present;
    };
    beforeEach(async () => {
      const made = await setup();
      present = { ...made, application: new LinkApplication(made.link) };
    });
    afterEach(async () => {
      const { link, cleanup } = bench();
      link.abort(new SercliError('aborted', { what: 'the test' }));
      await link.closed;
      await cleanup();
      present = undefined;
    });
    testBytes(bench);
    testBackPressure(bench);
    testChanges(bench);
    testFlush(bench);
    testEnd(bench, kind);
  });
}
