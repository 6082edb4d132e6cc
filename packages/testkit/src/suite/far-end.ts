import { ByteLog } from '../byte-log.ts';
import type { LinkApplication } from '../link-application.ts';
import type { Bench } from '../serial-link-suite.ts';

/** The bytes that the link wrote, as they came out at the other end. */
export interface FarEndLog {
  readonly length: number;
  /** `length` bytes from `offset` on, as soon as they have come. */
  next(offset: number, length: number): Promise<Uint8Array>;
  /** All so far. */
  all(): Uint8Array;
}

/** Collects what the link wrote: at the wire's other end, or, from one that echoes, what came back. */
export function collectAtFarEnd(bench: Bench): FarEndLog {
  const { application, farEnd } = bench;
  if (farEnd.kind === 'echo') {
    return {
      get length() {
        return application.received.length;
      },
      all: () => application.received.from(),
      next: async (offset, length) => {
        await application.until(() => application.received.length >= offset + length);
        return application.received.from(offset).subarray(0, length);
      },
    };
  }
  const log = new ByteLog();
  let wake: () => void = () => undefined;
  farEnd.onBytes((bytes) => {
    log.append(bytes);
    wake();
  });
  return {
    get length() {
      return log.length;
    },
    all: () => log.from(),
    next: (offset, length) =>
      new Promise((resolve) => {
        wake = () => {
          if (log.length >= offset + length) resolve(log.from(offset).subarray(0, length));
        };
        wake();
      }),
  };
}

/** Makes the other end send `bytes`: an echo sends what it was sent first. */
export function sendFromFarEnd(
  bench: Bench,
  bytes: Uint8Array,
  application: LinkApplication = bench.application,
): void {
  if (bench.farEnd.kind === 'wire') bench.farEnd.write(bytes);
  else void application.send(bytes);
}

/** Stops the other end from reading what the link writes; one that echoes is stopped by not reading the echo. */
export function stopFarEnd({ application, farEnd }: Bench): void {
  if (farEnd.kind === 'wire') farEnd.pause();
  else application.stopReading();
}

export function startFarEnd({ application, farEnd }: Bench): void {
  if (farEnd.kind === 'wire') farEnd.resume();
  else application.startReading();
}
