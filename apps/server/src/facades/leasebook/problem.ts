import type { PlainRefusal } from '../../http/last-resort.js';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** RFC 9457. `code` is stable and for programs, `detail` for people. */
export class Problem {
  @ApiProperty({ example: 'about:blank' })
  type!: string;

  @ApiProperty({ example: 'Bad Request' })
  title!: string;

  @ApiProperty({ type: 'integer', example: 400 })
  status!: number;

  @ApiProperty({ example: 'invalid-request' })
  code!: string;

  @ApiProperty({ example: 'limit must not be greater than 1000' })
  detail!: string;

  @ApiProperty({
    description: 'Also in the logs and in the header X-Openstack-Request-Id',
    example: 'req-0d9e5bd1-4a5e-4b55-9a53-1c2f1f0f7c10',
  })
  request!: string;

  @ApiPropertyOptional({ description: 'Each single fault of a request', type: [String] })
  faults?: readonly string[];
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** Thrown by this face's own code; the filter writes it. */
export class LeasebookProblem extends Error {
  override readonly name = 'LeasebookProblem';
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly faults?: readonly string[],
  ) {
    super(detail);
  }
}

export function problemBody(problem: LeasebookProblem, request: string): Problem {
  return {
    type: 'about:blank',
    title: titles[problem.status] ?? 'Error',
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    request,
    ...(problem.faults === undefined ? {} : { faults: problem.faults }),
  };
}

const plain: Readonly<Record<number, readonly [code: string, detail: string]>> = {
  400: ['invalid-request', 'The request could not be understood.'],
  404: ['route-unknown', 'There is nothing under this method and path.'],
  413: ['body-too-long', 'The request body is too long.'],
  414: ['path-too-long', 'The request path is too long.'],
};

/** What this face says of requests that never get to its routes. */
export const leasebookPlainRefusal: PlainRefusal = (status, request) => {
  const [code, detail] = plain[status] ?? [];
  if (code === undefined || detail === undefined || !/^\/leasebook(?:[/?]|$)/.test(request.url)) return undefined;
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'x-openstack-request-id': request.id },
    body: JSON.stringify(problemBody(new LeasebookProblem(status, code, detail), request.id)),
  };
};
