import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAgentName, numberedName, toAgentName } from './agent-name.ts';

describe('names of agents', () => {
  it.each([
    ['SerialMachine', 'SerialMachine'],
    ['serial.example.org', 'serial-example-org'],
    ['Werkstatt Süd', 'Werkstatt-Süd'],
    ['a/b:c@d%e[f]', 'a-b-c-d-e-f'],
    ['\u001b[31mred\u001b[0m', '31mred-0m'],
    ['--x--', 'x'],
    ['', 'agent'],
    ['\u0000\u202e', 'agent'],
  ])('%j becomes %j', (text, name) => expect(toAgentName(text)).toBe(name));

  it('are made of any text, with room for a number, and stay as they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 1, max: 9999 }), (text, number) => {
        const name = toAgentName(text);
        expect(isAgentName(numberedName(name, number))).toBe(true);
        expect(toAgentName(name)).toBe(name);
      }),
    );
  });

  it.each(['', '-x', 'a b', 'a.b', 'a/b', 'a\u0007', 'ü'.repeat(32), '\ud800'])('%j is none', (text) =>
    expect(isAgentName(text)).toBe(false),
  );
});
