// Parsed by whatever Node is there, so it keeps to what Node 12 understands: no ?. and no ??.
import { readFileSync } from 'node:fs';

/** What this machine lacks to build and run sercli, in one sentence with the remedy; undefined when nothing is missing. */
export function whyUnsupported(machine = thisMachine()) {
  const { nodeVersion, minimumNode, platform, arch, isMusl } = machine;
  if (isOlder(nodeVersion, minimumNode)) {
    return `Node ${minimumNode} or newer is needed, and this is ${nodeVersion}: install a newer one from https://nodejs.org or with your package manager.`;
  }
  if (platform !== 'linux') {
    const name = { darwin: 'macOS', win32: 'Windows' }[platform] || platform;
    return `ports are served and attached on Linux only, and this is ${name}: here @sercli/protocol alone works (npm ci && npx tsc -b packages/protocol); use a Linux machine, a virtual one or WSL for the rest.`;
  }
  if (arch !== 'x64' && arch !== 'arm64') {
    return `a 64-bit x64 or arm64 system is needed, and this Node is built for ${arch}: the pseudo terminal module (node-pty) has no build for it, @sercli/protocol alone works; install a 64-bit system and Node.`;
  }
  if (isMusl) {
    return 'glibc is needed, and this system has musl: the pseudo terminal module (node-pty) has no build for musl, @sercli/protocol alone works; use a Debian-based image or machine instead of Alpine.';
  }
  return undefined;
}

function thisMachine() {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return {
    nodeVersion: process.versions.node,
    minimumNode: manifest.engines.node.replace(/^>=/, ''),
    platform: process.platform,
    arch: process.arch,
    isMusl: process.platform === 'linux' && hasMusl(),
  };
}

/** Node's report names the glibc that Node runs on; a Node built for musl has none. */
function hasMusl() {
  return process.report.getReport().header.glibcVersionRuntime === undefined;
}

function isOlder(version, minimum) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [minimumMajor = 0, minimumMinor = 0] = minimum.split('.').map(Number);
  return major < minimumMajor || (major === minimumMajor && minor < minimumMinor);
}
