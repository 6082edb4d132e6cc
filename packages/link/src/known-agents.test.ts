import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KnownAgents } from './known-agents.ts';
import { PrivateFiles } from './state/private-files.ts';

const one = `${'K'.repeat(51)}A`;
const other = `${'B'.repeat(51)}Q`;

describe('agents that the environment makes known', () => {
  let directory: string;
  const report = vi.fn();
  const known = (provisioned: string): KnownAgents => new KnownAgents(new PrivateFiles(directory), report, provisioned);
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sercli-known-'));
    report.mockClear();
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('go before those of the file, and are not recorded', async () => {
    const path = join(directory, 'known_agents');
    await writeFile(path, `SerialMachine ${one}\nplant ${one}\n`, { mode: 0o600 });
    const agents = known(`# the lab\nserialmachine ${other}\n`);
    expect(agents.find('SerialMachine', 7372)?.fingerprint).toBe(other);
    expect(agents.find('plant', 7372)?.fingerprint).toBe(one);
    expect(agents.list().length).toBe(2);
    const added = await agents.add({ host: 'SerialMachine', tcpPort: 7372, fingerprint: one });
    expect(added.fingerprint).toBe(other);
    expect(await readFile(path, 'utf8')).toBe(`SerialMachine ${one}\nplant ${one}\n`);
  });

  it('are changed by no command', async () => {
    const agents = known(`SerialMachine ${other}`);
    expect(agents.isProvisioned({ host: 'serialMACHINE', tcpPort: 7372 })).toBe(true);
    const changing = agents.replace({ host: 'SerialMachine', tcpPort: 7372, fingerprint: one });
    await expect(changing).rejects.toThrow(/given by the environment; change SERCLI_KNOWN_AGENTS/);
    await expect(agents.remove('SerialMachine', 7372)).rejects.toMatchObject({ code: 'usage' });
  });

  it('may stand in a file, whose broken lines are reported by its path', async () => {
    const path = join(directory, 'provisioned');
    await writeFile(path, `SerialMachine\nplant:7400 ${one}\n`, { mode: 0o644 });
    expect(known(path).find('plant', 7400)?.fingerprint).toBe(one);
    expect(report).toHaveBeenCalledWith(path, { number: 1, problem: expect.any(String) });
    await expect(async () => known(join(directory, 'missing'))).rejects.toThrow(/unset SERCLI_KNOWN_AGENTS/);
  });
});
