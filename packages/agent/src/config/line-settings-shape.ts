import { flowControls, type LineSettingsChange, maxBaudRate, parities, parseLineSettings } from '@sercli/protocol';
import { oneOf, parsedText, wholeNumber } from './scalar-shapes.ts';
import { either, mapping, type Shape } from './shape.ts';

/** `9600,7E1`, 115200, or the five settings by name. */
export const lineSettingsShape: Shape<LineSettingsChange> = either(
  parsedText('line settings as 9600,7E1', parseLineSettings, { allowsNumber: true, examples: [115200, '9600,7E1'] }),
  'mapping',
  mapping({
    baudRate: wholeNumber(1, maxBaudRate, 'bits per second'),
    dataBits: oneOf([5, 6, 7, 8]),
    parity: oneOf(parities),
    stopBits: oneOf([1, 1.5, 2]),
    flowControl: oneOf(flowControls),
  }),
);
