import {
  type AccessEvent,
  AgentConnections,
  AgentLocator,
  ClientAccess,
  ControlSockets,
  clientName,
  discoveryOnDemand,
  type InterfaceChoice,
} from '@sercli/client/tools';
import { tellAccess } from './output/access-report.ts';
import { software } from './program-version.ts';

/** Finds agents by name, on this machine and in its networks; on one interface alone where that is said. */
export function newLocator(interfaceName?: string): AgentLocator {
  const sockets = interfaceName === undefined ? new ControlSockets() : undefined;
  return new AgentLocator({
    discovery: discoveryOnDemand,
    interfaces: chosenInterfaces(interfaceName),
    sockets,
  });
}

export function chosenInterfaces(interfaceName: string | undefined): InterfaceChoice {
  return interfaceName === undefined ? 'all' : [interfaceName];
}

/** Who this user is to agents. @param told is told what happens while keys are judged; people are, unless given */
export function newAccess(told: (event: AccessEvent) => void = tellAccess): ClientAccess {
  return new ClientAccess({ told });
}

export function newConnections(access: ClientAccess): AgentConnections {
  return new AgentConnections({ client: { name: clientName(), software }, access, locator: newLocator() });
}
