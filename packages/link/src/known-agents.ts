import { formatAgentAddress, parseAgentAddress, reasonOf, SercliError } from '@sercli/protocol';
import { parseFullFingerprint } from './fingerprint.ts';
import type { PrivateFiles } from './state/private-files.ts';
import { provisionedRecords } from './state/provisioned-records.ts';
import { type BrokenLineReport, RecordFile } from './state/record-file.ts';
import { formatInstant, parseInstant, type Reading, type RecordTail, splitLine } from './state/record-line.ts';
import type { RecordFormat } from './state/record-lines.ts';

/** The key that an agent had when it was first reached under a name. */
export interface KnownAgent extends RecordTail {
  /** As the user writes it: a name or an IP address, without brackets. Small and capital letters are the same. */
  readonly host: string;
  readonly tcpPort: number;
  /** The full fingerprint of its key: 52 characters. */
  readonly fingerprint: string;
}

/**
 * A line of the file: `HOST[:PORT] FINGERPRINT [since] [# note]`, an IPv6 address in brackets. Undefined for an empty
 * line or a comment.
 */
export function parseKnownAgent(line: string): Reading<KnownAgent> | undefined {
  const split = splitLine(line);
  if (split === undefined || 'problem' in split) return split;
  const { words, ...tail } = split.entry;
  const [place = '', fingerprintText, sinceText, excess] = words;
  if (fingerprintText === undefined || excess !== undefined) {
    return { problem: 'a line is HOST[:PORT] FINGERPRINT [since] [# note]' };
  }
  const fingerprint = parseFullFingerprint(fingerprintText);
  if (fingerprint === undefined) return { problem: `"${fingerprintText}" is no fingerprint of 52 characters` };
  const since = sinceText === undefined ? undefined : parseInstant(sinceText);
  if (sinceText !== undefined && since === undefined) return { problem: `"${sinceText}" is no time in UTC` };
  try {
    const { host, tcpPort, carrier } = parseAgentAddress(place);
    if (carrier !== 'stream') return { problem: `"${place}" is an URL; write HOST or HOST:PORT` };
    return { entry: { host, tcpPort, fingerprint, ...(since && { since }), ...tail } };
  } catch (error) {
    return { problem: reasonOf(error) };
  }
}

export function formatKnownAgent({ host, tcpPort, fingerprint, since, note }: KnownAgent): string {
  const words = [formatAgentAddress({ host, tcpPort, carrier: 'stream' }), fingerprint];
  if (since !== undefined) words.push(formatInstant(since));
  if (note !== undefined) words.push(`# ${note}`);
  return words.join(' ');
}

const format: RecordFormat<KnownAgent> = { parse: parseKnownAgent, format: formatKnownAgent, keyOf };

/** The agents that a client knows, in the file `known_agents`, in the spirit of OpenSSH's known_hosts (sshd(8)). */
export class KnownAgents {
  readonly #file: RecordFile<KnownAgent>;
  /** Those that the environment makes known, which no command changes; they hold where the file says something else. */
  readonly #provisioned: ReadonlyMap<string, KnownAgent>;

  /**
   * @param provisioned lines as in the file, or the path of a file with such lines; `$SERCLI_KNOWN_AGENTS` unless given
   * @throws SercliError `state-untrusted`, `state-unusable`
   */
  constructor(
    files: PrivateFiles,
    report: BrokenLineReport,
    provisioned: string | undefined = process.env.SERCLI_KNOWN_AGENTS,
  ) {
    this.#file = new RecordFile(files, 'known_agents', format, report);
    this.#provisioned = provisionedRecords('SERCLI_KNOWN_AGENTS', provisioned, format, report);
  }

  get path(): string {
    return this.#file.path;
  }

  /** Those of the file and those of the environment. @throws SercliError `state-untrusted`, `state-unusable` */
  list(): readonly KnownAgent[] {
    return [...new Map([...this.#file.entries, ...this.#provisioned]).values()];
  }

  /** Whether the environment makes the agent known; then the file has no say. */
  isProvisioned({ host, tcpPort }: Pick<KnownAgent, 'host' | 'tcpPort'>): boolean {
    return this.#provisioned.has(keyOf({ host, tcpPort }));
  }

  /** @throws SercliError `state-untrusted`, `state-unusable` */
  find(host: string, tcpPort: number): KnownAgent | undefined {
    const key = keyOf({ host, tcpPort });
    return this.#provisioned.get(key) ?? this.#file.entries.get(key);
  }

  /**
   * Records an agent at its first use. Returns the one that is known under its name from then on: another program may have
   * recorded another key meanwhile, and that one is not replaced.
   *
   * @throws SercliError `usage` when it cannot be written into a line; `state-untrusted`, `state-unusable`
   */
  async add(agent: KnownAgent): Promise<KnownAgent> {
    return this.#provisioned.get(keyOf(agent)) ?? this.#file.add(agent);
  }

  /**
   * Lets an agent have another key from now on.
   *
   * @throws SercliError `usage` when it cannot be written into a line, or the environment makes it known; `state-untrusted`,
   *   `state-unusable`
   */
  async replace(agent: KnownAgent): Promise<void> {
    this.#refuseProvisioned(agent);
    return this.#file.put(agent);
  }

  /**
   * Forgets an agent, and says whether it was known.
   *
   * @throws SercliError `usage` when the environment makes it known; `state-untrusted`, `state-unusable`
   */
  async remove(host: string, tcpPort: number): Promise<boolean> {
    this.#refuseProvisioned({ host, tcpPort });
    return this.#file.remove(keyOf({ host, tcpPort }));
  }

  #refuseProvisioned(agent: Pick<KnownAgent, 'host' | 'tcpPort'>): void {
    if (!this.isProvisioned(agent)) return;
    const what = `the key of ${agent.host} is given by the environment`;
    throw new SercliError('usage', { what, remedy: 'change SERCLI_KNOWN_AGENTS' });
  }
}

function keyOf({ host, tcpPort }: Pick<KnownAgent, 'host' | 'tcpPort'>): string {
  return `${host.toLowerCase()} ${tcpPort}`;
}
