import type { PortList } from '@sercli/protocol';
import { type ChildProgram, requires } from '@sercli/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TwoMachines, userRequirements } from './support/two-machines.ts';
import type { User } from './support/user.ts';

/** Networks of the cable besides its own: one that anybody in the Internet could be in, and those that are nobody else's. */
const addresses = {
  public: ['203.0.113.1', '203.0.113.2'],
  'public IPv6': ['2001:db8::1', '2001:db8::2'],
  'unique local': ['fd00:7372::1', 'fd00:7372::2'],
  'shared (RFC 6598)': ['100.64.0.1', '100.64.0.2'],
} as const;

requires({ ...userRequirements, programs: [...userRequirements.programs, 'curl'] })('an agent that is open', () => {
  let machines: TwoMachines;
  let owner: User;
  let agent: ChildProgram;
  beforeAll(async () => {
    machines = await TwoMachines.create();
    await machines.networkIsUp();
    for (const [left, right] of Object.values(addresses)) {
      const isIPv6 = left.includes(':');
      const add = (address: string): string[] => [
        ...['address', 'add', `${address}/${isIPv6 ? 64 : 24}`, 'dev', 'eth0'],
        // Without the second that the kernel looks for somebody else with the address.
        ...(isIPv6 ? ['nodad'] : []),
      ];
      await machines.serialMachine.execute('ip', add(left));
      await machines.laptop.execute('ip', add(right));
    }
    owner = machines.owner();
    agent = await owner.startAgent('--open', '--no-advertise', '--port', 'echo=sim:echo');
  });
  afterAll(() => machines.close());

  const urlOf = (host: string): string => `https://${host.includes(':') ? `[${host}]` : host}:7372/v1/ports`;
  /** Asks without any certificate; resolves to the answer and its status. */
  const ask = async (user: User, host: string): Promise<[string, string]> => {
    const curl = await user.run('curl', ['-skg', '-w', '%{http_code}', urlOf(host)]);
    await curl.expectExit(0);
    return [curl.stdout.text.slice(0, -3), curl.stdout.text.slice(-3)];
  };
  const hostOf = (address: string): string => (address.includes(':') ? `[${address}]` : address);

  it('says so at its start, in its lists and to whom it admits', async () => {
    await agent.stderr.waitFor(/WARN: open: whoever reaches this machine from a private network may use its ports/);
    const anna = machines.client('anna');
    const host = machines.serialMachine.address;
    expect(await anna.result('ls', host)).toContain('open to private networks');
    const [body] = await ask(anna, host);
    expect((JSON.parse(body) as PortList).agent.open).toBe(true);
    expect(await owner.result('authorize')).toContain('is open: everybody on private networks may control its ports');
  });

  it.each(['unique local', 'shared (RFC 6598)'] as const)('admits who comes from a %s address', async (kind) => {
    const bob = machines.client(`bob ${kind}`);
    const [host] = addresses[kind];
    expect((await ask(bob, host))[1]).toBe('200');
    const attached = await bob.attach(`${hostOf(host)}/echo`);
    await attached.next('ready');
    await attached.program.end('SIGTERM');
  });

  it('admits who comes from a link-local address', async () => {
    const shown = await machines.serialMachine.execute('ip', ['-6', '-o', 'address', 'show', 'dev', 'eth0']);
    const [, linkLocal = ''] = /inet6 (fe80::\S+)\/64/.exec(shown) ?? [];
    const carl = machines.client('carl');
    const attached = await carl.attach(`[${linkLocal}%eth0]/echo`);
    await attached.next('ready');
    await attached.program.end('SIGTERM');
  });

  it.each(['public', 'public IPv6'] as const)(
    'asks who comes from a %s address as if it were not open',
    async (kind) => {
      const dora = machines.client(`dora ${kind}`);
      const [host] = addresses[kind];
      const [body, status] = await ask(dora, host);
      expect(status).toBe('401');
      expect(body).toContain('certificate-missing');
      expect(await dora.failure(7, 'attach', `${hostOf(host)}/echo`, '--no-wait')).toContain(
        'it has asked to be let in',
      );
      await owner.result('authorize', (await dora.fingerprint()).slice(0, 16), '--role', 'monitor');
      expect(await dora.failure(4, 'attach', `${hostOf(host)}/echo`)).toContain('lets this client only watch');
    },
  );
});
