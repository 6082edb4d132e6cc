import {
  type ClientAccess,
  ControlSockets,
  fullFingerprintOf,
  listClients,
  makeIdentityFile,
  shownFingerprint,
} from '@sercli/client/tools';
import { toSercliError } from '@sercli/protocol';
import { formatPath } from '../output/access-report.ts';
import { tellFailure } from '../output/failure.ts';
import { plainText } from '../output/plain-text.ts';
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
  const agents = make === undefined ? await agentsOfOthers(fingerprint) : [];
  if (json) return printJson({ version: 1, fingerprint, shown, file, agents });
  printLine(shown);
  printLine(fingerprint);
  printLine(formatPath(file));
  for (const agent of agents) {
    printLine(`the agent ${plainText(agent.name)} has another key:`);
    printLine(agent.shown);
    printLine(agent.fingerprint);
  }
}

interface AgentKey {
  readonly name: string;
  /** The full one. */
  readonly fingerprint: string;
  readonly shown: string;
}

/** The agents of this machine that this user may ask and that have another key: to root, that of the service. */
async function agentsOfOthers(own: string): Promise<AgentKey[]> {
  const agents = await new ControlSockets().list();
  const answers = await Promise.allSettled(agents.map(listClients));
  // The own identity is there all the same.
  for (const answer of answers) if (answer.status === 'rejected') tellFailure(toSercliError(answer.reason));
  const lists = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  return lists.flatMap(({ agent: { name }, agentFingerprint: fingerprint = own }) =>
    fingerprint === own ? [] : [{ name, fingerprint, shown: shownFingerprint(fingerprint) }],
  );
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
