import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Polled file descriptors live on the process's default loop: in a worker thread they kill the process.
    pool: 'forks',
    projects: ['packages/*'],
  },
});
