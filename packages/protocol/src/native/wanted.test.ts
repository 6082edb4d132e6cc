import { describe, expect, it } from 'vitest';
import type { SessionRequest } from './connector-session.ts';
import type { PortRequest } from './messages/request.ts';
import { checkPortRequest, checkSessionRequest } from './wanted.ts';

const configure = (change: unknown) => ({ kind: 'configure', change });
const run = (...steps: unknown[]) => ({ kind: 'run-sequence', steps });

describe('checkPortRequest', () => {
  it.each<[unknown, string, string]>([
    [configure({ baudRate: 0 }), 'bad-settings', '"baudRate 0"'],
    [configure({ baudRate: Number.NaN }), 'bad-settings', 'baudRate NaN'],
    [configure({ baudRate: 9600.5 }), 'bad-settings', 'a whole number from 1'],
    [configure({ baudRate: 1e12 }), 'bad-settings', 'to 100000000'],
    [configure({ dataBits: 9 }), 'bad-settings', 'dataBits 9'],
    [configure({ baudrate: 9600 }), 'bad-settings', 'there are baudRate, '],
    [configure(undefined), 'bad-settings', '{ baudRate: 9600 }'],
    [configure([9600]), 'bad-settings', '[9600]'],
    [run({ dtr: 'on' }), 'usage', 'step 1 of a line sequence has dtr "on"; write true or false'],
    [run({}, { waitMs: -1 }), 'usage', 'step 2 of a line sequence has waitMs -1'],
    [run({ foo: 1 }), 'usage', 'has "foo"; write an object with some of dtr, rts, break, waitMs'],
    [run(undefined), 'usage', 'is undefined'],
    [{ kind: 'run-sequence', steps: 'dtr=on' }, 'usage', 'an array'],
    [{ kind: 'flush', queue: 'xx' }, 'usage', '"xx" is no queue of a port; write received, unsent or both'],
  ])('refuses %o', (request, code, text) => {
    const check = () => checkPortRequest(request as PortRequest);
    expect(check).toThrow(expect.objectContaining({ code, message: expect.stringContaining(text) }));
  });

  it.each<unknown>([
    configure({}),
    configure({ baudRate: 31_250, stopBits: 1.5, parity: undefined }),
    run({ dtr: true, rts: undefined }, { waitMs: 0.5 }, {}),
    { kind: 'drain' },
    { kind: 'flush', queue: 'both' },
  ])('lets pass what peers take: %o', (request) => {
    expect(() => checkPortRequest(request as PortRequest)).not.toThrow();
  });
});

describe('checkSessionRequest', () => {
  it.each<[unknown, string, string]>([
    [{ port: 'a b' }, 'bad-address', '"a b"'],
    [{ port: undefined }, 'bad-address', 'undefined'],
    [{ port: 'tty', settings: { baudRate: -5 } }, 'bad-settings', 'baudRate -5'],
    [{ port: 'tty', role: 'root' }, 'usage', 'role "root" cannot be asked of tty; write control or monitor'],
    [{ port: 'tty', takes: 1 }, 'usage', 'takes 1'],
    [{ port: 'tty', start: { kind: 'last', bytes: -1 } }, 'usage', 'start {"kind":"last","bytes":-1}'],
  ])('refuses %o', (request, code, text) => {
    const check = () => checkSessionRequest(request as SessionRequest);
    expect(check).toThrow(expect.objectContaining({ code, message: expect.stringContaining(text) }));
  });

  it('lets pass what peers take', () => {
    const request = { port: 'tty', settings: undefined, role: undefined, takes: true, start: { kind: 'all' } } as const;
    expect(() => checkSessionRequest(request)).not.toThrow();
  });
});
