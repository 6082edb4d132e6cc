import type { MarkdownRenderer } from 'vitepress';

const repository = 'https://github.com/sercli/sercli/blob/main';

/** SECURITY.md is a page of the site too. There its links lead from the top of the repository. */
export function repositoryLinks(md: MarkdownRenderer): void {
  md.core.ruler.push('repository-links', ({ env, tokens }) => {
    if (env.relativePath !== 'security.md') return;
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const target = token.attrGet('href');
      if (token.type !== 'link_open' || target === null || /^(#|\/|[a-z]+:)/.test(target)) continue;
      const page = /^apps\/docs\/(.*?)\.md(#.*)?$/.exec(target);
      token.attrSet('href', page === null ? `${repository}/${target}` : `/${page[1]}${page[2] ?? ''}`);
    }
  });
}
