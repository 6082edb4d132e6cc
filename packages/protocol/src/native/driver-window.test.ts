import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits.ts';
import { DriverWindow } from './driver-window.ts';

const { sendWindowMinBytes, sendWindowMaxBytes } = defaultLimits;

/** A driver with a buffer that the line empties, and a client that always writes what the window lets it. */
class BusyDriver {
  readonly window = new DriverWindow(defaultLimits);
  readonly #bufferBytes: number;
  readonly #bytesPerMs: number;
  #granted = sendWindowMinBytes;
  #taken = 0;
  #sent = 0;

  constructor(bytesPerMs: number, bufferBytes: number) {
    this.#bytesPerMs = bytesPerMs;
    this.#bufferBytes = bufferBytes;
  }

  /** One millisecond passes. Returns how many bytes wait for the driver at the end of it. */
  pass(now: number, roundTripMs = 0): number {
    this.#sent = Math.min(this.#taken, this.#sent + this.#bytesPerMs);
    this.#taken = Math.min(this.#granted, Math.floor(this.#sent) + this.#bufferBytes);
    const waiting = this.#granted - this.#taken;
    const size = this.window.size(now, roundTripMs, { taken: this.#taken, waiting });
    this.#granted = Math.max(this.#granted, this.#taken + size);
    return this.#granted - this.#taken;
  }
}

describe('DriverWindow', () => {
  it('begins at the least', () => {
    expect(new DriverWindow(defaultLimits).size(0, 0, { taken: 0, waiting: 0 })).toBe(sendWindowMinBytes);
  });

  it('keeps no more than 200 ms of a line at 115200 waiting, whatever the driver swallows first', () => {
    for (const bufferBytes of [0, 16, 4_096, 20_480]) {
      const driver = new BusyDriver(11.52, bufferBytes);
      for (let now = 1; now < 10_000; now++) expect(driver.pass(now)).toBeLessThanOrEqual(200 * 11.52);
    }
  });

  it('is not taken in by a driver that takes much at a time, and seldom', () => {
    const window = new DriverWindow(defaultLimits);
    let [granted, taken] = [sendWindowMinBytes, 0];
    // A pseudo terminal is writable again when it is nearly empty: 16 KiB, each 1.4 s.
    for (let now = 0; now < 20_000; now += 1) {
      if (now % 1_400 === 0) taken = Math.min(granted, taken + 16_384);
      const size = window.size(now, 0, { taken, waiting: granted - taken });
      granted = Math.max(granted, taken + size);
      expect(granted - taken).toBeLessThanOrEqual(200 * 11.52);
    }
  });

  it('never leaves a driver without bytes for the line, at any speed and distance', () => {
    const lines = fc.record({ bytesPerMs: fc.integer({ min: 1, max: 2_000 }), roundTripMs: fc.nat(40) });
    fc.assert(
      fc.property(lines, ({ bytesPerMs, roundTripMs }) => {
        const driver = new BusyDriver(bytesPerMs, 4_096);
        for (let now = 1; now < 1_000; now++) driver.pass(now, roundTripMs);
        const needed = Math.min(bytesPerMs * Math.max(1, roundTripMs), sendWindowMaxBytes);
        for (let now = 1_000; now < 2_000; now++) {
          expect(driver.pass(now, roundTripMs) + 4_096).toBeGreaterThanOrEqual(needed);
        }
      }),
    );
  });

  it('grows to the most for a driver that takes everything, within a quarter of a second', () => {
    const window = new DriverWindow(defaultLimits);
    let taken = 0;
    for (let now = 1; now <= 250; now++) {
      taken += sendWindowMaxBytes;
      window.size(now, 0, { taken, waiting: 0 });
    }
    expect(window.size(251, 0, { taken, waiting: 0 })).toBe(sendWindowMaxBytes);
  });

  it('keeps its size between two blocks, and has the least after a long pause', () => {
    const window = new DriverWindow(defaultLimits);
    let taken = 0;
    for (let now = 10; now <= 200; now += 10) {
      taken += 100_000;
      window.size(now, 0, { taken, waiting: 0 });
    }
    const grown = window.size(200, 0, { taken, waiting: 0 });
    expect(window.size(1_100, 0, { taken, waiting: 0 })).toBe(grown);
    expect(window.size(60_000, 0, { taken, waiting: 0 })).toBe(sendWindowMinBytes);
  });

  it('stays within its bounds whatever the driver does', () => {
    const look = fc.record({
      pauseMs: fc.nat(3_000),
      bytes: fc.nat(1_000_000),
      waiting: fc.nat(1),
      roundTripMs: fc.nat(500),
    });
    fc.assert(
      fc.property(fc.array(look, { maxLength: 100 }), (looks) => {
        const window = new DriverWindow(defaultLimits);
        let now = 0;
        let taken = 0;
        for (const { pauseMs, bytes, waiting, roundTripMs } of looks) {
          now += pauseMs;
          taken += bytes;
          const size = window.size(now, roundTripMs, { taken, waiting });
          expect(size).toBeGreaterThanOrEqual(sendWindowMinBytes);
          expect(size).toBeLessThanOrEqual(sendWindowMaxBytes);
        }
      }),
    );
  });
});
