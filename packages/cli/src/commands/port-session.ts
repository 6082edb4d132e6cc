import { type AgentConnections, closeInTime, type SerialLink } from '@sercli/client/tools';
import { type ListedPort, type PortAddress, parsePortAddress, SercliError, type SessionRole } from '@sercli/protocol';
import { tellLine } from '../output/terminal.ts';
import { newAccess, newConnections } from '../program-info.ts';
import { untilInterrupted } from './interruption.ts';

/** How long a command waits for a connection that was cut, in milliseconds: its user sits in front of it. */
const graceMs = 15_000;

/** A port that a command does something to. */
export interface PortPlace {
  /** The address as it was written. */
  readonly text: string;
  /** The port as it was before. */
  readonly listed: ListedPort;
  /** Aborted when the command is to end. */
  readonly signal: AbortSignal;
  readonly address: PortAddress;
  readonly connections: AgentConnections;
}

/**
 * Finds the port and opens nothing. A client that is not let in leaves its request.
 *
 * @throws SercliError `bad-address`, `port-not-found`, and what asking the agent throws
 */
export async function findPort(text: string, role: SessionRole): Promise<PortPlace> {
  const signal = untilInterrupted();
  const address = parsePortAddress(text);
  const connections = newConnections(newAccess());
  const { agent, ports } = await connections.listPorts(address, { role, signal, ifUnknown: 'ask' });
  const listed = ports.find(({ name }) => name === address.port);
  if (listed !== undefined) return { text, listed, signal, address, connections };
  const names = ports.map(({ name }) => name).join(', ') || 'none';
  throw new SercliError('port-not-found', { port: address.port, host: agent.name, ports: names });
}

export interface SessionUse {
  readonly role: SessionRole;
  readonly takes: boolean;
  /** What is done with the port; cut short when the command is to end. */
  act(link: SerialLink): Promise<void>;
  /** The lines are others than before. */
  linesChanged?(link: SerialLink): void;
}

/**
 * Opens the port, does something with it and closes it. What it receives meanwhile is left to others.
 *
 * @throws SercliError what opening and acting throw; `aborted` where the command was to end before it was done
 */
export async function useInSession(place: PortPlace, { role, takes, act, linesChanged }: SessionUse): Promise<void> {
  const { text, signal, address, connections } = place;
  const link = await connections.open(address, { role, takes }, { signal, graceMs, ifUnknown: 'ask' });
  const close = (): void => void closeInTime(link);
  signal.addEventListener('abort', close, { once: true });
  link.listen({
    readable: () => link.consume(link.peek(Number.POSITIVE_INFINITY).length),
    writable: () => undefined,
    event: (event) => {
      if (event.kind === 'lines' || event.kind === 'state') linesChanged?.(link);
      if (event.kind === 'state' && event.state.kind === 'lost') tellLine(`${text}: paused: ${event.state.reason}`);
    },
  });
  try {
    await act(link);
  } catch (error) {
    throw signal.aborted
      ? new SercliError('aborted', { what: `what was under way at ${text}` }, { cause: error })
      : error;
  } finally {
    if (!signal.aborted) close();
    await link.closed;
  }
}

/** Opening a device raises its outputs, and closing it lets them fall: what is set lasts only while it is open. */
export function tellIfClosedAgain({ text, listed: { state } }: PortPlace): void {
  if (state === 'open') return;
  tellLine(
    `${text} was opened for this, which raises DTR and RTS, and is closed again: they fall unless its agent has hupcl: false; keepOpen: true keeps it open`,
  );
}
