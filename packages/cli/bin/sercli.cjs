#!/usr/bin/env -S node --max-semi-space-size=2
'use strict';
// Two megabytes for what lives shortly: more would save no time, and an agent of many ports would keep 16 of them
// (docs/adr/0015-the-program-is-bundled.md).
require('../bundle/main.cjs');
