#!/usr/bin/env node
'use strict';
// No flag for V8 up there: under another than its usual flags V8 refuses the compiled code of Node's own modules, which is
// a part of Node, and compiles them anew: 16 ms of each start (docs/adr/0024-compiled-code-is-kept.md).
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { KeptCode } = require('./kept-code.cjs');
const { keepNewSpaceSmall, underUsualFlags } = require('./new-space.cjs');

/** By then a program that lasts is of use on any machine, and what it needed for that is compiled; in milliseconds. */
const settledMs = 1_000;

const bundle = join(__dirname, '../bundle');
const modules = new Map();
const kept = new KeptCode(process.argv[2], readFileSync(join(bundle, 'build-id'), 'latin1'));

process.once('exit', keepUnlessFailed);
setTimeout(settle, settledMs).unref();
load('main.cjs');
keepNewSpaceSmall();

/**
 * Runs a file of the bundle, which is a function as Node's loader makes them of modules. Node's loader itself would look for
 * symbolic links and package.json files along the way to each of them: 0.3 ms a file, and there are 25.
 */
function load(name) {
  const loaded = modules.get(name);
  if (loaded !== undefined) return loaded.exports;
  const module = { exports: {} };
  modules.set(name, module);
  const path = join(bundle, name);
  const run = kept.compile(name, path).runInThisContext();
  run.call(module.exports, module.exports, requireFromBundle, module, path, bundle);
  return module.exports;
}

function requireFromBundle(id) {
  return underUsualFlags(() => (id.startsWith('./') ? load(id.slice(2)) : require(id)));
}

/** A run that failed has compiled too little. */
function keepUnlessFailed(exitCode) {
  if (exitCode === 0) underUsualFlags(() => kept.save({ isSettled: false }));
}

function settle() {
  process.off('exit', keepUnlessFailed);
  underUsualFlags(() => kept.save({ isSettled: true }));
  kept.close();
}
