import { formatByteSize } from '@sercli/protocol';
import type { PortConfig } from './config.ts';
import type { ConfigNode } from './config-node.ts';

/** What all logs together may take unless the configuration says otherwise, in bytes. */
export const defaultLogMemoryBytes: number = 128 * 1024 ** 2;

/** What a file says of the sizes of logs. */
interface SaidSizes {
  readonly logBytes?: number;
  readonly logMemory?: number;
  readonly ports?: readonly PortConfig[];
}

/** Reports each log that is to be larger than all of them together may be: it could never fill. */
export function reportOversizedLogs(root: ConfigNode, { logBytes, logMemory, ports = [] }: SaidSizes): void {
  const most = logMemory ?? defaultLogMemoryBytes;
  const check = (bytes: number | undefined, ...path: string[]): void => {
    if (bytes === undefined || bytes <= most) return;
    const rule = `all logs together have ${formatByteSize(most)}; make it smaller, or say a larger logMemory`;
    root.at(...path, 'logBytes').report(`is ${formatByteSize(bytes)}, and ${rule}`);
  };
  check(logBytes);
  for (const { spec, policy } of ports) check(policy.logBytes, 'ports', spec.name);
}
