import { chmod, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { formatKnownAgent, type KnownAgent, KnownAgents, parseKnownAgent } from '../known-agents.ts';
import { aFingerprint, aNote, anInstant, optional } from '../testing/records.ts';
import { PrivateFiles } from './private-files.ts';
import { RecordLines } from './record-lines.ts';

const one = 'A'.repeat(52);
const other = `B${'A'.repeat(51)}`;

describe('a file of records', () => {
  let directory: string;
  let path: string;
  let known: KnownAgents;
  const report = vi.fn();
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sercli-records-'));
    path = join(directory, 'known_agents');
    report.mockClear();
    known = new KnownAgents(new PrivateFiles(directory), report);
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('is empty when there is none', () => {
    expect(known.list()).toEqual([]);
  });

  it('adds behind what is there, also behind a last line without its end, and keeps every byte', async () => {
    const before = Buffer.from(`# bytes of another encoding: \xe9\r\n\r\nnonsense\n  a  ${one}`, 'latin1');
    await writeFile(path, before);
    await known.add({ host: 'b', tcpPort: 7373, fingerprint: other, note: 'hall 3' });
    expect(await readFile(path)).toEqual(Buffer.concat([before, Buffer.from(`\nb:7373 ${other} # hall 3\n`)]));
    expect(known.list().map(({ host }) => host)).toEqual(['a', 'b']);
  });

  it('reports lines that cannot be read, once for each content', async () => {
    await writeFile(path, `a ${one}\nb\n# c\nA ${other}\n`);
    expect(known.find('a', 7372)?.fingerprint).toBe(one);
    expect(known.find('b', 7372)).toBeUndefined();
    expect(report.mock.calls).toEqual([
      [path, { number: 2, problem: expect.stringContaining('HOST[:PORT] FINGERPRINT') }],
      [path, { number: 4, problem: 'line 1 says it already, and holds' }],
    ]);
  });

  it('never replaces a record by adding, and says which one holds', async () => {
    const recorded: KnownAgent = { host: 'a', tcpPort: 7372, fingerprint: one };
    const changed: KnownAgent = { ...recorded, host: 'A', fingerprint: other };
    expect(await known.add(recorded)).toEqual(recorded);
    expect(await known.add(changed)).toEqual(recorded);
    expect(known.list()).toEqual([recorded]);
    await known.replace(changed);
    expect(known.list()).toEqual([changed]);
  });

  it('lets no later record hold when the first one is replaced or removed', async () => {
    await writeFile(path, `# before\na ${one}\na ${other}\n# after\n`);
    await known.replace({ host: 'a', tcpPort: 7372, fingerprint: other });
    expect(await readFile(path, 'utf8')).toBe(`# before\na ${other}\n# after\n`);
    await writeFile(path, `# before\na ${one}\na ${other}\n# after\n`);
    expect(await known.remove('a', 7372)).toBe(true);
    expect(await readFile(path, 'utf8')).toBe('# before\n# after\n');
    expect(await known.remove('a', 7372)).toBe(false);
  });

  it('answers from what the file holds now, edited in place or replaced, at the same size and in the same instant', async () => {
    for (const fingerprint of [one, other, one]) {
      await writeFile(path, `a ${fingerprint}\n`);
      expect(known.find('a', 7372)?.fingerprint).toBe(fingerprint);
    }
    await rm(path);
    expect(known.list()).toEqual([]);
  });

  it('sees a change that keeps size and time', async () => {
    await writeFile(path, `a ${one}\n`);
    const { atime, mtime } = await stat(path);
    await expect.poll(() => new PrivateFiles(directory).version('known_agents')).toBeDefined();
    expect(known.find('a', 7372)?.fingerprint).toBe(one);
    expect(known.find('a', 7372)?.fingerprint).toBe(one);
    await writeFile(path, `a ${other}\n`);
    await utimes(path, atime, mtime);
    expect(known.find('a', 7372)?.fingerprint).toBe(other);
  });

  it('refuses to answer from a file that others can change, and answers again when that is mended', async () => {
    await writeFile(path, `a ${one}\n`, { mode: 0o600 });
    expect(known.list()).toHaveLength(1);
    await chmod(path, 0o666);
    expect(() => known.list()).toThrow(expect.objectContaining({ code: 'state-untrusted' }));
    expect(() => known.list()).toThrow(expect.objectContaining({ code: 'state-untrusted' }));
    await chmod(path, 0o644);
    expect(known.list()).toHaveLength(1);
  });

  it.each<Partial<KnownAgent>>([
    { note: `x\nb ${one}` },
    { note: ' padded' },
    { note: '\u001b[2J' },
    { host: 'a b' },
    { host: '#a' },
    { fingerprint: 'SHORT' },
    { since: new Date(Number.NaN) },
    { since: new Date(1) },
  ])('refuses to write %j, which would read as something else', async (change) => {
    const agent: KnownAgent = { host: 'a', tcpPort: 7372, fingerprint: one, ...change };
    await expect(known.add(agent)).rejects.toMatchObject({ code: 'usage' });
    expect(known.list()).toEqual([]);
  });

  it('loses no record when several are added at once', async () => {
    const hosts = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(hosts.map((host) => known.add({ host, tcpPort: 1, fingerprint: one })));
    expect(
      known
        .list()
        .map(({ host }) => host)
        .sort(),
    ).toEqual(hosts);
  });
});

describe('known agents', () => {
  const hosts = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9.-]{0,20}$/),
    fc.ipV4(),
    fc.ipV6(),
    fc.constant('fe80::1%eth0'),
  );
  const agents = fc
    .tuple(
      hosts,
      fc.integer({ min: 1, max: 65535 }),
      aFingerprint,
      optional('since', anInstant),
      optional('note', aNote),
    )
    .map(
      ([host, tcpPort, fingerprint, since, note]): KnownAgent => ({ host, tcpPort, fingerprint, ...since, ...note }),
    );

  it('are read back as they were written', () => {
    fc.assert(
      fc.property(agents, (agent) => {
        expect(parseKnownAgent(formatKnownAgent(agent))).toEqual({ entry: agent });
      }),
    );
  });

  it('survive every edit of another one, and so does every other byte', () => {
    const format = {
      parse: parseKnownAgent,
      format: formatKnownAgent,
      keyOf: ({ host, tcpPort }: KnownAgent) => `${host.toLowerCase()} ${tcpPort}`,
    };
    const someLines = fc.array(fc.oneof(fc.string(), agents.map(formatKnownAgent)), { maxLength: 6 });
    const contents = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      someLines.map((lines) => Buffer.from(lines.join('\n'))),
    );
    fc.assert(
      fc.property(contents, agents, (content, agent) => {
        const lines = new RecordLines(content, format);
        fc.pre(!lines.entries.has(format.keyOf(agent)));
        const grown = lines.with(agent);
        expect(grown.subarray(0, content.length).equals(content)).toBe(true);
        const after = new RecordLines(grown, format);
        expect([...after.entries.values()]).toEqual([...lines.entries.values(), agent]);
        expect(after.broken).toEqual(lines.broken);
        const end = content.length === 0 || content.at(-1) === 0x0a ? '' : '\n';
        expect(after.without(format.keyOf(agent))).toEqual(Buffer.concat([content, Buffer.from(end)]));
      }),
    );
  });

  it.each([
    ['', undefined],
    ['  # a comment', undefined],
    [`a ${one}`, { entry: { host: 'a', tcpPort: 7372, fingerprint: one } }],
    [`[fe80::1%eth0]:1 ${one} 2026-11-22`, { entry: expect.objectContaining({ since: new Date('2026-11-22') }) }],
    [`a ${one.toLowerCase()}\r`, { entry: expect.objectContaining({ fingerprint: one }) }],
    [`a ${one.slice(1)}B`, { problem: expect.stringContaining('no fingerprint') }],
    ['a K7QF-2M9X-K7QF-2M9X', { problem: expect.stringContaining('no fingerprint') }],
    [`a:0 ${one}`, { problem: expect.stringContaining('TCP port') }],
    [`wss://a ${one}`, { problem: expect.stringContaining('HOST:PORT') }],
    [`a ${one} yesterday`, { problem: expect.stringContaining('no time') }],
    [`a ${one} 2026-11-22 more`, { problem: expect.stringContaining('a line is') }],
    [`a ${one} # \u202egnp`, { problem: expect.stringContaining('printed') }],
  ])('of the line "%s"', (line, reading) => {
    expect(parseKnownAgent(line)).toEqual(reading);
  });
});
