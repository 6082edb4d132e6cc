import { defaultLineSettings } from '@sercli/protocol';
import { expect, it } from 'vitest';
import { differenceText } from './settings-difference.ts';

it('what was asked for stands beside what there is', () => {
  const wanted = { ...defaultLineSettings, baudRate: 921_600 };
  expect(differenceText({ wanted, settings: defaultLineSettings })).toBe(
    'asked for 921600 8N1, and the line has 115200 8N1',
  );
});
