import { SercliError } from '@sercli/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePortSpec } from './port-spec.ts';

describe('parsePortSpec', () => {
  it.each([
    ['/dev/ttyS0', { kind: 'device', name: 'ttyS0', path: '/dev/ttyS0', settings: {} }],
    [
      'router=/dev/ttyUSB0,9600,7E1',
      {
        kind: 'device',
        name: 'router',
        path: '/dev/ttyUSB0',
        settings: { baudRate: 9600, dataBits: 7, parity: 'even', stopBits: 1 },
      },
    ],
    ['x=/dev/serial/by-id/usb-a=b', { kind: 'device', name: 'x', path: '/dev/serial/by-id/usb-a=b', settings: {} }],
    ['sim:modem', { kind: 'simulator', name: 'modem', simulator: 'modem', settings: {} }],
    ['bbs=sim:modem,2400', { kind: 'simulator', name: 'bbs', simulator: 'modem', settings: { baudRate: 2400 } }],
    ['exec:bash', { kind: 'program', name: 'bash', command: 'bash', settings: {} }],
    [
      'exec:/usr/bin/env A=1 sh -c "a, b"',
      { kind: 'program', name: 'env', command: '/usr/bin/env A=1 sh -c "a, b"', settings: {} },
    ],
    ['sh=exec:A=b,c', { kind: 'program', name: 'sh', command: 'A=b,c', settings: {} }],
  ])('reads %s', (text, spec) => {
    expect(parsePortSpec(text)).toEqual(spec);
  });

  it.each([
    ['', 'the device is missing'],
    ['ttyS0', 'did you mean /dev/ttyS0'],
    ['=/dev/ttyS0', 'the name before ='],
    ['a b=/dev/ttyS0', '"a b" is no name'],
    ['/dev/serial/by-id/usb-a=b', 'one must be given in front'],
    ['exec:A=b,c', 'one must be given in front'],
    ['exec: ', 'the command is missing'],
    ['sim:', 'there is no simulator "", only echo, modem'],
    ['sim:toaster', 'there is no simulator "toaster"'],
    ['/dev/ttyS0,fast', '"fast" is not a speed'],
    ['/dev/', '"" cannot be the name'],
  ])('refuses %j', (text, reason) => {
    expect(() => parsePortSpec(text)).toThrow(reason);
  });

  it('keeps every command as it is, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (command) => {
        fc.pre(command.trim() !== '');
        expect(parsePortSpec(`p=exec:${command}`)).toMatchObject({ kind: 'program', command: command.trim() });
      }),
    );
  });

  it('keeps every path without a comma as it is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[^,\0]{0,40}$/), (tail) => {
        expect(parsePortSpec(`p=/${tail}`)).toMatchObject({ kind: 'device', name: 'p', path: `/${tail}` });
      }),
    );
  });

  it('answers or refuses, with a coded error, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z=:,/ .]{0,20}$/)), (text) => {
        try {
          expect(parsePortSpec(text).name).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
        } catch (error) {
          expect(error instanceof SercliError && error.code).toBe('bad-port-spec');
        }
      }),
    );
  });
});
