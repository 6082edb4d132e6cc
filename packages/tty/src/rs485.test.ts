import { afterEach, beforeEach, expect, it } from 'vitest';
import { setLowLatency } from './low-latency.ts';
import { isTransmitterEmpty } from './queues.ts';
import { decodeRs485, encodeRs485, setRs485 } from './rs485.ts';
import { closeFd } from './system-calls.ts';
import { openRawPty } from './testing/raw-pty.ts';

const settings = { rtsOnSend: true, delayBeforeSendMs: 1, delayAfterSendMs: 2, rxDuringTx: false };

it('RS-485 settings are a struct serial_rs485', () => {
  const struct = encodeRs485(settings);
  expect(struct).toHaveLength(32);
  expect([...new Uint32Array(struct.buffer)]).toEqual([0x03, 1, 2, 0, 0, 0, 0, 0]);
  const inverted = { ...settings, rtsOnSend: false, rxDuringTx: true };
  expect(new Uint32Array(encodeRs485(inverted).buffer)[0]).toBe(0x15);
  for (const one of [settings, inverted]) expect(decodeRs485(encodeRs485(one))).toEqual(one);
});

let pts: number;
let ptmx: number;
beforeEach(() => {
  ({ pts, ptmx } = openRawPty());
});
afterEach(() => {
  closeFd(pts);
  closeFd(ptmx);
});

it('a tty whose driver lacks what UARTs and adapters have says so', () => {
  expect(setRs485(pts, settings)).toBeUndefined();
  expect(isTransmitterEmpty(pts)).toBeUndefined();
  expect(setLowLatency(pts, true)).toBe('missing');
});
