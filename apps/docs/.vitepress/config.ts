import { defineConfig } from 'vitepress';
import { commandMarks } from './command-marks.ts';
import { repositoryLinks } from './repository-links.ts';
import { searchText } from './search-text.ts';
import { sidebar } from './sidebar.ts';

export default defineConfig({
  title: 'sercli',
  description: 'Use a serial port of another machine as if it were local.',
  cleanUrls: true,
  markdown: {
    languageAlias: { ser2net: 'ini' },
    config(md) {
      commandMarks(md);
      repositoryLinks(md);
    },
  },
  themeConfig: {
    nav: [
      { text: 'Start here', link: '/guide/start', activeMatch: '/guide/' },
      { text: 'Reference', link: '/reference/cli', activeMatch: '/reference/(?!api)' },
      { text: 'API', link: '/reference/api/', activeMatch: '/reference/api/' },
      { text: 'Security', link: '/security' },
    ],
    sidebar: sidebar(),
    outline: [2, 3],
    search: { provider: 'local', options: { _render: searchText } },
    socialLinks: [{ icon: 'github', link: 'https://github.com/sercli/sercli' }],
  },
});
