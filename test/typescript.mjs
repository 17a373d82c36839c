// Lets plain Node run the TypeScript sources: `node --conditions=source --import ./test/typescript.mjs some/file.ts`.
// Used for jest's worker threads (which jest itself does not transform) and for the benches; production runs from dist/.
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { swcOptions } from './swc-options.mjs';

let swc;
const isOurs = (url) => url.startsWith('file:') && !url.includes('/node_modules/');

registerHooks({
  resolve(specifier, context, nextResolve) {
    const relative = /^(\.{0,2}\/|file:)/.test(specifier) && specifier.endsWith('.js');
    if (relative && (context.parentURL === undefined || isOurs(context.parentURL))) {
      const url = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (isOurs(url.href) && existsSync(fileURLToPath(url)))
        return { url: url.href, format: 'module', shortCircuit: true };
    }
    return nextResolve(specifier, context);
  },
  load(url, context, nextLoad) {
    if (!url.endsWith('.ts') || !isOurs(url)) return nextLoad(url, context);
    swc ??= process.getBuiltinModule('node:module').createRequire(import.meta.url)('@swc/core');
    const filename = fileURLToPath(url);
    const { code } = swc.transformSync(readFileSync(filename, 'utf8'), { ...swcOptions, filename });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
