import { expect, it } from 'vitest';
import { isOwnName } from './own-names.ts';

const names = { agent: 'Werkstatt-Süd', machine: 'Pi.example.org', configured: ['Serial.Example.net'] };

it.each([
  'xn--werkstatt-sd-nlb',
  'xn--werkstatt-sd-nlb.local',
  'pi',
  'pi.local',
  'pi.example.org',
  'serial.example.net',
])('goes by %s', (name) => {
  expect(isOwnName(name, names)).toBe(true);
});

it.each(['', 'local', 'pi.attacker.org', 'pi.local.attacker.org', 'example.org', 'serial.example.net.local'])(
  'does not go by "%s"',
  (name) => {
    expect(isOwnName(name, names)).toBe(false);
    expect(isOwnName(name, { ...names, machine: '' })).toBe(false);
  },
);
