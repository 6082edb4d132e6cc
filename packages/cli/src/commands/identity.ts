import { type ClientAccess, fullFingerprintOf, makeIdentityFile, shownFingerprint } from '@sercli/client';
import { formatPath } from '../output/access-report.ts';
import { endQuietlyWithoutReader, printJson, printLine } from '../output/terminal.ts';
import { newAccess } from '../program-info.ts';

export interface IdentityFlags {
  /** Path of the file to make. */
  readonly make?: string;
  readonly json?: true;
}

/** `sercli identity`: what this user is known by to agents, and its agent to clients; or a new identity for another machine. */
export async function runIdentity({ make, json }: IdentityFlags): Promise<void> {
  endQuietlyWithoutReader();
  const { fingerprint, file } = make === undefined ? await ownIdentity(newAccess()) : await newIdentity(make);
  const shown = shownFingerprint(fingerprint);
  if (json) return printJson({ version: 1, fingerprint, shown, file });
  printLine(shown);
  printLine(fingerprint);
  printLine(formatPath(file));
}

interface FoundIdentity {
  /** The full one. */
  readonly fingerprint: string;
  readonly file: string;
}

async function ownIdentity(access: ClientAccess): Promise<FoundIdentity> {
  return { fingerprint: await access.fingerprint(), file: access.identityPath };
}

async function newIdentity(path: string): Promise<FoundIdentity> {
  const { cert } = await makeIdentityFile(path);
  return { fingerprint: fullFingerprintOf(cert), file: path };
}
