import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ChildProgram } from '@sercli/testkit';
import { expect, it, onTestFinished } from 'vitest';

const startScript = fileURLToPath(new URL('../scripts/start.mjs', import.meta.url));

it('npm start without a terminal proves a round trip through the attached port and exits with 0', async () => {
  const home = await mkdtemp(join(tmpdir(), 'sercli-test-'));
  onTestFinished(() => rm(home, { recursive: true }));
  const environment = { HOME: home, XDG_RUNTIME_DIR: home, XDG_STATE_HOME: '' };
  const demo = await ChildProgram.start(process.execPath, [startScript], { environment });
  demo.stdin.end();
  await demo.expectExit(0, 30_000);
  expect(demo.stdout.text).toMatch(/round trip proved/);
});
