import { defaultLineSettings } from '@sercli/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindText, expandFileName, expandText, gensioAddress, type TextFacts } from './banner-text.ts';

const facts: TextFacts = {
  device: '/dev/ttyS0',
  name: 'plc',
  accepter: 'tcp,localhost,2000',
  settings: { ...defaultLineSettings, baudRate: 9600, parity: 'even', dataBits: 7 },
  remoteAddress: 'ipv4,127.0.0.1,51000',
  now: new Date(2026, 10, 5, 15, 7, 9, 42),
};

const expanded = (template: string): string => Buffer.from(expandText(template, facts)).toString('latin1');

describe('the escapes of a text', () => {
  it.each([
    ['a\\r\\nb\\t\\a\\b\\f\\v', 'a\r\nb\t\x07\b\f\v'],
    ['\\101\\0\\x41\\x9f\\377', 'A\0A\x9f\xff'],
    ['\\x41B \\1018', 'AB A8'],
    ['\\\\ \\? \\\' \\"', '\\ ? \' "'],
    ['\\d \\N \\o \\p', '/dev/ttyS0 plc plc tcp,localhost,2000'],
    ['[\\B] \\s \\I', '[9600E71] 9600E71 ipv4,127.0.0.1,51000'],
    ['\\Y-\\m-\\D \\M \\A \\y', '2026-11-05 Nov Thu 308'],
    ['\\H:\\i:\\S \\h \\q \\P \\U', '15:07:09 03 pm PM 042000'],
    ['\\z \\', 'z \\'],
  ])('%j are %j', (template, text) => {
    expect(expanded(template)).toBe(text);
  });

  it('of the name of a file: seconds, and nothing that leads out of the directory', () => {
    expect(expandFileName('/var/log/\\d-\\s-\\Y\\0', facts)).toBe('/var/log/ttyS0-09-2026');
    expect(expandFileName('/var/log/\\p', { ...facts, accepter: '../../etc/passwd' })).toBe(
      '/var/log/.._.._etc_passwd',
    );
  });

  it('that last are put in beforehand, and what is put in has none', () => {
    expect(bindText('\\d \\N [\\B]\\r\\n\\x41', { ...facts, name: 'a\\n' })).toBe('/dev/ttyS0 a\\\\n [\\B]\\r\\n\\x41');
  });

  it('are the same whether they are put in at once or in two steps', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (template, name) => {
        const named = { ...facts, name };
        expect(expandText(bindText(template, named), named)).toEqual(expandText(template, named));
      }),
    );
  });
});

it.each([
  ['192.168.1.7:51000', 'ipv4,192.168.1.7,51000'],
  ['[fe80::1]:51000', 'ipv6,fe80::1,51000'],
  ['laptop', 'laptop'],
])('the address %s is written %s', (address, text) => {
  expect(gensioAddress(address)).toBe(text);
});
