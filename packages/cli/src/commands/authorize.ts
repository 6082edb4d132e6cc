import {
  authorizeClient,
  type ClientChoice,
  chooseClient,
  type LocalAgent,
  listClients,
  removeClient,
  shownFingerprint,
  turnAwayClient,
} from '@sercli/client/tools';
import { type Authorization, type ClientList, SercliError, shellWord } from '@sercli/protocol';
import { describeRequest } from '../output/client-request.ts';
import { formatClients, grantOf, whoIs } from '../output/client-table.ts';
import { canAsk, isConfirmed } from '../output/confirmation.ts';
import { endQuietlyWithoutReader, printJson, printLine, tellLine } from '../output/terminal.ts';
import { type AuthorizeFlags, type AuthorizeWish, parseWish } from './authorize-wish.ts';
import { findLocalAgent } from './local-agent.ts';

/** `sercli authorize`: lists who may use an agent of this machine and who waits, lets in, removes and turns away. */
export async function runAuthorize(client: string | undefined, flags: AuthorizeFlags): Promise<void> {
  endQuietlyWithoutReader();
  const wish = parseWish(client, flags);
  const agent = await findLocalAgent(flags.agent);
  const before = await listClients(agent);
  const { list, lines } = await carryOut(wish, agent, before, commandFor(flags));
  if (flags.json) printJson(list);
  else for (const line of lines) printLine(line);
}

/** What holds now, and what people are told of it. */
interface Done {
  readonly list: ClientList;
  readonly lines: readonly string[];
}

async function carryOut(wish: AuthorizeWish, agent: LocalAgent, before: ClientList, command: string): Promise<Done> {
  switch (wish.kind) {
    case 'list':
      return { list: before, lines: formatClients(before, command) };
    case 'authorise':
      return authorise(agent, before, wish);
    case 'remove': {
      const choice = chooseClient(wish.client, before, 'authorised');
      await confirm(choice, before, 'Remove it, and end its sessions?');
      const list = await removeClient(agent, choice.fingerprint);
      return { list, lines: [`${nameOf(choice, before)} may not use ${list.agent.name} any more`] };
    }
    case 'deny': {
      const choice = chooseClient(wish.client, before, 'waiting');
      await confirm(choice, before, 'Turn it away?');
      const list = await turnAwayClient(agent, choice.fingerprint);
      return { list, lines: [`${nameOf(choice, before)} was turned away`] };
    }
    default:
      return wish satisfies never;
  }
}

async function authorise(
  agent: LocalAgent,
  before: ClientList,
  { client, rights }: Extract<AuthorizeWish, { kind: 'authorise' }>,
): Promise<Done> {
  const choice = chooseClient(client, before, 'any');
  const { fingerprint } = choice;
  const known = before.clients.find((one) => one.fingerprint === fingerprint);
  const wanted: Authorization = {
    role: rights.role ?? known?.role ?? 'control',
    ports: rights.ports ?? known?.ports ?? ['*'],
    ...(rights.name === undefined ? {} : { name: rights.name }),
  };
  await confirm(choice, before, `Let it ${wanted.role} ${wanted.ports.join(', ')}?`);
  const list = await authorizeClient(agent, fingerprint, wanted);
  const now = list.clients.find((one) => one.fingerprint === fingerprint) ?? wanted;
  return { list, lines: [`${grantOf(now.name, fingerprint, now)} of ${list.agent.name}`] };
}

/**
 * Shows whom somebody means who has written less of a fingerprint than tells clients apart.
 *
 * @throws SercliError `usage` where nobody can be asked, `aborted` when the answer is no
 */
async function confirm({ fingerprint, isGuess }: ClientChoice, list: ClientList, question: string): Promise<void> {
  if (!isGuess) return;
  if (!canAsk()) {
    const remedy = 'give the 16 characters that "sercli authorize" shows, or all 52';
    throw new SercliError('usage', { what: 'the beginning of a fingerprint is enough only on a terminal', remedy });
  }
  const waiting = list.waiting.find((one) => one.fingerprint === fingerprint);
  const known = list.clients.find((one) => one.fingerprint === fingerprint);
  if (known !== undefined) tellLine(`${grantOf(known.name, fingerprint, known)} now`);
  else if (waiting !== undefined) describeRequest(waiting).forEach(tellLine);
  if (await isConfirmed(question)) return;
  throw new SercliError('aborted', { what: `the change for ${shownFingerprint(fingerprint)}` });
}

function nameOf({ fingerprint }: ClientChoice, { clients, waiting }: ClientList): string {
  return whoIs([...clients, ...waiting].find((one) => one.fingerprint === fingerprint)?.name, fingerprint);
}

/** How this agent is asked again. */
function commandFor({ agent }: AuthorizeFlags): string {
  return agent === undefined ? 'sercli authorize' : `sercli authorize --agent ${shellWord(agent)}`;
}
