import { expect, it } from 'vitest';
import { readmeExample } from './readme-example.mjs';

it('is the first block of TypeScript', () => {
  const text = ['# A', '```sh', 'npm i', '```', '```ts', 'one();', '', 'two();', '```', '```ts', 'three();', '```', ''];
  expect(readmeExample(text.join('\n'))).toBe('one();\n\ntwo();\n');
});

it('is nothing else', () => {
  expect(readmeExample('```js\none();\n```\n\n```tsx\ntwo();\n```\n')).toBeUndefined();
});
