import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandOutcome } from '#kernel';
import { CreateProject, DeleteProject, UpdateProject, type IdentityRefusal, type ProjectFacts } from '../contracts.js';
import { projectFacts } from '../directory/facts.js';
import type { IdentityEvent } from '../directory/identity.events.js';
import type { IdentityState } from '../directory/identity.state.js';
import { IdentityServices, newId } from '../services.js';

type Outcome<Answer> = CommandOutcome<IdentityEvent, IdentityRefusal, Answer>;

const factsOf =
  (id: string) =>
  (state: Readonly<IdentityState>): ProjectFacts => {
    const project = state.projects.get(id);
    if (project === undefined) throw new Error('the project is gone right after the change');
    return projectFacts(project);
  };

@CommandHandler(CreateProject)
export class CreateProjectHandler implements ICommandHandler<CreateProject> {
  constructor(private readonly services: IdentityServices) {}

  execute({ context, wanted }: CreateProject): Promise<Outcome<ProjectFacts>> {
    const id = newId('project', context);
    const project = { id, ...wanted, createdAt: context.time };
    return this.services.execute({ kind: 'create-project', project }, context, factsOf(id));
  }
}

@CommandHandler(UpdateProject)
export class UpdateProjectHandler implements ICommandHandler<UpdateProject> {
  constructor(private readonly services: IdentityServices) {}

  execute({ context, id, change }: UpdateProject): Promise<Outcome<ProjectFacts>> {
    const command = { kind: 'change-project' as const, change: { id, ...change, changedAt: context.time } };
    return this.services.execute(command, context, factsOf(id));
  }
}

@CommandHandler(DeleteProject)
export class DeleteProjectHandler implements ICommandHandler<DeleteProject> {
  constructor(private readonly services: IdentityServices) {}

  execute({ context, id }: DeleteProject): Promise<Outcome<undefined>> {
    return this.services.execute({ kind: 'delete-project', id, deletedAt: context.time }, context, () => undefined);
  }
}
