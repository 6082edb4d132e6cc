import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ErrorCode,
  type ErrorFields,
  errorFromTold,
  errorTable,
  reasonOf,
  SercliError,
  tellError,
  toSercliError,
} from './errors.ts';
import { defaultLimits } from './limits.ts';
import { closeBody } from './native/messages/close.ts';

const codes = Object.keys(errorTable) as ErrorCode[];
const toldCodes = codes.filter((code) => !code.startsWith('agent-key-'));

function fieldNames(code: ErrorCode): string[] {
  return [...errorTable[code].template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

function errorWith(code: ErrorCode, value: (name: string) => string | number): SercliError {
  const fields = Object.fromEntries(fieldNames(code).map((name) => [name, value(name)]));
  return new SercliError(code, fields as ErrorFields<ErrorCode>);
}

const errors = fc
  .tuple(fc.constantFrom(...toldCodes), fc.infiniteStream(fc.oneof(fc.string({ unit: 'binary' }), fc.integer())))
  .map(([code, values]) => errorWith(code, () => values.next().value ?? ''));

describe('SercliError', () => {
  it.each(codes)('%s fills its template and has an exit code', (code) => {
    const error = errorWith(code, (name) => `<${name}>`);
    for (const name of fieldNames(code)) expect(error.message).toContain(`<${name}>`);
    expect(error.message).not.toMatch(/[{}]/);
    expect(error.exit).toBe(errorTable[code].exit);
    expect([1, 2, 3, 4, 5, 6, 7]).toContain(error.exit);
    expect(error.name).toBe('SercliError');
  });

  it('does not read a value as a template', () => {
    const error = new SercliError('usage', { what: '{remedy} $& $1', remedy: 'help' });
    expect(error.message).toBe('{remedy} $& $1; help');
  });

  it('keeps its cause', () => {
    const cause = new Error('EIO');
    expect(new SercliError('closed', { what: 'ttyS0' }, { cause }).cause).toBe(cause);
  });
});

describe('a told error', () => {
  it('is the same error at the reader', () => {
    fc.assert(
      fc.property(errors, (error) => {
        const read = errorFromTold(tellError(error));
        expect(read).toMatchObject({ code: error.code, message: error.message, fields: error.fields });
      }),
    );
  });

  it('fits into a CLOSE, however long its values are', () => {
    const texts = fc.constantFrom('a', 'é', '\u0000', '\ud800', '"').map((character) => character.repeat(20_000));
    fc.assert(
      fc.property(fc.constantFrom(...toldCodes), texts, (code, text) => {
        const error = tellError(errorWith(code, () => text));
        const body = closeBody.encode({ error });
        expect(body.length).toBeLessThanOrEqual(defaultLimits.messageBytes);
        expect(errorFromTold(closeBody.decode(body).error ?? error).code).toBe(code);
      }),
    );
  });

  it.each(['later-invention', 'toString', '__proto__', ''])('of the unknown code "%s" is told as it came', (code) => {
    const error = errorFromTold({ code, message: 'something new', fields: {} });
    expect(error).toMatchObject({ code: 'peer-error', fields: { code, message: 'something new' } });
    expect(error.message).toBe(`the peer reports ${code}: something new`);
  });

  it('that judges a key is only what the peer says', () => {
    const told = tellError(errorWith('agent-key-changed', (name) => name));
    expect(errorFromTold(told)).toMatchObject({ code: 'peer-error', fields: { code: 'agent-key-changed' } });
  });

  it('that lacks a field of its template keeps its text', () => {
    const error = errorFromTold({ code: 'closed', message: 'it is closed', fields: { other: 1 } });
    expect(error.message).toBe('the peer reports closed: it is closed');
  });
});

describe('who controls a port is told with a remedy', () => {
  it.each([
    ['not-controller', '--take (takes: true)'],
    ['port-busy', '--take (takes: true)'],
    ['port-busy', '--monitor (role: monitor)'],
    ['control-taken', '--take (takes: true)'],
  ] as const)('for the command line and for programs: %s', (code, remedy) => {
    expect(errorWith(code, (name) => name).message).toContain(remedy);
  });
});

describe('what was thrown', () => {
  it('is kept when it has a code', () => {
    const error = new SercliError('closed', { what: 'ttyS0' });
    expect(toSercliError(error)).toBe(error);
  });

  it('is a defect otherwise, with its cause', () => {
    const cause = new TypeError('x is undefined');
    expect(toSercliError(cause)).toMatchObject({ code: 'internal', cause, exit: 1 });
    expect(toSercliError('text').message).toContain('text; this is a defect');
    expect(reasonOf(undefined)).toBe('undefined');
  });
});
