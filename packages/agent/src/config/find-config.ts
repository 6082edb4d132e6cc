import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a sercli.yaml is looked for when none is named, the best place first. */
export function configPlaces(environment: Environment = process.env): readonly string[] {
  // XDG Base Directory Specification: unset and empty are the same.
  const home = environment.XDG_CONFIG_HOME || join(homedir(), '.config');
  return [join(home, 'sercli', 'sercli.yaml'), '/etc/sercli/sercli.yaml'];
}

/**
 * The configuration file to read when none is named: `$SERCLI_CONFIG`, whether it exists or not, else that of the user,
 * else that of the machine, else none.
 */
export async function findConfig(environment: Environment = process.env): Promise<string | undefined> {
  if (environment.SERCLI_CONFIG) return environment.SERCLI_CONFIG;
  for (const place of configPlaces(environment)) if (await exists(place)) return place;
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
