import { writeFile } from 'node:fs/promises';
import type { PortList, SessionList } from '@sercli/protocol';
import { requires } from '@sercli/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exchange } from './support/exchange.ts';
import { PtyDevice } from './support/pty-device.ts';
import { TwoMachines, userRequirements } from './support/two-machines.ts';
import type { User } from './support/user.ts';

requires({ ...userRequirements, programs: [...userRequirements.programs, 'curl'] })(
  'what clients were authorised for',
  () => {
    let machines: TwoMachines;
    let owner: User;
    let device: PtyDevice;
    beforeAll(async () => {
      device = new PtyDevice();
      machines = await TwoMachines.create();
      owner = machines.owner();
      const ports = [`plc=${device.path}`, 'line-1=sim:echo', 'line-2=sim:echo', 'pump=sim:echo', 'shared=sim:echo'];
      await owner.startAgent('--no-advertise', ...ports.flatMap((port) => ['--port', port]));
    });
    afterAll(async () => {
      await machines.close();
      device.close();
    });
    const knownClient = async (name: string, rights?: string): Promise<User> => {
      const user = machines.client(name);
      await owner.letIn(user, rights);
      return user;
    };
    /** The command that an error names. */
    const remedyIn = (text: string): string => /sercli authorize [A-Z2-7]{52} --\w+( control)?/.exec(text)?.[0] ?? text;

    it.concurrent('a monitor is told what to do, and watches without writing', async () => {
      const anna = await knownClient('anna', 'role=monitor');
      const plc = machines.address('plc');
      const told = await anna.failure(4, 'attach', plc);
      expect(told).toContain('SerialMachine lets this client only watch; use --monitor, or on SerialMachine run:');
      expect(await anna.failure(4, 'console', plc)).toContain('use --monitor');

      const attached = await anna.attach(plc, '--monitor');
      await attached.next('ready');
      await writeFile(attached.link, 'for nobody');
      expect((await attached.next('refused')).bytes).toBe('for nobody'.length);
      const reader = await anna.run('head', ['-c', '4', attached.link]);
      await attached.program.stdout.waitFor(/"event":"application".*"isOpen":true/);
      device.send('seen');
      await reader.stdout.waitFor(/seen/);
      const console = await anna.sercli('console', plc, '--monitor', '--replay', 'all');
      await console.stdout.waitFor(/seen/);
      console.stdin.end('typed');
      await console.exited;

      await owner.type(remedyIn(told));
      const controlling = await anna.attach(plc);
      await controlling.next('ready');
      await writeFile(controlling.link, 'for the device');
      expect(String(await device.receive('for the device'.length))).toBe('for the device');
    });

    it.concurrent('a role that is taken away ends the session that it controlled', async () => {
      const bob = await knownClient('bob');
      const attached = await bob.attach(machines.address('pump'));
      await attached.next('ready');
      expect(await exchange(bob, attached.link, 'controls')).toBe('controls');
      await owner.result('authorize', await bob.fingerprint(), '--role', 'monitor');
      expect(await attached.next('lost')).toMatchObject({ code: 'role-refused' });
      const { sessions } = JSON.parse(await bob.result('who', machines.address('pump'), '--json')) as SessionList;
      expect(sessions).toEqual([]);
      await owner.result('authorize', await bob.fingerprint(), '--role', 'control');
      await attached.next('up');
      expect(await exchange(bob, attached.link, 'again')).toBe('again');
    });

    it.concurrent('ports are those of its patterns alone, and it hears of no others', async () => {
      const host = machines.serialMachine.address;
      const carl = await knownClient('carl', 'ports=line-?');
      const holder = await owner.sercli('console', 'localhost/shared');
      holder.stdin.write('x');
      await holder.stdout.waitFor(/x/);
      const attached = await carl.attach(`${host}/line-1`);
      await attached.next('ready');
      const told = await carl.failure(4, 'attach', `${host}/shared`, '--monitor');
      expect(told).toContain(
        'SerialMachine does not let this client use shared; on SerialMachine run: sercli authorize',
      );
      expect(await carl.failure(4, 'attach', `${host}/none`)).toContain('does not let this client use none');

      const { ports } = JSON.parse(await carl.result('ls', host, '--json')) as PortList;
      expect(ports.map(({ name }) => name)).toEqual(['line-1', 'line-2']);
      const { sessions } = JSON.parse(await carl.result('who', host, '--json')) as SessionList;
      expect(sessions.map(({ port }) => port)).toEqual(['line-1']);
      const key = ['--cert', carl.state('identity.pem'), '--key', carl.state('identity.pem')];
      const metrics = await carl.run('curl', ['-sk', ...key, `https://${host}:7372/metrics`]);
      await metrics.expectExit(0);
      const named = new Set([...metrics.stdout.text.matchAll(/port="([^"]+)"/g)].map(([, port]) => port));
      expect([...named]).toEqual(['line-1', 'line-2']);

      await owner.result('authorize', await carl.fingerprint(), '--ports', 'line-2');
      expect(await attached.next('lost')).toMatchObject({ code: 'port-refused' });
      const [command = ''] = /sercli authorize .*/.exec(await carl.failure(4, 'attach', `${host}/shared`)) ?? [];
      await owner.type(command);
      const both = JSON.parse(await carl.result('ls', host, '--json')) as PortList;
      expect(both.ports.map(({ name }) => name)).toEqual(['line-2', 'shared']);
    });

    it.concurrent('one that comes with another identity the second time is shown as another one', async () => {
      const [dora, other] = [await knownClient('dora'), await knownClient('dora-elsewhere')];
      const dorasHomeWithAnotherKey = machines.client('dora', { SERCLI_IDENTITY: other.state('identity.pem') });
      for (const user of [dora, dorasHomeWithAnotherKey]) {
        const attached = await user.attach(machines.address('shared'), '--monitor');
        await attached.next('ready');
      }
      const { sessions } = JSON.parse(await dora.result('who', machines.address('shared'), '--json')) as SessionList;
      const fingerprints = sessions.map(({ client }) => client.fingerprint).filter((one) => one !== undefined);
      expect(fingerprints).toEqual([await dora.fingerprint(), await other.fingerprint()]);
    });
  },
);
