import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path/posix';
import { type Violation, checkImports } from './dependency-check.js';
import { type Imports, allowed, planted } from './planted-imports.js';
import { root } from './sources.js';

const folders: string[] = [];

async function treeOf(files: Imports): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'leasebook-imports-'));
  folders.push(folder);
  for (const name of ['package.json', 'tsconfig.json']) await cp(root + name, join(folder, name));
  await symlink(`${root}node_modules`, join(folder, 'node_modules'));
  for (const [path, imports] of Object.entries(files)) {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    const lines = imports.map((target, index) => `import * as m${index} from '${target}';\nvoid m${index};\n`);
    await writeFile(join(folder, path), `${lines.join('')}export {};\n`);
  }
  return folder;
}

async function broken(files: Imports): Promise<Violation[]> {
  return (await checkImports(await treeOf(files))).violations;
}

const { imports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  imports: Record<string, { source: string }>;
};

/** The end of the path that an import leads to. */
function destination(file: string, target: string): string {
  if (target.startsWith('.')) return join(dirname(file), target).replace(/\.js$/, '.ts');
  for (const [name, { source }] of Object.entries(imports)) {
    const [before = '', after] = name.split('*');
    if (after === undefined && name === target) return source.slice(2);
    if (after !== undefined && target.startsWith(before))
      return source.slice(2).replace('*', target.slice(before.length));
  }
  return target.replace(/^node:/, '');
}

afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

describe('Who may import whom', () => {
  it('is kept by the whole tree', async () => {
    const { violations, totalCruised } = await checkImports(root);
    expect(totalCruised).toBeGreaterThan(0);
    expect(violations).toEqual([]);
  }, 60_000);

  it('allows what is right', async () => {
    expect(await broken(allowed)).toEqual([]);
  }, 60_000);

  describe('with everything wrong planted at once', () => {
    let found: Violation[];

    beforeAll(async () => {
      const files = new Map(Object.entries(allowed).map(([path, targets]) => [path, [...targets]]));
      for (const [path, target] of planted) files.get(path)!.push(target);
      found = await broken(Object.fromEntries(files));
    }, 60_000);

    it.each(planted)('sees that %s must not import %s (%s)', (file, target, ...rules) => {
      const leadsThere = (to: string): boolean =>
        to.endsWith(destination(file, target)) || to.includes(`node_modules/${target}/`) || to === target;
      const seen = found.filter(({ from, to }) => from === file && leadsThere(to)).map(({ rule }) => rule);
      expect(seen.filter((rule) => rule !== 'R0' || rules.includes('R0')).sort()).toEqual(rules);
    });

    it('sees nothing else', () => {
      const expected = planted.flatMap(([, , ...rules]) => rules).filter((rule) => rule !== 'R0');
      expect(found.filter(({ rule }) => rule !== 'R0')).toHaveLength(expected.length);
    });

    it('has a planted violation of every rule', () => {
      const { forbidden } = createRequire(import.meta.url)('./dependency-rules.cjs') as {
        forbidden: { name: string }[];
      };
      const tried = new Set(planted.flatMap(([, , ...rules]) => rules));
      expect([...tried].sort()).toEqual([...new Set(forbidden.map(({ name }) => name))].sort());
    });
  });
});
