import type { SercliError } from '@sercli/protocol';

/** Whether somebody answered who is not the agent that was meant. */
export function hasForeignKey({ code }: SercliError): boolean {
  return code === 'agent-key-changed' || code === 'agent-key-refused';
}
