import { describe, expect, it } from 'vitest';
import { bindingSettings } from './binding-settings.ts';

const plain = {
  path: 'SerialMachine/ttyS0',
  baudRate: 9600,
  dataBits: 8,
  stopBits: 1,
  parity: 'none',
  rtscts: false,
  xon: false,
  xoff: false,
  xany: false,
} as const;

describe('the line settings of options of node-serialport', () => {
  it('are those that the options name', () => {
    expect(bindingSettings(plain)).toEqual({
      baudRate: 9600,
      dataBits: 8,
      stopBits: 1,
      parity: 'none',
      flowControl: 'none',
    });
    expect(bindingSettings({ ...plain, dataBits: 5, stopBits: 1.5, parity: 'mark' })).toMatchObject({
      dataBits: 5,
      stopBits: 1.5,
      parity: 'mark',
    });
  });

  it.each([
    [{}, 'none'],
    [{ rtscts: true }, 'hardware'],
    [{ xon: true, xoff: true }, 'software'],
    [{ rtscts: true, xon: true, xoff: true }, 'hardware+software'],
    // IXANY means nothing without IXON (termios(3)).
    [{ xany: true }, 'none'],
  ])('have for %j the flow control %s', (flow, flowControl) => {
    expect(bindingSettings({ ...plain, ...flow }).flowControl).toBe(flowControl);
  });

  it.each([
    [{ xon: true }, /"xon" are not line settings: a port of an agent has xon and xoff, or neither/],
    [{ xoff: true }, /"xoff"/],
    [{ xon: true, xoff: true, xany: true }, /"xany"/],
    [{ parity: 'odd-ish' }, /"parity odd-ish" are not line settings: parity is one of none, even, odd, mark, space/],
  ])('are refused for %j', (flow, message) => {
    expect(() => bindingSettings({ ...plain, ...flow })).toThrow(message);
  });
});
