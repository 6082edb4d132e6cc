import type { MarkdownRenderer } from 'vitepress';
import { parseBlockInfo } from './block-info.ts';

/** A line that is typed, and not printed, in a block with both. */
const typedLine = /<span class="line">(?=(?:<[^>]*>)?(?:laptop|SerialMachine)\$ )/g;

/**
 * Says over a code block where it is typed, which file it is, and whether the tests run it: what its attributes say
 * (block-info.ts).
 */
export function commandMarks(md: MarkdownRenderer): void {
  const renderFence = md.renderer.rules.fence;
  md.renderer.rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index];
    if (token === undefined || renderFence === undefined) return '';
    const { info } = token;
    const marks = marksOf(info).map((mark) => `<p class="command-mark">${md.utils.escapeHtml(mark)}</p>`);
    const language = info.replace(/\s.*/, '');
    // The highlighter knows other prompts than these.
    token.info = language === 'console' ? 'txt' : language;
    const block = renderFence(tokens, index, options, env, self)
      .replace(typedLine, '<span class="line typed">')
      .replace(/(?<=<span class="lang">)txt/, language);
    token.info = info;
    return marks.length === 0 ? block : `<div class="marked-block">${marks.join('')}${block}</div>`;
  };
}

function marksOf(info: string): string[] {
  if (!info.includes('="')) return [];
  const { language, attributes } = parseBlockInfo(info);
  const [machine, file, reason] = ['on', 'file', 'not-run'].map((name) => attributes.get(name));
  const what = language === 'sh' || language === 'console' ? 'run' : 'checked';
  return [
    ...(file === undefined ? [] : [machine === undefined ? file : `${file} on ${machineText(machine)}`]),
    ...(file === undefined && machine !== undefined ? [`On ${machineText(machine)}`] : []),
    ...(reason === undefined ? [] : [`Not ${what} by the tests: ${reason}`]),
  ];
}

function machineText(machine: string): string {
  return machine === 'laptop' ? 'your own machine' : machine;
}
