#!/usr/bin/env -S node --max-semi-space-size=2
'use strict';
// Two megabytes for what lives shortly: more would save no time, and an agent of many ports would keep 16 of them
// (docs/adr/0015-the-program-is-bundled.md).
const { statSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { homedir } = require('node:os');
const { isAbsolute, join } = require('node:path');

// Node from 22.8 on keeps what it has compiled, which saves 40 ms of each start.
if (enableCompileCache !== undefined) {
  const directory = ownCacheDirectory();
  if (directory !== undefined) enableCompileCache(directory);
}
require('../bundle/main.cjs');

/** What is kept there is run: a root who has the home of somebody else must not run what they have put there. */
function ownCacheDirectory() {
  try {
    const { XDG_CACHE_HOME: said = '' } = process.env;
    const directory = isAbsolute(said) ? said : join(homedir(), '.cache');
    const { uid, mode } = statSync(directory);
    const isOwn = uid === process.geteuid() && (mode & 0o022) === 0;
    return isOwn ? join(directory, 'sercli') : undefined;
  } catch {
    return undefined;
  }
}
