import { defineConfig } from 'vitepress';

const guide = [
  { text: 'Start here', link: '/guide/start' },
  { text: 'Serve ports', link: '/guide/serve' },
  { text: 'Programs without sercli', link: '/guide/accepters' },
  { text: 'Attach ports', link: '/guide/attach' },
  { text: 'Replace ser2net', link: '/guide/ser2net' },
  { text: 'Lines, break, reset', link: '/guide/lines' },
  { text: 'Let clients in', link: '/guide/authorize' },
  { text: 'Completion', link: '/guide/completion' },
];
const reference = [
  { text: 'Command line', link: '/reference/cli' },
  { text: 'Error codes', link: '/reference/errors' },
  { text: 'Configuration file', link: '/reference/config' },
  { text: 'Who may do what', link: '/reference/access' },
  { text: 'Sessions and metrics', link: '/reference/monitoring' },
  { text: 'Access protocols', link: '/reference/access-protocols' },
  { text: 'Wire protocol', link: '/reference/wire-protocol' },
  { text: 'Benchmarks', link: '/reference/benchmarks' },
];

export default defineConfig({
  title: 'sercli',
  description: 'Use a serial port of another machine as if it were local.',
  cleanUrls: true,
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/guide/start', activeMatch: '/guide/' },
      { text: 'Reference', link: '/reference/cli', activeMatch: '/reference/' },
    ],
    sidebar: [
      { text: 'Guide', items: guide },
      { text: 'Reference', items: reference },
    ],
    search: { provider: 'local' },
  },
});
