import { statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { VirtualPort } from './virtual-port.ts';

it('is for its owner alone unless a mode is given', async () => {
  const closed = await VirtualPort.create();
  expect(statSync(closed.path).mode & 0o777).toBe(0o600);
  await closed.close();
  const open = await VirtualPort.create({ mode: 0o666 });
  expect(statSync(open.path).mode & 0o777).toBe(0o666);
  await open.close();
});

it.runIf(process.getuid?.() === 0)('is given to a user and a group by name or number', async () => {
  const named = await VirtualPort.create({ owner: 'daemon', group: 'dialout' });
  expect(statSync(named.path)).toMatchObject({ uid: 1, gid: 20 });
  await named.close();
  const numbered = await VirtualPort.create({ owner: 12, group: '34' });
  expect(statSync(numbered.path)).toMatchObject({ uid: 12, gid: 34 });
  await numbered.close();
});

it('says which name is unknown', async () => {
  await expect(VirtualPort.create({ owner: 'nobody-knows' })).rejects.toMatchObject({
    code: 'virtual-port-failed',
    message: expect.stringContaining('there is no user "nobody-knows"'),
  });
});
