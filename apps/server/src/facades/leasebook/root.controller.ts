import { All, Controller, Get, Header, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Access, LeasebookGuard } from './leasebook.guard.js';
import { LeasebookProblem } from './problem.js';
import { ProblemFilter } from './problem.filter.js';

export class VersionView {
  @ApiProperty({ example: 'v1' })
  id!: string;

  @ApiProperty({ example: 'CURRENT' })
  status!: string;

  @ApiProperty({ description: 'Path of the description of this API', example: '/openapi.json' })
  openapi!: string;
}

export class VersionsView {
  @ApiProperty({ type: [VersionView] })
  versions!: readonly VersionView[];
}

const versions: VersionsView = { versions: [{ id: 'v1', status: 'CURRENT', openapi: '/openapi.json' }] };

/** The mount's own root document, and its own 404. */
@Controller()
@UseGuards(LeasebookGuard)
@UseFilters(ProblemFilter)
@ApiTags('versions')
export class LeasebookRootController {
  @Get('/leasebook/v1')
  @Access('anonymous')
  @Header('content-type', 'application/json')
  @ApiOperation({ summary: 'What is served here', operationId: 'listVersions' })
  @ApiResponse({ status: 200, type: VersionsView, description: 'The versions of this API' })
  version(): VersionsView {
    return versions;
  }

  // Nest takes one slash off the end of a path.
  @Get(['/leasebook', '/leasebook//', '/leasebook/v1//'])
  @Access('anonymous')
  @Header('content-type', 'application/json')
  @ApiExcludeEndpoint()
  root(): VersionsView {
    return versions;
  }

  @All('/leasebook/*')
  @Access('anonymous')
  @ApiExcludeEndpoint()
  unknown(): never {
    throw new LeasebookProblem(404, 'route-unknown', 'There is nothing under this method and path.');
  }
}
