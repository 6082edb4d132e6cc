'use strict';
const { setFlagsFromString } = require('node:v8');

/** By how much V8 lets its new space grow; both flags are as old as V8's present collector. */
const usual = '--semi-space-growth-factor=2';
const never = '--semi-space-growth-factor=1';

let isKept = false;

/**
 * Keeps the space for what lives shortly as it is when a program has been loaded, 2 MB as a rule: V8 lets it grow to 32 MB
 * while 256 ports are attached and keeps that, 130 kB for each port that has 20 kB of its own. More would save no time.
 */
function keepNewSpaceSmall() {
  isKept = true;
  setFlagsFromString(never);
}

/** V8 takes compiled code only under the flags that it was made under, that of Node's own modules as well. */
function underUsualFlags(work) {
  if (!isKept) return work();
  isKept = false;
  setFlagsFromString(usual);
  try {
    return work();
  } finally {
    keepNewSpaceSmall();
  }
}

module.exports = { keepNewSpaceSmall, underUsualFlags };
