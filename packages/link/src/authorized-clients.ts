import { matchesGlob, SercliError, type SessionRole } from '@sercli/protocol';
import { parseFullFingerprint, shownFingerprint } from './fingerprint.ts';
import type { PrivateFiles } from './state/private-files.ts';
import { provisionedRecords } from './state/provisioned-records.ts';
import { type BrokenLineReport, RecordFile } from './state/record-file.ts';
import { formatInstant, parseInstant, type Reading, type RecordTail, splitLine } from './state/record-line.ts';
import type { BrokenLine, RecordFormat } from './state/record-lines.ts';

/** A client that an agent admits, and what it may do. */
export interface AuthorizedClient extends RecordTail {
  /** The full fingerprint of its key: 52 characters. */
  readonly fingerprint: string;
  /** `monitor` only reads; `control` writes too. */
  readonly role: SessionRole;
  /** Names of the ports that it may use, with `*` and `?`. */
  readonly ports: readonly string[];
  /** What it is called where people see it: `anna@laptop`. */
  readonly name?: string;
}

/** What a line with a fingerprint alone stands for. */
const defaultRights: Pick<AuthorizedClient, 'role' | 'ports'> = { role: 'control', ports: ['*'] };

/** As `portNamePattern`, with `*` and `?`. */
const portsPattern = /^[A-Za-z0-9_*?][A-Za-z0-9._*?-]{0,63}(,[A-Za-z0-9_*?][A-Za-z0-9._*?-]{0,63})*$/;

/** No invisible characters, which would let two names look the same. */
const namePattern = /^[^\s#\p{C}]{1,64}$/u;

type Rights = Pick<AuthorizedClient, 'role' | 'ports' | 'name' | 'since'>;

/** What stands behind `role=`, `ports=`, `name=` and `since=`; undefined if it cannot be meant. */
const readers: Readonly<Record<string, (value: string) => Partial<Rights> | undefined>> = {
  role: (role) => (role === 'control' || role === 'monitor' ? { role } : undefined),
  ports: (ports) => (portsPattern.test(ports) ? { ports: ports.split(',') } : undefined),
  name: (name) => (namePattern.test(name) ? { name } : undefined),
  since(value) {
    const since = parseInstant(value);
    return since && { since };
  },
};

/**
 * A line of the file: `FINGERPRINT [role=control|monitor] [ports=ttyS*,plc] [name=anna@laptop] [since=...] [# note]`.
 * Undefined for an empty line or a comment. A word that is not understood breaks the whole line: `rol=monitor` must not
 * become control.
 */
export function parseAuthorizedClient(line: string): Reading<AuthorizedClient> | undefined {
  const split = splitLine(line);
  if (split === undefined || 'problem' in split) return split;
  const { words, ...tail } = split.entry;
  const [fingerprintText = '', ...options] = words;
  const fingerprint = parseFullFingerprint(fingerprintText);
  // It is not repeated: the file may be a key that was put in the wrong place.
  if (fingerprint === undefined) return { problem: 'it does not begin with a fingerprint of 52 characters' };
  let rights: Partial<Rights> = {};
  const seen = new Set<string>();
  for (const option of options) {
    const [, key = '', value = ''] = /^([a-z]+)=(.*)$/u.exec(option) ?? [];
    const read = Object.hasOwn(readers, key) ? readers[key]?.(value) : undefined;
    if (read === undefined) return { problem: `"${option}" is not role=, ports=, name= or since= with a right value` };
    if (seen.has(key)) return { problem: `it says ${key}= twice` };
    seen.add(key);
    rights = { ...rights, ...read };
  }
  return { entry: { fingerprint, ...defaultRights, ...rights, ...tail } };
}

/** Writes a line so that `parseAuthorizedClient` reads it back. */
export function formatAuthorizedClient(client: AuthorizedClient): string {
  const { fingerprint, role, ports, name, since, note } = client;
  const words = [fingerprint, `role=${role}`, `ports=${ports.join(',')}`];
  if (name !== undefined) words.push(`name=${name}`);
  if (since !== undefined) words.push(`since=${formatInstant(since)}`);
  if (note !== undefined) words.push(`# ${note}`);
  return words.join(' ');
}

/** Whether a client may use the port of this name, in its role. */
export function mayUse(client: Pick<AuthorizedClient, 'ports'>, port: string): boolean {
  return client.ports.some((pattern) => matchesGlob(pattern, port));
}

const format: RecordFormat<AuthorizedClient> = {
  parse: parseAuthorizedClient,
  format: formatAuthorizedClient,
  keyOf: ({ fingerprint }) => fingerprint,
};

/** The clients that an agent admits, in the file `authorized_clients`, in the spirit of OpenSSH's authorized_keys (sshd(8)). */
export class AuthorizedClients {
  readonly #file: RecordFile<AuthorizedClient>;
  /** Those that the environment authorises, which no command changes. */
  readonly #provisioned: ReadonlyMap<string, AuthorizedClient>;

  /**
   * @param provisioned lines as in the file, or the path of a file with such lines; `$SERCLI_AUTHORIZED_CLIENTS` unless given
   * @throws SercliError `state-untrusted`, `state-unusable`
   */
  constructor(
    files: PrivateFiles,
    report: BrokenLineReport,
    provisioned: string | undefined = process.env.SERCLI_AUTHORIZED_CLIENTS,
  ) {
    this.#file = new RecordFile(files, 'authorized_clients', format, report);
    this.#provisioned = provisionedRecords('SERCLI_AUTHORIZED_CLIENTS', provisioned, format, report);
  }

  get path(): string {
    return this.#file.path;
  }

  /** Those of the environment and those of the file. @throws SercliError `state-untrusted`, `state-unusable` */
  list(): readonly AuthorizedClient[] {
    return [...new Map([...this.#file.entries, ...this.#provisioned]).values()];
  }

  /** Lines of the file that cannot be read, and were skipped. @throws SercliError `state-untrusted`, `state-unusable` */
  get broken(): readonly BrokenLine[] {
    return this.#file.broken;
  }

  /** Whether the environment authorises the client; then the file has no say. */
  isProvisioned(fingerprint: string): boolean {
    return this.#provisioned.has(fingerprint);
  }

  /**
   * What the client with this full fingerprint may do; undefined if it is not admitted. An error means the same: with a
   * file that others can have written, nobody is admitted.
   *
   * @throws SercliError `state-untrusted`, `state-unusable`
   */
  find(fingerprint: string): AuthorizedClient | undefined {
    return this.#provisioned.get(fingerprint) ?? this.#file.entries.get(fingerprint);
  }

  /**
   * Admits a client, or changes what it may do.
   *
   * @throws SercliError `usage` when it cannot be written into a line, or the environment authorises it; `state-untrusted`,
   *   `state-unusable`
   */
  async put(client: AuthorizedClient): Promise<void> {
    this.#refuseProvisioned(client.fingerprint);
    return this.#file.put(client);
  }

  /**
   * Says whether the client was admitted; it is not any more.
   *
   * @throws SercliError `usage` when the environment authorises it; `state-untrusted`, `state-unusable`
   */
  async remove(fingerprint: string): Promise<boolean> {
    this.#refuseProvisioned(fingerprint);
    return this.#file.remove(fingerprint);
  }

  #refuseProvisioned(fingerprint: string): void {
    if (!this.isProvisioned(fingerprint)) return;
    const what = `${shownFingerprint(fingerprint)} is authorised by the environment of the agent`;
    throw new SercliError('usage', { what, remedy: 'change SERCLI_AUTHORIZED_CLIENTS and start the agent again' });
  }
}
