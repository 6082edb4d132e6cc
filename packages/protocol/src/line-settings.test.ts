import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SercliError } from './errors.ts';
import {
  bitsPerCharacter,
  defaultLineSettings,
  equalLineSettings,
  formatLineSettings,
  type LineSettingsChange,
  lineSettingKeys,
  maxBaudRate,
  parseLineSettings,
} from './line-settings.ts';
import { lineSettings } from './testing/frame-arbitraries.ts';

describe('line settings', () => {
  it.each<[string, LineSettingsChange]>([
    ['115200', { baudRate: 115200 }],
    ['9600,7E1', { baudRate: 9600, dataBits: 7, parity: 'even', stopBits: 1 }],
    ['9600 8n2', { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 2 }],
    ['115200n81', { baudRate: 115200, dataBits: 8, parity: 'none', stopBits: 1 }],
    ['300O7', { baudRate: 300, dataBits: 7, parity: 'odd', stopBits: 1 }],
    ['50,5N1.5', { baudRate: 50, dataBits: 5, parity: 'none', stopBits: 1.5 }],
    ['50n51.5', { baudRate: 50, dataBits: 5, parity: 'none', stopBits: 1.5 }],
    ['m72', { dataBits: 7, parity: 'mark', stopBits: 2 }],
    ['8S1', { dataBits: 8, parity: 'space', stopBits: 1 }],
    ['115200,8N1,rtscts', { baudRate: 115200, dataBits: 8, parity: 'none', stopBits: 1, flowControl: 'hardware' }],
    [',rtscts,xonxoff', { flowControl: 'hardware+software' }],
    ['SOFTWARE', { flowControl: 'software' }],
    ['hardware', { flowControl: 'hardware' }],
    ['9600,none', { baudRate: 9600, flowControl: 'none' }],
    [String(maxBaudRate), { baudRate: maxBaudRate }],
  ])('reads %s', (text, change) => {
    expect(parseLineSettings(text)).toEqual(change);
  });

  it.each([
    ['', 'nothing is said'],
    [' , ', 'nothing is said'],
    ['0', 'the speed must be from 1 to'],
    ['100000001', 'the speed must be from 1 to'],
    ['9600,19200', 'baudRate is given twice'],
    ['9600n81,7E1', 'dataBits is given twice'],
    ['none,rtscts', 'flow control is given and denied'],
    ['rtscts,none', 'flow control is given and denied'],
    ['9N1', '"9N1" is not a speed'],
    ['8X1', '"8X1" is not a speed'],
    ['8N3', '"8N3" is not a speed'],
    ['9600baud', '"9600baud" is not a speed'],
    ['-9600', '"-9600" is not a speed'],
    ['constructor', '"constructor" is not a speed'],
  ])('refuses "%s"', (text, reason) => {
    expect(() => parseLineSettings(text)).toThrowError(reason);
  });

  it('reads back what it writes; no flow control is not written', () => {
    fc.assert(
      fc.property(lineSettings, (settings) => {
        const { flowControl, ...rest } = settings;
        const read = flowControl === 'none' ? rest : settings;
        expect(parseLineSettings(formatLineSettings(settings))).toEqual(read);
        expect(parseLineSettings(formatLineSettings(settings).replaceAll(' ', ',').toLowerCase())).toEqual(read);
      }),
    );
  });

  it('answers any text with settings or with bad-settings', () => {
    const words = fc.constantFrom('9600', '8', 'N', '1', '.', 'rtscts', 'none', ',', ' ', '7e1', 'n81', '+');
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const change = parseLineSettings(text);
          expect(lineSettingKeys).toEqual(expect.arrayContaining(Object.keys(change)));
          expect(parseLineSettings(formatLineSettings({ ...defaultLineSettings, ...change }))).toBeDefined();
        } catch (error) {
          expect(error).toBeInstanceOf(SercliError);
          expect(error).toMatchObject({ code: 'bad-settings', exit: 2 });
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('compares all five', () => {
    fc.assert(
      fc.property(lineSettings, lineSettings, (one, other) => {
        expect(equalLineSettings(one, { ...one })).toBe(true);
        expect(equalLineSettings(one, other)).toBe(formatLineSettings(one) === formatLineSettings(other));
      }),
    );
  });

  it.each([
    ['8N1', 10],
    ['7E1', 10],
    ['8E2', 12],
    ['5N1.5', 7.5],
  ])('%s is %d bits a character', (text, bits) => {
    expect(bitsPerCharacter({ ...defaultLineSettings, ...parseLineSettings(text) })).toBe(bits);
  });
});
