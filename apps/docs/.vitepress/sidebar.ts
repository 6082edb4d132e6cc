import { existsSync, readFileSync } from 'node:fs';
import type { DefaultTheme } from 'vitepress';

/** What a newcomer needs comes first, what is looked up last. */
const sections: readonly DefaultTheme.SidebarItem[] = [
  {
    text: 'Start',
    items: [
      { text: 'Start here', link: '/guide/start' },
      { text: 'Replace ser2net and socat', link: '/guide/ser2net' },
    ],
  },
  {
    text: 'Guides',
    items: [
      { text: 'Console server', link: '/guide/console-server' },
      { text: 'Home automation', link: '/guide/home-automation' },
      { text: 'Flash boards over the network', link: '/guide/flashing' },
      { text: 'DOSBox and retro machines', link: '/guide/dosbox' },
      { text: 'From your own program', link: '/guide/programs' },
      { text: 'Running as a service', link: '/guide/service' },
    ],
  },
  {
    text: 'All that it does',
    items: [
      { text: 'Serve ports', link: '/guide/serve' },
      { text: 'Attach ports', link: '/guide/attach' },
      { text: 'Let clients in', link: '/guide/authorize' },
      { text: 'Lines, break, reset', link: '/guide/lines' },
      { text: 'Programs without sercli', link: '/guide/accepters' },
      { text: 'Completion in the shell', link: '/guide/completion' },
    ],
  },
  {
    text: 'Reference',
    items: [
      { text: 'Command line', link: '/reference/cli' },
      { text: 'Configuration file', link: '/reference/config' },
      { text: 'Error codes', link: '/reference/errors' },
      { text: 'Limits', link: '/reference/limits' },
      { text: 'Sessions and metrics', link: '/reference/monitoring' },
      { text: 'Access protocols', link: '/reference/access-protocols' },
      { text: 'Wire protocol', link: '/reference/wire-protocol' },
      { text: 'Benchmarks', link: '/reference/benchmarks' },
    ],
  },
  {
    text: 'Security',
    items: [
      { text: 'Security model', link: '/security' },
      { text: 'Who may do what', link: '/reference/access' },
    ],
  },
];

/** Made by TypeDoc, right before the site. */
const generated = new URL('../reference/api/typedoc-sidebar.json', import.meta.url);

export function sidebar(): DefaultTheme.SidebarItem[] {
  const packages = existsSync(generated)
    ? (JSON.parse(readFileSync(generated, 'utf8')) as DefaultTheme.SidebarItem[])
    : [];
  return [...sections, { text: 'API', link: '/reference/api/', collapsed: true, items: packages }];
}
