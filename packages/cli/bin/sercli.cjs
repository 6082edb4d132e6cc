#!/usr/bin/env -S node --max-semi-space-size=2
'use strict';
// Two megabytes for what lives shortly: more would save no time, and an agent of many ports would keep 16 of them
// (docs/adr/0015-the-program-is-bundled.md).
const { mkdirSync, statSync } = require('node:fs');
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
  const { XDG_CACHE_HOME: said = '' } = process.env;
  try {
    const caches = isAbsolute(said) ? said : join(homedir(), '.cache');
    if (!isOwn(caches)) return undefined;
    const directory = join(caches, 'sercli');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return isOwn(directory) ? directory : undefined;
  } catch {
    return undefined;
  }
}

function isOwn(directory) {
  const { uid, mode } = statSync(directory);
  return uid === process.geteuid() && (mode & 0o022) === 0;
}
