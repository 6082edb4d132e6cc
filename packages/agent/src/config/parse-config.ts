import type { Config } from './config.ts';
import { type ConfigProblem, configError } from './config-problems.ts';
import { configShape } from './config-shape.ts';
import { parseYaml } from './parse-yaml.ts';
import { splitPolicy } from './policy-shape.ts';

/**
 * Reads the text of a sercli.yaml.
 *
 * @param file - its path, for errors
 * @throws SercliError `bad-config`: the first problem, the others in its message and its cause
 */
export function parseConfig(text: string, file: string): Config {
  const problems: ConfigProblem[] = [];
  const root = parseYaml(text, problems);
  if (problems.length > 0) throw configError(file, problems);
  // An empty file, or one that is all comments, says nothing.
  const said: ReturnType<typeof configShape.read> = root.content.kind === 'nothing' ? {} : configShape.read(root);
  if (said === undefined || problems.length > 0) throw configError(file, problems);
  const { policy, rest } = splitPolicy(said);
  const { ports = [], rotators = [], attachments = [], ...others } = rest;
  return { file, ...others, policy, ports, rotators, attachments };
}
