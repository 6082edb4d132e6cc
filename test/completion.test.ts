import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fullFingerprintOf, loadIdentity } from '@sercli/link';
import { type NetworkNamespace, requires } from '@sercli/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CompletingShell, type ShellName } from './support/completing-shell.ts';
import { sercliProgram } from './support/sercli-program.ts';
import { TwoMachines, twoMachineRequirements } from './support/two-machines.ts';

const shells: readonly ShellName[] = ['bash', 'zsh', 'fish'];

/** A host that would run something, were it not quoted. Anybody can call an agent so. */
const evil = `evil$(touch$\{IFS}owned);\`touch$\{IFS}owned\`'"`;

/** Where a user's programs keep what they know. */
const state = '.local/state/sercli';

requires({ ...twoMachineRequirements, programs: ['ip', 'bash', 'zsh', 'fish'] })('completion', () => {
  let machines: TwoMachines;
  /** Of the machine with the agents, on the cable alone: `fe80::1%eth0`. */
  let linkLocal: string;
  beforeAll(async () => {
    machines = await TwoMachines.create();
    await machines.networkIsUp();
    const agent = await machines.startAgent(['modem=sim:modem', 'plug=sim:echo'], '--name', 'SerialMachine');
    await agent.stderr.waitFor(/advertised as SerialMachine/);
    const { serialMachine } = machines;
    const locked = await machines.sercli(
      ...[serialMachine, 'agent', '--name', 'Locked', '--listen', ':7373', '--port', 'vault=sim:echo'],
    );
    await locked.stderr.waitFor(/advertised as Locked/);
    const addresses = await serialMachine.execute('ip', [
      '-6',
      '-o',
      'address',
      'show',
      'dev',
      'eth0',
      'scope',
      'link',
    ]);
    linkLocal = `${/inet6 ([\da-f:]+)/.exec(addresses)?.[1]}%eth0`;
  });
  afterAll(() => machines.close());

  describe.each(shells)('in %s', (name) => {
    let home: string;
    let shell: CompletingShell;
    beforeAll(async () => {
      home = join(machines.folder, name);
      await mkdir(home);
      await writeFile(join(home, 'ser2net of old.yaml'), '');
      // A busy machine is no error.
      const environment = { SERCLI_COMPLETION_MS: '3000', SERCLI_KNOWN_AGENTS: `${evil} ${'A'.repeat(52)}` };
      shell = await CompletingShell.start(name, { home, namespace: machines.laptop, environment });
    });
    afterAll(async () => {
      await shell.end();
    });

    it.each([
      ['commands', 'sercli att\tx', ['attach', 'x']],
      ['values behind an equals sign', 'sercli authorize --role=mon\tx', ['authorize', '--role=monitor', 'x']],
      ['protocols', 'sercli agent --tcp :3333=ttyS0,tel\tx', ['agent', '--tcp', ':3333=ttyS0,telnet', 'x']],
      ['files', 'sercli import ser\tx', ['import', 'ser2net of old.yaml', 'x']],
      ['files behind an equals sign', 'sercli agent --config=ser\tx', ['agent', '--config=ser2net of old.yaml', 'x']],
    ])('%s', async (_what, keys, words) => {
      expect(await shell.words(keys)).toEqual(words);
    });

    it('names that have to be quoted, without running them', async () => {
      expect(await shell.words('sercli ls evil\tx')).toEqual(['ls', evil, 'x']);
      expect(await readdir(home)).not.toContain('owned');
    });

    it('hosts that are found, and no ports before this user has a key: completing makes none', async () => {
      expect(await shell.words('sercli attach Ser\tmo\tx')).toEqual(['attach', 'SerialMachine/mox']);
      await expect(readdir(join(home, state))).rejects.toThrow('ENOENT');
    });

    describe('for a user who has a key', () => {
      beforeAll(async () => {
        await loadIdentity(join(home, state));
      });

      it('hosts that are found, and their ports', async () => {
        expect(await shell.words('sercli attach Ser\tmo\tx')).toEqual(['attach', 'SerialMachine/modem', 'x']);
        expect(await shell.words("sercli attach 'Ser\tmo\tx")).toEqual(['attach', 'SerialMachine/modem', 'x']);
      });

      it('ports of hosts that are written as addresses, whatever the shell makes of : and [', async () => {
        const { address } = machines.serialMachine;
        for (const host of [`${address}:7372`, `[${linkLocal}]:7372`]) {
          expect(await shell.words(`sercli attach ${host}/mo\tx`)).toEqual(['attach', `${host}/modem`, 'x']);
        }
      });

      it('and records no key: whom to trust is for people to say', async () => {
        expect(await readdir(join(home, state))).toEqual(['identity.pem']);
      });
    });
  });

  /** What `sercli complete` prints for words, the last of which is completed. */
  const complete = async (machine: NetworkNamespace, environment: string, ...words: string[]): Promise<string> => {
    const program = [sercliProgram, 'complete', 'fish', '--', ...words];
    const completing = await machines.run(machine, 'env', [environment, process.execPath, ...program]);
    await completing.expectExit(0);
    expect(completing.stderr.text).toBe('');
    return completing.stdout.text;
  };
  const patient = 'SERCLI_COMPLETION_MS=3000';

  it('knows agents of its own machine by their sockets, and who waits there', async () => {
    const { serialMachine, laptop } = machines;
    expect(await complete(serialMachine, patient, 'attach', 'Lo')).toContain('Locked/\tan agent of this machine\n');
    expect(await complete(serialMachine, patient, 'attach', 'Locked/')).toMatch(/^Locked\/vault\t115200 8N1, idle: /m);
    expect(await complete(serialMachine, patient, 'authorize', '--agent', '')).toBe(
      'words\nLocked\t\nSerialMachine\t\n',
    );
    const ls = await machines.sercli(laptop, 'ls', `${serialMachine.address}:7373`);
    await ls.expectExit(7);
    const [shown] = /(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}/.exec(ls.stderr.text.replace(/^.*authorize/s, '')) ?? [];
    const waiting = await complete(serialMachine, patient, 'authorize', '--agent', 'Locked', '');
    expect(waiting).toMatch(new RegExp(`^${shown}\t.* waits to be let in$`, 'm'));
    expect(await complete(serialMachine, patient, 'authorize', '--agent', 'Locked', '--remove', '')).toBe('words\n');
  });

  it('has no ports of an agent that does not know the user, and does not ask to be let in', async () => {
    const { serialMachine } = machines;
    const stranger = join(machines.folder, 'stranger');
    await loadIdentity(join(stranger, state));
    const asked = await complete(machines.laptop, `HOME=${stranger}`, 'attach', `${serialMachine.address}:7373/`);
    expect(asked).toBe('words\n');
    const list = await machines.sercli(serialMachine, 'authorize', '--agent', 'Locked', '--json');
    await list.expectExit(0);
    const waiting: { fingerprint: string }[] = JSON.parse(list.stdout.text).waiting;
    const { cert } = await loadIdentity(join(stranger, state));
    expect(waiting.map(({ fingerprint }) => fingerprint)).not.toContain(fullFingerprintOf(cert));
  });

  it('knows the agents that are known by their keys', async () => {
    const known = `SERCLI_KNOWN_AGENTS=[fe80::1%eth0]:7400 ${'A'.repeat(52)}`;
    expect(await complete(machines.laptop, known, 'attach', '[')).toBe('words\n[fe80::1%eth0]:7400/\ta known agent\n');
  });

  it('gives up soon where nobody answers', async () => {
    const home = join(machines.folder, 'patient');
    await loadIdentity(join(home, state));
    for (const words of [
      ['attach', ''],
      ['attach', '10.73.72.99/'],
    ]) {
      const started = performance.now();
      await complete(machines.laptop, `HOME=${home}`, ...words);
      const tookMs = Math.round(performance.now() - started);
      console.log(`${JSON.stringify(words)} took ${tookMs} ms`);
      // Connecting would be given up after 10 s, and the search for a host after 3 s.
      expect(tookMs).toBeLessThan(2_500);
    }
  });
});
