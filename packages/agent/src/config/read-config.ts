import { open } from 'node:fs/promises';
import { reasonOf, SercliError } from '@sercli/protocol';
import type { Config } from './config.ts';
import { configError } from './config-problems.ts';

/** A sercli.yaml of a thousand ports has a tenth of it. In bytes. */
const mostBytes = 1024 * 1024;

/**
 * Reads a sercli.yaml.
 *
 * @throws SercliError `bad-config`; `state-unusable` if the file cannot be read
 */
export async function readConfig(path: string): Promise<Config> {
  const bytes = await readAtMost(path, mostBytes + 1);
  if (bytes.length > mostBytes) throw unfit(path, `is larger than ${mostBytes} bytes; remove what is no configuration`);
  // A quarter of a megabyte of YAML parser that most commands never need.
  const { parseConfig } = await import('./parse-config.ts');
  return parseConfig(decode(path, bytes), path);
}

/** Never more than `limit` bytes: the path may be a device that has no end. */
async function readAtMost(path: string, limit: number): Promise<Uint8Array> {
  try {
    await using file = await open(path);
    const bytes = Buffer.alloc(limit);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, limit - length);
      length += bytesRead;
      if (bytesRead === 0 || length === limit) return bytes.subarray(0, length);
    }
  } catch (error) {
    const remedy = 'correct the path or the permissions of the file';
    throw new SercliError('state-unusable', { path, reason: reasonOf(error), remedy }, { cause: error });
  }
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unfit(path, 'is not UTF-8; save it as such');
  }
}

function unfit(path: string, problem: string): SercliError {
  return configError(path, [{ line: 1, column: 1, key: 'the file', problem }]);
}
