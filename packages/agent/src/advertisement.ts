import type { Advertiser, Discovery } from '@sercli/discovery';
import { fingerprintOf, shortIdOf } from '@sercli/link';
import { newestWire, toSercliError } from '@sercli/protocol';
import type { Logger } from './logger.ts';

export interface AdvertisementOptions {
  readonly discovery: (() => Promise<Discovery>) | undefined;
  readonly name: string;
  readonly tcpPort: number;
  /** The agent's certificate, as PEM. */
  readonly cert: string;
  readonly software: string;
  readonly isOpen: boolean;
  /** The IP addresses that the agent listens on. */
  readonly interfaces: readonly string[];
  readonly logger: Logger;
  /** The name belonged to another agent. */
  renamed(name: string): void;
}

/** Lets an agent be found, on the interfaces that it listens on. An agent that cannot be found serves all the same. */
export async function advertise(options: AdvertisementOptions): Promise<Advertiser | undefined> {
  const { discovery, logger, interfaces, renamed, cert, ...told } = options;
  const failed = (error: Error): void => logger.warn({}, error.message);
  const advertisement = {
    name: told.name,
    tcpPort: told.tcpPort,
    agentId: shortIdOf(cert),
    wire: newestWire,
    software: told.software,
    fingerprint: fingerprintOf(cert),
    isOpen: told.isOpen,
  };
  try {
    if (discovery === undefined) return undefined;
    const mdns = await discovery();
    const advertiser = await mdns.advertise(advertisement, { interfaces: [...interfaces], renamed, failed });
    logger.info({}, `advertised as ${advertiser.name}`);
    return advertiser;
  } catch (error) {
    failed(toSercliError(error));
    return undefined;
  }
}
