import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { root } from './sources.js';

const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).sort();

/** As GitHub makes an anchor from a heading. */
function anchor(heading: string): string {
  const words = heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '');
  return words.trim().replaceAll(' ', '-');
}

function anchors(page: string): readonly string[] {
  const text = readFileSync(root + page, 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
  return Array.from(text.matchAll(/^#+ (.+)$/gm), ([, heading = '']) => anchor(heading));
}

/** Why a link on a page leads nowhere; undefined where it leads somewhere, or elsewhere than into the repository. */
function faultOfLink(page: string, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [path = '', heading] = link.split('#', 2);
  const target = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(root + target)) return `there is no ${target}`;
  if (heading !== undefined && !anchors(target).includes(heading)) return `${target} has no heading ${heading}`;
  return undefined;
}

/** Paths of ours that stand in backticks. `<face>` in one stands for any name. */
function faultOfPath(path: string): string | undefined {
  const found = globSync(path.replaceAll(/<\w+>/g, '*').replace(/\/$/, ''), { cwd: root });
  return found.length === 0 ? `there is no ${path}` : undefined;
}

function faults(page: string, text: string): readonly string[] {
  const links = Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => faultOfLink(page, link));
  const paths = Array.from(text.matchAll(/`((?:apps|libs|projections|test|docs)\/[^`\s]+)`/g), ([, path = '']) => path);
  return [...links, ...paths.map(faultOfPath)].filter((fault) => fault !== undefined);
}

describe('Documentation', () => {
  it.each(pages)('leads to what is there: %s', (page) => {
    expect(faults(page, readFileSync(root + page, 'utf8'))).toEqual([]);
  });

  it.each([
    ['[reason](gone.md)', 'there is no docs/gone.md'],
    ['[setting](reference/configuration.md#keystones)', 'docs/reference/configuration.md has no heading keystones'],
    ['`libs/nowhere/src/`', 'there is no libs/nowhere/src/'],
    ['`test/<nowhere>/gone.yaml`', 'there is no test/<nowhere>/gone.yaml'],
  ])('would notice %s', (text, fault) => {
    expect(faults('docs/page.md', text)).toEqual([fault]);
  });

  it.each(['[key](reference/configuration.md#keystone)', '`test/wire/<face>/*.yaml`', '[site](https://example.org/)'])(
    'takes %s',
    (text) => {
      expect(faults('docs/page.md', text)).toEqual([]);
    },
  );

  it('looks at every page', () => {
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/reasons/README.md']));
  });
});
