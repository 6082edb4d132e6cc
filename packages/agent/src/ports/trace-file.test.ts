import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TraceFile } from './trace-file.ts';
import { hexdump, traceTime } from './trace-format.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sercli-trace-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('appends, and keeps what it was lent', async () => {
  const path = join(folder, 'trace');
  for (const text of ['one', 'two']) {
    const file = new TraceFile(path, () => undefined);
    const lent = Buffer.from(text);
    file.write(lent);
    lent.fill(0);
    file.write('\n');
    await file.close();
  }
  expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
});

it.each([
  ['/dev/full', 'ENOSPC'],
  ['/nowhere/trace', 'ENOENT'],
])('%s is told once and then left alone', async (path, code) => {
  const told: string[] = [];
  let failed: () => void = () => undefined;
  const failure = new Promise<void>((resolve) => {
    failed = resolve;
  });
  const file = new TraceFile(path, (text) => {
    told.push(text);
    failed();
  });
  file.write('x');
  await failure;
  file.write('y');
  await file.close();
  expect(told).toEqual([expect.stringContaining(code)]);
});

it('never keeps more than a megabyte for a disk that is too slow, and tells what is missing', async () => {
  const told: string[] = [];
  const file = new TraceFile(join(folder, 'trace'), (text) => told.push(text));
  const chunk = new Uint8Array(256 * 1024);
  // Nothing reaches the disk before this turn of the event loop ends.
  for (let count = 0; count < 6; count += 1) file.write(chunk);
  await file.close();
  expect((await readFile(join(folder, 'trace'))).length).toBe(4 * chunk.length);
  expect(told).toEqual([
    expect.stringContaining('too slow'),
    expect.stringContaining(`misses ${2 * chunk.length} bytes`),
  ]);
});

it('writes lines as ser2net does', () => {
  const bytes = Buffer.from('open serialé\r');
  expect(hexdump(bytes, 'term', '')).toBe(
    'term 6f 70 65 6e 20 73 65 72  |open ser|\nterm 69 61 6c c3 a9 0d        |ial...|\n',
  );
  expect(hexdump(Buffer.from('a'), 'tcp', traceTime(new Date(2026, 10, 5, 4, 3, 2)))).toBe(
    '2026/11/05 04:03:02 tcp  61                       |a|\n',
  );
});
