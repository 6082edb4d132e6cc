import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultLineSettings } from '@sercli/protocol';
import { PtyFarEnd } from '@sercli/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { portConfigOf } from '../config/config.ts';
import { parsePortSpec } from '../devices/port-spec.ts';
import { describeNamed } from './port-description.ts';

it('holds back a pseudo terminal whatever it is called, and waits for it only by a name that can lead to another', () => {
  const farEnd = new PtyFarEnd();
  const folder = mkdtempSync(join(tmpdir(), 'sercli-description-'));
  onTestFinished(() => {
    farEnd.close();
    rmSync(folder, { recursive: true });
  });
  const link = join(folder, 'ttyV0');
  symlinkSync(farEnd.path, link);
  const [named, linked, absent] = [farEnd.path, link, join(folder, 'ttyV1')].map((path) =>
    describeNamed(portConfigOf(parsePortSpec(`port=${path}`)), undefined),
  );
  const isHeld = (port: typeof named): boolean | undefined => port?.pushesBack(defaultLineSettings);
  expect([named, linked, absent].map(isHeld)).toEqual([true, true, false]);
  expect([named, linked, absent].map((port) => port?.comesBack)).toEqual([false, true, true]);
});
