import { createHash } from 'node:crypto';
import type { PoolDocument } from '#projections/pools/pools.query';
import type { QueueCounts } from '#projections/vms/vms.query';
import { sizeOf } from '../reports/pool-facts.js';

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8886; padding: .3rem .6rem; text-align: right; }
th:first-child, td:first-child { text-align: left; }
tr.empty td { font-weight: bold; }
`;

/** The page loads nothing, runs nothing, and has this one style. */
export const pagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Seconds between two looks. */
const refresh = 15;

const columns = ['ready', 'pending', 'running', 'completed'] as const;
const none: QueueCounts = { pending: 0, cloning: 0, ready: 0, running: 0, completed: 0 };

/** How many machines of each pool there are: what `/status` tells everybody, and nothing about anybody's machines. */
export function dashboardPage(
  title: string,
  pools: readonly PoolDocument[],
  counts: ReadonlyMap<string, QueueCounts>,
): string {
  const rows = pools.map((pool) => ({ name: pool._id, size: sizeOf(pool), ...(counts.get(pool._id) ?? none) }));
  const heads = ['pool', 'size', ...columns].map((name) => `<th scope="col">${name}</th>`).join('');
  const lines = rows.map((row) => {
    const cells = [escaped(row.name), row.size, ...columns.map((column) => row[column])];
    return `<tr${row.ready === 0 && row.size > 0 ? ' class="empty"' : ''}>${cells.map((cell) => `<td>${String(cell)}</td>`).join('')}</tr>`;
  });
  const sums = (['size', ...columns] as const).map((column) => rows.reduce((sum, row) => sum + row[column], 0));
  const total = `<tr><td>total</td>${sums.map((sum) => `<td>${String(sum)}</td>`).join('')}</tr>`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${String(refresh)}">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<table>
<thead><tr>${heads}</tr></thead>
<tbody>
${lines.join('\n')}
</tbody>
<tfoot>${total}</tfoot>
</table>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
