import { preferred } from './media-type.js';

export interface RenderedError {
  readonly contentType: string;
  readonly body: string;
}

/**
 * How WebOb, under most OpenStack services, renders an error that no controller has seen: HTML unless the client
 * prefers JSON, plain text when it takes neither. `status`: `404 Not Found`.
 */
export function webObError(accept: string | undefined, status: string, explanation: string): RenderedError {
  const message = `${explanation}<br /><br />\n\n\n`;
  switch (preferred(accept, ['text/html', 'application/json'])) {
    case 'application/json': {
      const title = status.replace(/^\d+ /, '');
      return { contentType: 'application/json', body: JSON.stringify({ message, code: status, title }) };
    }
    case 'text/html': {
      const head = ` <head>\n  <title>${status}</title>\n </head>`;
      const body = ` <body>\n  <h1>${status}</h1>\n  ${message}\n </body>`;
      return { contentType: 'text/html; charset=UTF-8', body: `<html>\n${head}\n${body}\n</html>` };
    }
    case undefined:
      return { contentType: 'text/plain; charset=UTF-8', body: `${status}\n\n${explanation}\n\n   ` };
  }
}
