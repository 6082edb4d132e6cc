import { formatAgentAddress, type ListedPort, type SercliError } from '@sercli/protocol';
import type { DirectoryEntry } from './agent-directory.ts';

/** A port of an agent that was found. */
export interface DiscoveredPort extends ListedPort {
  /** What `connect` takes: `SerialMachine/ttyS0`. */
  readonly address: string;
}

/** An agent that was found and is alive. */
export interface DiscoveredAgent {
  /** What it is called, and what addresses of its ports begin with; with its id behind it where another one has that name. */
  readonly name: string;
  /** Eight hexadecimal digits, always the same for one agent. */
  readonly id: string;
  /** Where it answered: `192.168.1.7`, with its TCP port if that is not 7372. */
  readonly place: string;
  /** Program and version, as it advertises them. */
  readonly software: string;
  /** None where the agent does not tell: then `error` says why. */
  readonly ports: readonly DiscoveredPort[];
  /** Why it does not tell its ports: `not-authorized` where it does not know this client. */
  readonly error?: SercliError;
}

/** What is new about the agents. */
export interface AgentChange {
  /** `changed`: something about the agent or its ports. `gone`: it said so, or does not answer any more. */
  readonly kind: 'found' | 'changed' | 'gone';
  /** As it is now; as it was, where it is gone. */
  readonly agent: DiscoveredAgent;
}

/** @param isUnique whether no other agent has the name */
export function discoveredAgent(entry: DirectoryEntry, isUnique: boolean): DiscoveredAgent {
  const { agent, address } = entry;
  const name = isUnique ? agent.name : `${agent.name}-${agent.agentId}`;
  const found = { name, id: agent.agentId, place: formatAgentAddress(address), software: agent.software };
  if (entry.kind === 'refused') return { ...found, ports: [], error: entry.error };
  const ports = entry.list.ports.map((port) => ({ ...port, address: `${name}/${port.name}` }));
  return { ...found, ports };
}
