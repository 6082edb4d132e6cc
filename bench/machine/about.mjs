import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { root } from '../../scripts/run-quietly.mjs';

/** What figures depend on besides what is measured: the machine, the versions, the revision. */
export function aboutThisRun() {
  return {
    date: new Date().toISOString(),
    revision: revision(),
    machine: {
      processors: availableParallelism(),
      model: cpus()[0]?.model.trim() ?? 'unknown',
      memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
      kernel: release(),
      loadBefore: loadavg()[0],
    },
    versions: {
      sercli: JSON.parse(readFileSync(`${root}/packages/cli/package.json`, 'utf8')).version,
      node: process.versions.node,
      ser2net: firstMatch('ser2net', ['-v'], /version (\S+)/),
      socat: firstMatch('socat', ['-V'], /socat version (\S+)/),
    },
  };
}

/** With a plus where something is not committed. */
function revision() {
  const changes = output('git', ['status', '--porcelain']).trim();
  return `${output('git', ['rev-parse', '--short', 'HEAD']).trim()}${changes === '' ? '' : '+'}`;
}

function firstMatch(program, args, pattern) {
  return pattern.exec(output(program, args))?.[1] ?? 'not installed';
}

function output(program, args) {
  const { stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
  return `${stdout ?? ''}${stderr ?? ''}`;
}
