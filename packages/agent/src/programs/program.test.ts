import { LinkApplication, serialLinkSuite } from '@sercli/testkit';
import { describe, expect, it } from 'vitest';
import { openProgram } from './program.ts';

serialLinkSuite(
  'a program',
  async () => {
    const link = await openProgram('stty raw -echo; printf ready; exec cat');
    const application = new LinkApplication(link);
    await application.until(() => application.received.length === 'ready'.length);
    return { link, farEnd: { kind: 'echo' }, hasLines: false, cleanup: () => undefined };
  },
  { isWire: false, canHangUp: false },
);

const textOf = (application: LinkApplication): string => new TextDecoder().decode(application.received.from());

describe('openProgram', () => {
  it('starts on an ordinary terminal of 80 by 24, and tells its exit code after all it printed', async () => {
    const link = await openProgram('stty size; stty -a | grep -o " icanon"; exit 7', {}, { name: 'demo' });
    const application = new LinkApplication(link);
    const error = await link.closed;
    expect(textOf(application)).toBe('24 80\r\n icanon\r\n');
    expect(error?.message).toBe('the session on demo ended: the program ended with exit code 7; attach again');
  });

  it('keeps everything it printed for a reader that comes late', async () => {
    const link = await openProgram('stty raw; head -c 40000 /dev/zero; kill -TERM $$');
    const error = await link.closed;
    const application = new LinkApplication(link);
    expect(application.received.length).toBe(40_000);
    expect(error?.message).toContain('was ended by SIGTERM');
  });

  it('hangs up on the program when it is closed', async () => {
    const link = await openProgram('trap "echo bye >/dev/null; exit 0" HUP; echo $$; while :; do sleep 1; done');
    const application = new LinkApplication(link);
    await application.until(() => textOf(application).includes('\n'));
    const pid = Number(textOf(application));
    await link.close();
    expect(() => process.kill(pid, 0)).toThrow();
  });

  it('kills a program that does not end, and its process group alone', async () => {
    const link = await openProgram('trap "" HUP; echo $$; while :; do sleep 0.1; done');
    const application = new LinkApplication(link);
    await application.until(() => textOf(application).includes('\n'));
    const pid = Number(textOf(application));
    const start = performance.now();
    await link.close();
    expect(performance.now() - start).toBeGreaterThan(1500);
    expect(() => process.kill(pid, 0)).toThrow();
  });

  it('says that a command was not found, in the words of the shell', async () => {
    const link = await openProgram('/no/such/program');
    const application = new LinkApplication(link);
    expect((await link.closed)?.message).toContain('exit code 127');
    expect(textOf(application)).toContain('not found');
    expect(link.info).toEqual({ name: 'program', device: 'exec:/no/such/program' });
  });
});
