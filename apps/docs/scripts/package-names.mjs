// A plugin of TypeDoc: modules are called as the packages are, and not after the folders in which they lie.
import { Converter } from 'typedoc';

export function load({ converter }) {
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) module.name = module.name.replace(/^(.+)\/src$/, '@sercli/$1');
  });
}
