import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { configSchema } from './config-shape.ts';

it('is what was published for editors (if not: npm run schema --workspace packages/agent)', () => {
  const published = readFileSync(new URL('../../schema/sercli.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(configSchema)));
});

it('describes every key', () => {
  expect(undescribed('', configSchema)).toEqual([]);
});

/** Keys without a description; line settings are described where they are used. */
function undescribed(path: string, schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([keyword, value]) =>
    keyword === 'properties'
      ? Object.entries(value as Record<string, object>).flatMap(([key, property]) => [
          ...('description' in property || path.endsWith('settings') ? [] : [`${path}.${key}`]),
          ...undescribed(`${path}.${key}`, property),
        ])
      : undescribed(path, value),
  );
}
