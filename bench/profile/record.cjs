// Loaded into sercli by NODE_OPTIONS: from one SIGUSR2 to the next, V8's profiler takes samples and writes them to
// SERCLI_PROFILES.
'use strict';
const { writeFileSync } = require('node:fs');
const { Session } = require('node:inspector');
const { join } = require('node:path');

const { SERCLI_PROFILES: folder } = process.env;
const session = new Session();
let isRecording = false;
session.connect();
session.post('Profiler.enable');
session.post('Profiler.setSamplingInterval', { interval: 100 });

process.on('SIGUSR2', () => {
  isRecording = !isRecording;
  if (isRecording) return session.post('Profiler.start');
  session.post('Profiler.stop', (error, { profile }) => {
    if (error !== null) throw error;
    writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify(profile));
    process.stderr.write('profile written\n');
  });
});
