import { All, Controller, Get, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, LeasebookGuard } from './leasebook.guard.js';
import { LeasebookProblem } from './problem.js';
import { ProblemFilter } from './problem.filter.js';

/** The mount's own root document, and its own 404. */
@Controller('leasebook')
@UseGuards(LeasebookGuard)
@UseFilters(ProblemFilter)
@ApiTags('versions')
export class LeasebookRootController {
  @Get(['', '/', 'v1', 'v1/'])
  @Access('anonymous')
  @ApiOperation({ summary: 'What is served here' })
  root(): { readonly versions: readonly { readonly id: string; readonly status: string; readonly openapi: string }[] } {
    return { versions: [{ id: 'v1', status: 'CURRENT', openapi: '/openapi.json' }] };
  }

  @All('*path')
  @Access('anonymous')
  @ApiExcludeEndpoint()
  unknown(): never {
    throw new LeasebookProblem(404, 'route-unknown', 'There is nothing under this method and path.');
  }
}
